import { closeSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'

const CHUNK_BYTES = 64 * 1024

/** The wait before an empty pipe is read again, in milliseconds: at first, and after some silence. */
const FIRST_WAIT_MS = 5
const LONGEST_WAIT_MS = 50

/**
 * Reads a pipe that was opened as non-blocking.
 *
 * A socket of `node:net` would close its descriptor without Node.js noticing, and when the thread ends, Node.js
 * closes every descriptor that it opened: by then the number may belong to another file.
 */
export class PipeStream extends Readable {
  readonly #fd: number
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #waitMs = FIRST_WAIT_MS
  #retry: NodeJS.Timeout | undefined

  /** @param fd opened with `O_NONBLOCK` by `node:fs`; closed with the stream */
  constructor(fd: number) {
    super({ highWaterMark: CHUNK_BYTES })
    this.#fd = fd
  }

  override _read(): void {
    try {
      const bytes = readSync(this.#fd, this.#buffer, 0, CHUNK_BYTES, null)
      this.#waitMs = FIRST_WAIT_MS
      this.push(bytes === 0 ? null : Buffer.from(this.#buffer.subarray(0, bytes)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        this.destroy(error as Error)
        return
      }
      this.#retry = setTimeout(() => this._read(), this.#waitMs)
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2)
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#retry)
    closeSync(this.#fd)
    callback(error)
  }
}
