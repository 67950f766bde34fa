import { type LoadedConfig, type LoadResult, loadConfig, parseConfig } from '../config/load.ts'
import { ConfigError } from '../config/problem.ts'
import { findConfig } from './find-config.ts'
import { printError } from './output.ts'

/** The configuration in that file. @throws ConfigError with all problems */
export async function readConfig(file: string): Promise<LoadedConfig> {
  return valid(await loadConfig(file))
}

/**
 * The configuration for trying plugins: the given file, otherwise ./mood.yml, otherwise the default. If it is
 * ./mood.yml, says so on standard error.
 *
 * @throws ConfigError with all problems
 */
export async function configToTry(given: string | undefined): Promise<LoadedConfig> {
  const file = findConfig(given)
  if (file !== undefined && given === undefined) printError(`using ${file}`)
  return file === undefined ? defaultConfig() : readConfig(file)
}

/** The configuration if there is no file. */
function defaultConfig(): LoadedConfig {
  return valid(parseConfig('sources: [{ use: demo }]', 'mood.yml'))
}

function valid(result: LoadResult): LoadedConfig {
  if (!result.ok) throw new ConfigError(result.problems)
  return result.loaded
}
