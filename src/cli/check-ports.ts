import { createServer } from 'node:net'
import type { LoadedConfig } from '../config/load.ts'
import { formatPath, type Path, type Problem } from '../config/problem.ts'
import type { ListeningPlugin } from './create-plugins.ts'

/** Why a process cannot listen. A port in use is a warning: the exporter may already run with this file. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'ports below 1024 need privileges that this user does not have',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is not known',
}

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
    if (code === 'EADDRINUSE')
      warnings.push(problem(path, `the port ${port} is in use, by a running exporter or another program`))
    else if (code !== null && PROBLEMS[code] !== undefined)
      problems.push(problem(path, PROBLEMS[code], 'ERR_LISTEN'))
  }
  return { problems, warnings }
}

/** Listens briefly. Resolves to the error code, or null. */
function failureOf(host: string, port: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const server = createServer()
  server.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code))
  server.listen({ port, ...(host === '' ? {} : { host }) }, () => server.close(() => resolve(null)))
  return promise
}
