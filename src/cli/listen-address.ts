import { missingToken } from '../config/alertmanager-schema.ts'
import type { LoadResult } from '../config/load.ts'
import { address } from '../plugin/index.ts'
import { usageError } from './errors.ts'
import { printable } from './output.ts'

/**
 * What puts an address of the command line in the place of `server.listen`. What the configuration has to fulfil for that
 * address is checked again: a token is required where other machines can reach it.
 *
 * @throws MoodError ERR_USAGE where it is no address
 */
export function listeningOn(text: string): (result: LoadResult) => LoadResult {
  const parsed = address().safeParse(text)
  if (!parsed.success)
    throw usageError(`--web.listen-address: ${parsed.error.issues[0]?.message}, got "${printable(text)}"`)
  const listen = parsed.data
  return result => {
    if (!result.ok) return result
    const { loaded } = result
    const config = { ...loaded.config, server: { ...loaded.config.server, listen } }
    const problems = missingToken(config)
    return problems.length === 0
      ? { ok: true, loaded: { ...loaded, config } }
      : { ok: false, problems: problems.map(({ path, message }) => loaded.problem(path, message)) }
  }
}
