import { execFile } from 'node:child_process'
import { watch } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { GENERATED } from '../../grafana/generate.ts'

/** Reloads the page when the server reports that its dashboard has changed. */
export const RELOAD = `<script>new EventSource('/changes').onmessage = () => location.reload()</script>`

/** An editor writes a file in several steps; after this delay it is complete. */
const SETTLE_MS = 200

/**
 * Serves pages on 127.0.0.1, each drawn on request. A change of a dashboard's TypeScript generates
 * its JSON again, and a change of the JSON reloads the page.
 * @param draw returns the page of a path, including `/`; undefined if there is none
 * @returns the address
 */
export async function serve(
  root: string,
  port: number,
  draw: (path: string) => Promise<string | undefined>,
): Promise<string> {
  const listeners = new Set<ServerResponse>()
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    if (pathname === '/changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('\n')
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      return
    }
    const page = await draw(pathname).catch((error: Error) => error)
    const [status, text] =
      typeof page === 'string'
        ? [200, page]
        : page === undefined
          ? [404, 'no such dashboard']
          : [500, page.message]
    response
      .writeHead(status, { 'content-type': `text/${status === 200 ? 'html' : 'plain'}; charset=utf-8` })
      .end(text)
  })
  onChange(join(root, GENERATED), () => {
    for (const listener of listeners) listener.write('data: changed\n\n')
  })
  onChange(join(root, 'grafana/dashboards'), () => {
    execFile(process.execPath, [join(root, 'tools/dashboards.ts')], (_, output, problems) => {
      process.stdout.write(output)
      process.stderr.write(problems)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as { port: number }
  return `http://127.0.0.1:${address.port}`
}

function onChange(folder: string, then: () => void): void {
  let settled: NodeJS.Timeout | undefined
  watch(folder, { recursive: true }, () => {
    clearTimeout(settled)
    settled = setTimeout(then, SETTLE_MS)
  })
}
