import { createServer } from 'node:net'
import type { LoadedConfig } from '../config/load.ts'
import { formatPath, type Path, type Problem } from '../config/problem.ts'
import { listenProblem } from '../plugin/listen.ts'
import type { ListeningPlugin } from './create-plugins.ts'

const EVERYWHERE = new Set(['', '0.0.0.0', '::'])

/** Checks whether each address to listen on exists, is free, and is configured only once. */
export async function checkPorts(
  { config, problem }: LoadedConfig,
  plugins: readonly ListeningPlugin[],
): Promise<{ problems: Problem[]; warnings: Problem[] }> {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const known: { path: Path; host: string; port: number }[] = []
  for (const { path, host, port } of [{ path: ['server', 'listen'], ...config.server.listen }, ...plugins]) {
    const other = known.find(
      earlier =>
        port !== 0 &&
        earlier.port === port &&
        (earlier.host === host || EVERYWHERE.has(host) || EVERYWHERE.has(earlier.host)),
    )
    if (other) {
      problems.push(problem(path, `the port ${port} is also that of ${formatPath(other.path)}`))
      continue
    }
    known.push({ path, host, port })
    const code = await failureOf(host, port)
    // The exporter may already run with this file.
    if (code === 'EADDRINUSE')
      warnings.push(problem(path, `the port ${port} is in use, by a running exporter or another program`))
    // A name server that does not answer now may do so when the exporter runs.
    else if (code !== 'EAI_AGAIN') {
      const reason = listenProblem(code, formatPath(path))
      if (reason !== undefined) problems.push(problem(path, reason, 'ERR_LISTEN'))
    }
  }
  return { problems, warnings }
}

/** Listens briefly. Resolves to the error code, if that fails. */
function failureOf(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const server = createServer()
  server.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
  server.listen({ port, ...(host === '' ? {} : { host }) }, () => server.close(() => resolve(undefined)))
  return promise
}
