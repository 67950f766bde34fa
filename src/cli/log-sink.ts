import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

const STDERR = 2

/** The maximum of bytes that wait for a full pipe; further lines are lost. */
const BACKLOG_BYTES = 2 ** 20

/** How often a full pipe is retried, in milliseconds. */
const RETRY_MS = 50

/** Writes to a descriptor. Returns how many bytes were written. @throws Error EAGAIN if it is full */
type Write = (bytes: Buffer) => number

/**
 * The destination of log lines: standard error, without blocking. If it is full, lines wait, up to a limit; lines
 * beyond the limit, or that cannot be written, are lost and counted.
 */
export class LogSink {
  /** Lines that could not be written. */
  lost = 0
  readonly #write: Write
  readonly #waiting: Buffer[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(write: Write = toStandardError()) {
    this.#write = write
  }

  /** Writes a line, with its line end. Never throws. */
  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#waiting.length === 0) {
      const rest = this.#tried(bytes)
      if (rest) this.#wait(rest)
    } else if (this.#waitingBytes + bytes.length > BACKLOG_BYTES) this.lost++
    else this.#wait(bytes)
  }

  /** Tries again to write the waiting lines. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const rest = this.#tried(first)
      this.#waitingBytes -= first.length - (rest?.length ?? 0)
      if (rest) {
        this.#waiting[0] = rest
        this.#retry()
        return
      }
      this.#waiting.shift()
    }
  }

  #wait(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#retry()
  }

  #retry(): void {
    this.#timer ??= setTimeout(() => this.flush(), RETRY_MS).unref()
  }

  /** Writes a line, or the rest of one. Returns what remains; null if nothing does. */
  #tried(bytes: Buffer): Buffer | null {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(this.#write(rest))
      return null
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return rest
      this.lost++
      return null
    }
  }
}

function toStandardError(): Write {
  try {
    const stats = fstatSync(STDERR)
    if (stats.isSocket()) return toSocket(new Socket({ fd: STDERR, readable: false, writable: true }))
    if (stats.isFIFO() || stats.isCharacterDevice()) {
      // Opens its own descriptor: making the shared one non-blocking would affect all other writers.
      const own = openSync('/dev/stderr', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
      return bytes => writeSync(own, bytes)
    }
  } catch {
    // Standard error is closed, or the system has no such path for it.
  }
  return bytes => writeSync(STDERR, bytes)
}

function toSocket(socket: Socket): Write {
  socket.unref()
  let isBroken = false
  socket.on('error', () => {
    isBroken = true
  })
  return bytes => {
    if (isBroken) throw new Error('standard error is closed')
    if (socket.writableLength > BACKLOG_BYTES) throw Object.assign(new Error('full'), { code: 'EAGAIN' })
    socket.write(bytes)
    return bytes.length
  }
}
