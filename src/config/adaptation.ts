import { createError } from '../catalogue/errors.ts'
import { address } from '../plugin/index.ts'
import { missingToken } from './alertmanager-schema.ts'
import type { LoadResult } from './load.ts'
import { quote } from './problem.ts'

/** The differences between what runs and its configuration file. Plain data. */
export interface Adaptation {
  /** The address of the command line, which replaces `server.listen`. */
  listen?: string
  /** Whether posts are relayed to the one output instead of being scored: `mood-exporter relay`. */
  relays?: boolean
}

/**
 * Applies them to a configuration.
 *
 * @throws MoodError ERR_USAGE where `listen` is no address
 */
export function adapted(result: LoadResult, { listen, relays = false }: Adaptation): LoadResult {
  const kept = relays ? withoutScoring(result) : result
  return listen === undefined ? kept : listeningOn(listen, kept)
}

/** Repeats the checks that depend on the address: a token is required if other machines can reach it. */
function listeningOn(text: string, result: LoadResult): LoadResult {
  const parsed = address().safeParse(text)
  if (!parsed.success) {
    const problem = `--web.listen-address: ${parsed.error.issues[0]?.message}, got ${quote(text)}`
    throw createError('ERR_USAGE', { problem })
  }
  if (!result.ok) return result
  const { loaded } = result
  const config = { ...loaded.config, server: { ...loaded.config.server, listen: parsed.data } }
  const problems = missingToken(config)
  return problems.length === 0
    ? { ok: true, loaded: { ...loaded, config } }
    : { ok: false, problems: problems.map(({ path, message }) => loaded.problem(path, message)) }
}

/** The same configuration without plugins that work on posts. */
function withoutScoring(result: LoadResult): LoadResult {
  if (!result.ok) return result
  const { loaded } = result
  const languages = { ...loaded.config.languages, detect: false }
  const config = {
    ...loaded.config,
    scorers: [],
    extractors: [],
    windows: [],
    alert: false as const,
    languages,
  }
  return { ok: true, loaded: { ...loaded, config } }
}
