import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

const STDERR = 2

/** Lines that wait for a pipe that is full come to no more bytes than this; what is beyond is lost. */
const BACKLOG_BYTES = 2 ** 20

/** How often a full pipe is tried again, in milliseconds. */
const RETRY_MS = 50

/** Writes to a descriptor. Returns how many bytes it took. @throws Error EAGAIN where it takes none now */
type Write = (bytes: Buffer) => number

/**
 * Where log lines go: standard error, which nothing here waits for. Where it takes no more, lines wait up to a bound; what
 * does not fit, or cannot be written, is lost and counted.
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

  /** Takes a line, its end included. Never throws. */
  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#waiting.length === 0) {
      const rest = this.#tried(bytes)
      if (rest) this.#wait(rest)
    } else if (this.#waitingBytes + bytes.length > BACKLOG_BYTES) this.lost++
    else this.#wait(bytes)
  }

  /** Tries once more to write what waits. */
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

  /** Writes a line, or the rest of one. Returns what is left of it; null where it is done with. */
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
      // A descriptor of our own: to make that of all who write here non-blocking would surprise them.
      const own = openSync('/dev/stderr', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
      return bytes => writeSync(own, bytes)
    }
  } catch {
    // Standard error is closed, or the system has no such name for it.
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
