import { existsSync } from 'node:fs'

/** The file that commands use by default, if it exists. */
export const DEFAULT_CONFIG = 'mood.yml'

/** The file to use: the given one, otherwise ./mood.yml; undefined if there is neither. */
export function findConfig(given: string | undefined): string | undefined {
  return given ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined)
}
