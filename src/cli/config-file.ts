import { ConfigError } from '../config/config-error.ts'
import { type LoadedConfig, type LoadResult, loadConfig, parseConfig } from '../config/load.ts'
import { findConfig } from './find-config.ts'
import { printError } from './output.ts'

/** The configuration of that file. @throws ConfigError with every problem */
export async function readConfig(file: string): Promise<LoadedConfig> {
  return valid(await loadConfig(file))
}

/**
 * The configuration to try plugins with: of the file that is given, or of ./mood.yml, or the default one. Says on
 * standard error that it is ./mood.yml.
 *
 * @throws ConfigError with every problem
 */
export async function configToTry(given: string | undefined): Promise<LoadedConfig> {
  const file = findConfig(given)
  if (file !== undefined && given === undefined) printError(`using ${file}`)
  return file === undefined ? defaultConfig() : readConfig(file)
}

/** What holds where there is no configuration. */
function defaultConfig(): LoadedConfig {
  return valid(parseConfig('sources: [{ use: demo }]', 'mood.yml'))
}

function valid(result: LoadResult): LoadedConfig {
  if (!result.ok) throw new ConfigError(result.problems)
  return result.loaded
}
