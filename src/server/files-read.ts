import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'

/** Changes when the file is written, replaced or removed. */
function stampOf(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : 'absent'
  } catch (error) {
    return (error as Error).message
  }
}

/** Reads files, and detects whether any of them has changed since. */
export class FilesRead {
  readonly #stamps = new Map<string, string>()

  /** The file as text. A file that cannot be read is watched too. @throws Error for a pipe or a device */
  read(path: string): string {
    // The stamp comes first, so that a change during the read is detected later.
    this.#stamps.set(path, stampOf(path))
    // A pipe would block the whole exporter until something is written to it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile())
        throw Object.assign(new Error('not a file'), { code: 'it is not a file' })
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  }

  /** Checks the files; some microseconds for each. */
  changed(): boolean {
    for (const [path, stamp] of this.#stamps) if (stampOf(path) !== stamp) return true
    return false
  }
}
