import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'

export interface AppendOptions {
  /** At this size the file is renamed. */
  maxBytes: number
  /** How many renamed files are kept. */
  keep: number
}

/**
 * A file that is only appended to. When `append` resolves, its text is synced to disk; when it rejects, the text is
 * not in the file, so that half a line is never followed by another. A file that was renamed or removed, for example
 * by logrotate, is created again.
 */
export class AppendFile {
  readonly #path: string
  readonly #options: AppendOptions
  #handle: FileHandle | null = null

  constructor(path: string, options: AppendOptions) {
    this.#path = path
    this.#options = options
  }

  async append(text: string): Promise<void> {
    if (text === '') return
    const handle = await this.#open()
    const { size } = await handle.stat()
    try {
      await handle.appendFile(text)
      await handle.datasync()
    } catch (error) {
      // On a full disk the beginning may have been written.
      await handle.truncate(size).catch(() => {})
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = null
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle && !(await isAt(this.#handle, this.#path))) await this.close()
    if (this.#handle && (await this.#handle.stat()).size >= this.#options.maxBytes) {
      await this.close()
      await this.#rotate()
    }
    this.#handle ??= await openWhole(this.#path)
    return this.#handle
  }

  async #rotate(): Promise<void> {
    const { keep } = this.#options
    await rm(`${this.#path}.${keep}`, { force: true })
    for (let n = keep - 1; n >= 0; n--) {
      const from = n === 0 ? this.#path : `${this.#path}.${n}`
      await rename(from, `${this.#path}.${n + 1}`).catch(error => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      })
    }
  }
}

/** Like `a+`, but without waiting for the reader of a pipe. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/**
 * Opens a file to append to it. A line that a crash cut off is ended first, so that it stays separate.
 *
 * @throws Error if it is a pipe: writing to an unread pipe would occupy one of the few threads for the I/O of the
 *   process
 */
async function openWhole(path: string): Promise<FileHandle> {
  const handle = await open(path, FLAGS, 0o640)
  try {
    const stats = await handle.stat()
    if (stats.isFIFO()) throw new Error(`${path} is a pipe: for that there is the output \`stdout\``)
    const { size } = stats
    if (size === 0) return handle
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    if (buffer.toString() !== '\n') await handle.appendFile('\n')
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Whether a path still leads to the open file. */
async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  try {
    const [{ dev, ino }, there] = await Promise.all([handle.stat(), stat(path)])
    return there.dev === dev && there.ino === ino
  } catch {
    return false
  }
}
