import { closeSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A file to append lines to. Some are written in two parts, so that a reader sees half a line. */
export class LogFile {
  readonly #path: string
  #fd: number
  #held = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
    this.#fd = openSync(path, 'a')
  }

  /** Appends what was held back and these bytes; the last `holdBack` bytes are held back until the next write. */
  write(bytes: Buffer, holdBack = 0): void {
    const all = Buffer.concat([this.#held, bytes])
    const now = all.length - Math.min(holdBack, bytes.length)
    append(this.#fd, all.subarray(0, now))
    this.#held = all.subarray(now)
  }

  /**
   * Renames the file and begins a new one, as logrotate does.
   *
   * @returns writes what was held back to the old file and closes it: a writer uses the file that it has open until it
   *   learns of the rotation
   */
  rotate(rename: (path: string) => void): () => void {
    const fd = this.#fd
    const held = this.#held
    this.#held = Buffer.alloc(0)
    rename(this.#path)
    this.#fd = openSync(this.#path, 'a')
    return () => {
      append(fd, held)
      closeSync(fd)
    }
  }

  close(): void {
    this.write(Buffer.alloc(0))
    closeSync(this.#fd)
  }
}

function append(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

/** Renames `x.2` to `x.3`, `x.1` to `x.2` and `x` to `x.1`, as logrotate does. */
export function cascade(path: string): void {
  for (const number of numbersOf(path).reverse()) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
  renameSync(path, `${path}.1`)
}

/** Removes all but the latest files that `cascade` made. */
export function removeCascaded(path: string, keep: number): void {
  for (const number of numbersOf(path)) if (number > keep) rmSync(`${path}.${number}`)
}

/** Removes all files whose names begin as the path does, except the last ones by name. */
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
