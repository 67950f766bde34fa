import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { open, rename } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { type PluginEntry, parseOptions, splitPlugin } from '../config/plugin-options.ts'
import { ConfigError } from '../config/problem.ts'
import { loadDefinition } from '../loader/load.ts'
import type { Authorisation } from '../plugin/output.ts'
import { usageError } from './errors.ts'

/** How long the user has to agree, in milliseconds. */
const PATIENCE_MS = 10 * 60_000

const PATH = '/callback'

/**
 * Guides the user through the authorisation that an output declares, and writes the result to the file that the
 * configuration names for the secret.
 *
 * @param port loopback port to which the browser returns (RFC 8252, section 7.3); 0 for any
 * @param show receives the address that the user opens
 * @returns the path of the file
 */
export async function authorise(
  entry: PluginEntry['output'],
  baseDir: string,
  port: number,
  show: (url: string) => void,
): Promise<string> {
  const { use, options: raw } = splitPlugin('output', entry)
  const { options: schema, authorisation } = await loadDefinition('output', use, baseDir)
  if (!authorisation) throw usageError(`the output ${use} needs no authorisation`)
  const { option } = authorisation
  const { [`${option}_file`]: file, ...others } = raw
  if (typeof file !== 'string' || file === '')
    throw usageError(`name a file for the token in the configuration: \`${option}_file: ./${use}.token\``)
  // The secret does not exist yet.
  const parsed = parseOptions(schema, { ...others, [option]: 'none yet' }, baseDir, 'output')
  if (!parsed.ok)
    throw new ConfigError(
      parsed.problems.map(({ path, message }) => ({
        file: use,
        line: 0,
        column: 0,
        path: path.join('.'),
        message,
        code: 'ERR_CONFIG_INVALID',
      })),
    )
  const secret = await secretOf(authorisation, parsed.options, port, show)
  const path = resolve(baseDir, file)
  await writeSecret(path, secret)
  return path
}

async function secretOf(
  { url, exchange }: Authorisation<never>,
  options: unknown,
  port: number,
  show: (url: string) => void,
): Promise<string> {
  const state = randomBytes(24).toString('base64url')
  const code = Promise.withResolvers<string>()
  const exchanged = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== PATH) return answer(response, 404, 'There is nothing here.')
    // Otherwise another page could make the browser send the code of another person.
    if (!isSame(searchParams.get('state') ?? '', state))
      return answer(response, 400, 'This is not the log-in that was begun.')
    const given = searchParams.get('code')
    if (given === null) {
      const why = searchParams.get('error_description') ?? searchParams.get('error') ?? 'no code came'
      answer(response, 400, `The log-in failed: ${why}`)
      return code.reject(new Error(`the log-in failed: ${why}`))
    }
    code.resolve(given)
    exchanged.promise.then(
      () => answer(response, 200, 'Done. You may close this page.'),
      () => answer(response, 502, 'The log-in failed. The command says why.'),
    )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const timeout = setTimeout(() => code.reject(new Error('no login within ten minutes')), PATIENCE_MS)
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`
  try {
    show(url(options as never, redirectUri, state))
    const secret = await exchange(
      options as never,
      await code.promise,
      redirectUri,
      AbortSignal.timeout(30_000),
    )
    exchanged.resolve()
    return secret
  } catch (error) {
    exchanged.promise.catch(() => {})
    exchanged.reject(error)
    throw error
  } finally {
    clearTimeout(timeout)
    // Ends connections after their answers are sent.
    server.close()
    server.closeIdleConnections()
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function answer(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    .end(`${text}\n`)
}

/** Writes a file that only its owner can read, completely or not at all. */
async function writeSecret(path: string, secret: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(`${secret}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
}
