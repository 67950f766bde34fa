import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { ConfigError } from './errors.ts'

/** The configuration of that file. @throws ConfigError with every problem */
export async function readConfig(file: string): Promise<LoadedConfig> {
  const result = await loadConfig(file)
  if (!result.ok) throw new ConfigError(result.problems)
  return result.loaded
}
