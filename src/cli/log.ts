import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import pino, { type Logger, type LoggerOptions } from 'pino'
import { redact } from '../config/redact.ts'
import type { Config } from '../config/schema.ts'
import type { LogLevel } from './log-levels.ts'

export interface LogOptions {
  level?: LogLevel
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  format?: Config['log']['format']
}

/** A log that counts the lines it could not write. */
export type CountedLog = Logger & { linesLost(): number }

const OPTIONS: LoggerOptions = {
  // Without host and pid: log collectors know both.
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: label => ({ level: label }) },
}

/** The program's log, on standard error. Written at once, so that the last lines before an exit are not lost. */
export async function createLog({ level = 'info', format = 'auto' }: LogOptions = {}): Promise<CountedLog> {
  const sink = new LogSink()
  process.once('exit', () => sink.flush())
  const isPretty = format === 'auto' ? process.stderr.isTTY === true : format === 'pretty'
  const layOut = isPretty ? await prettyLines() : (line: string) => line
  const log = pino({ ...OPTIONS, level }, { write: line => sink.write(redact(layOut(line))) })
  return Object.assign(log, { linesLost: () => sink.lost })
}

async function prettyLines(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty')
  return prettyFactory({
    colorize: process.stderr.isTTY === true && !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
}

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
