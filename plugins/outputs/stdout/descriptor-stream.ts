import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { Writable } from 'node:stream'

/** The wait before a write to a full pipe is retried, in milliseconds. */
const FULL_MS = 20

/**
 * Writes to a non-blocking descriptor: a file, or a pipe that was opened as such. A write to a full pipe is retried
 * after a while.
 *
 * The streams of Node.js cannot be used. That of `node:fs` closes standard output when it is destroyed. That of
 * `node:net` closes its descriptor without Node.js noticing, and when the thread ends, Node.js closes every
 * descriptor that it opened: by then the number may belong to another file.
 */
export class DescriptorStream extends Writable {
  readonly #fd: number
  readonly #isOurs: boolean
  #retry: NodeJS.Timeout | undefined

  private constructor(fd: number, isOurs: boolean) {
    super()
    this.#fd = fd
    this.#isOurs = isOurs
  }

  /** A stream that does not close its descriptor when it is destroyed. */
  static toDescriptor(fd: number): DescriptorStream {
    return new DescriptorStream(fd, false)
  }

  /** Opens a pipe. @throws Error ENXIO where nothing reads it */
  static toPipe(path: string): DescriptorStream {
    return new DescriptorStream(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), true)
  }

  override _write(chunk: Buffer, _: string, callback: (error?: Error | null) => void): void {
    let offset = 0
    const write = () => {
      try {
        while (offset < chunk.length) offset += writeSync(this.#fd, chunk, offset)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return callback(error as Error)
        this.#retry = setTimeout(write, FULL_MS)
        return
      }
      callback()
    }
    write()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#retry)
    if (this.#isOurs) closeSync(this.#fd)
    callback(error)
  }
}
