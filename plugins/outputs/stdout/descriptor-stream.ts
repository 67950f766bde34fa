import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { Writable } from 'node:stream'

/** How long to wait before writing to a full pipe is tried again, in milliseconds. */
const FULL_MS = 20

/**
 * Writes to a descriptor that never blocks: a file, or a pipe that was opened so. A full pipe is tried again after a while.
 *
 * The streams of Node.js will not do. That of `node:fs` closes standard output when it is destroyed. One of `node:net`
 * closes its descriptor without Node.js noticing, which closes every descriptor that a thread opened once more when the
 * thread ends: by then the number may be that of another file.
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

  /** A stream that leaves its descriptor open when it is destroyed. */
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
