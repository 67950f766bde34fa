import { readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Renames `x.2` to `x.3`, `x.1` to `x.2` and `x` to `x.1`, as logrotate does. */
export function cascade(path: string): void {
  for (const number of numbersOf(path).reverse()) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
  renameSync(path, `${path}.1`)
}

/** Removes all but the latest that `cascade` made. */
export function removeCascaded(path: string, keep: number): void {
  for (const number of numbersOf(path)) if (number > keep) rmSync(`${path}.${number}`)
}

/** Removes all but the last files, by name, whose names begin as the path does. */
export function removeFirst(path: string, keep: number): void {
  const names = readdirSync(dirname(path)).filter(name => name.startsWith(basename(path)))
  for (const name of names.sort().slice(0, -keep)) rmSync(join(dirname(path), name))
}

/** Numbers of a file's predecessors, ascending. */
function numbersOf(path: string): number[] {
  const prefix = `${basename(path)}.`
  return readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix))
    .map(name => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}
