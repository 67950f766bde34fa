import { ConfigError } from '../config/config-error.ts'
import { type LoadedConfig, type LoadResult, loadConfig, parseConfig } from '../config/load.ts'

/** The configuration of that file. @throws ConfigError with every problem */
export async function readConfig(file: string): Promise<LoadedConfig> {
  return valid(await loadConfig(file))
}

/** What holds where there is no configuration. */
export function defaultConfig(): LoadedConfig {
  return valid(parseConfig('sources: [{ use: demo }]', 'mood.yml'))
}

function valid(result: LoadResult): LoadedConfig {
  if (!result.ok) throw new ConfigError(result.problems)
  return result.loaded
}
