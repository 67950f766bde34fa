import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { isatty, ReadStream as TerminalStream } from 'node:tty'

const STDIN = 0

/** Standard input. `destroy` aborts a pending read. */
export interface Input {
  readonly stream: Readable
  readonly kind: 'terminal' | 'pipe' | 'socket' | 'file'
}

/**
 * Opens standard input in a thread, where `process.stdin` is not that of the process.
 *
 * A pipe is opened again, so that reading never blocks. `fs.read` would wait for it in a thread of libuv's pool,
 * which cannot be interrupted, and for which the process waits when it exits.
 *
 * @throws Error if standard input is closed
 */
export function openInput(): Input {
  if (isatty(STDIN)) return { stream: new TerminalStream(STDIN), kind: 'terminal' }
  const stats = fstatSync(STDIN)
  if (stats.isFIFO()) return { stream: openPipe(), kind: 'pipe' }
  if (stats.isSocket()) return { stream: givingUpStdin(socketOn(STDIN)), kind: 'socket' }
  // Files and devices such as /dev/null never block.
  return { stream: createReadStream('', { fd: STDIN, autoClose: false }), kind: 'file' }
}

const socketOn = (fd: number) => new Socket({ fd, readable: true, writable: false })

/** With its own descriptor: making it non-blocking does not affect other processes that share the pipe. */
function openPipe(): Readable {
  try {
    return new PipeStream(openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK))
  } catch {
    return socketOn(STDIN)
  }
}

/** A socket cannot be opened again. Its descriptor must stay in use, or the next opened file would become "stdin". */
function givingUpStdin(socket: Socket): Socket {
  return socket.once('close', () => {
    const fd = openSync('/dev/null', 'r')
    if (fd !== STDIN) closeSync(fd)
  })
}

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
class PipeStream extends Readable {
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
