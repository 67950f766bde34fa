import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'

/** Differs once the file has been written, replaced or removed. */
function stampOf(path: string): string {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : 'absent'
  } catch (error) {
    return (error as Error).message
  }
}

/** Reads files, and tells whether any of them is no longer what was read. */
export class FilesRead {
  readonly #stamps = new Map<string, string>()

  /** The file as text. One that cannot be read is watched all the same. @throws Error for a pipe or a device */
  read(path: string): string {
    // The stamp comes first, so that a change while the file is read counts as a change after it.
    this.#stamps.set(path, stampOf(path))
    // A pipe would block all of the exporter until somebody writes to it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile())
        throw Object.assign(new Error('not a file'), { code: 'it is not a file' })
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  }

  /** Asks the file system; some microseconds for each file. */
  changed(): boolean {
    for (const [path, stamp] of this.#stamps) if (stampOf(path) !== stamp) return true
    return false
  }
}
