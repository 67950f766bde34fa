import { existsSync } from 'node:fs'

/** The configuration that commands take which are not given one, where there is such a file. */
export const DEFAULT_CONFIG = 'mood.yml'

/** The file to take: the one that is given, or ./mood.yml; undefined where there is neither. */
export function findConfig(given: string | undefined): string | undefined {
  return given ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined)
}
