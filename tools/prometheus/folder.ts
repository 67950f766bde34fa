import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'

/** What is built. */
export const PROGRAMS = ['prometheus', 'promtool', 'alertmanager', 'amtool'] as const

export type Program = (typeof PROGRAMS)[number]

/**
 * Where the programs are built to: outside of the checkout, so that a fresh one has them, in a folder named for
 * everything that decides what they are.
 */
export function builtFolder(): string {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'build.ts'])
    hash.update(readFileSync(new URL(file, import.meta.url)))
  const cache = env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'mood-exporter', `prometheus-${hash.digest('hex').slice(0, 16)}`)
}

/** The path of a program that was built; undefined if it was not. */
export function builtProgram(name: Program): string | undefined {
  const path = join(builtFolder(), name)
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return undefined
  }
}
