import { readFileSync, statSync } from 'node:fs'

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

  /** The file as text. One that cannot be read is watched all the same. */
  read(path: string): string {
    // The stamp comes first, so that a change while the file is read counts as a change after it.
    this.#stamps.set(path, stampOf(path))
    return readFileSync(path, 'utf8')
  }

  /** Asks the file system; some microseconds for each file. */
  changed(): boolean {
    for (const [path, stamp] of this.#stamps) if (stampOf(path) !== stamp) return true
    return false
  }
}
