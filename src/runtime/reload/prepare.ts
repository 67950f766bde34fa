import { ConfigError } from '../../config/config-error.ts'
import type { LoadedConfig, LoadResult } from '../../config/load.ts'
import { byPlace } from '../../config/problem.ts'
import { inspect, inspectDraft } from '../../loader/validate.ts'
import { type ResolvedConfig, resolveConfig } from '../resolved-config.ts'

/** A configuration that holds, plugins included, and what it comes to. */
export interface Prepared {
  loaded: LoadedConfig
  shown: string
  resolved: ResolvedConfig
}

/**
 * Reads a configuration and looks at its plugins.
 * @param seenIds memory of ids already seen, to keep on a reload
 * @param relays whether posts are handed to the one output instead of being scored
 * @throws ConfigError with every problem, MoodError
 */
export async function prepare(
  load: () => Promise<LoadResult>,
  seenIds: SharedArrayBuffer | null,
  relays = false,
): Promise<Prepared> {
  const result = await load()
  if (!result.ok) {
    const { problems, draft } = result
    const all = [...problems, ...(draft ? await inspectDraft(draft) : [])]
    throw new ConfigError(all.sort(byPlace))
  }
  const inspection = await inspect(result.loaded)
  if (inspection.problems.length > 0) throw new ConfigError(inspection.problems)
  return {
    loaded: result.loaded,
    shown: result.loaded.show(inspection.secrets),
    resolved: resolveConfig(result.loaded, inspection, seenIds, relays),
  }
}
