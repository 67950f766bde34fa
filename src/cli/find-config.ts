import { existsSync } from 'node:fs'
import { DEFAULT_CONFIG } from '../config/default-file.ts'

/** The file to use: the given one, otherwise ./mood.yml; undefined if there is neither. */
export function findConfig(given: string | undefined): string | undefined {
  return given ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined)
}
