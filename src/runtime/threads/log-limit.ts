import { redact } from '../../config/redact.ts'
import type { LogLevel, LogMessage, Port, SuppressedMessage } from './messages.ts'

const SAMPLE_LENGTH = 200

/** Fields of a line at most. */
const MOST_FIELDS = 30

/** A piece of a record for the log: cut, and with whatever a terminal could trip over escaped. */
export function sampleOf(text: string): string {
  // Before it is cut: half of a secret would not be known for one.
  const escaped = redact(text)
    .slice(0, SAMPLE_LENGTH)
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, char =>
      char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return text.length > SAMPLE_LENGTH ? `${escaped}…` : escaped
}

/** Lines of one cause in the second at hand: how many there were, and of how many too many nothing is said yet. */
interface Lines {
  written: number
  untold: number
}

/** Sends log lines to the main thread, limited a second for each cause, and the number of those suppressed. */
export class LimitedLog {
  readonly #port: Port
  readonly #perSecond: number
  readonly #lines = new Map<string, Lines>()
  #second = 0

  constructor(port: Port, perSecond: number) {
    this.#port = port
    this.#perSecond = perSecond
  }

  write(level: LogLevel, cause: string, message: string, fields: Record<string, unknown> = {}): void {
    if (this.admits(cause)) this.send(level, cause, message, fields)
  }

  /** Sends a line that was admitted. */
  send(level: LogLevel, cause: string, message: string, fields: Record<string, unknown> = {}): void {
    const safe = Object.fromEntries(
      Object.entries(fields ?? {})
        .slice(0, MOST_FIELDS)
        .map(([key, value]) => [key, shown(value)]),
    )
    this.#port.postMessage({
      type: 'log',
      level,
      cause,
      message: sampleOf(String(message)),
      fields: safe,
    } satisfies LogMessage)
  }

  /** Whether there is room for a line of this cause; counts it, written or not. */
  admits(cause: string): boolean {
    this.#beginSecond(Math.floor(Date.now() / 1000))
    let lines = this.#lines.get(cause)
    if (!lines) {
      lines = { written: 0, untold: 0 }
      this.#lines.set(cause, lines)
    }
    if (lines.written >= this.#perSecond) {
      lines.untold++
      return false
    }
    lines.written++
    return true
  }

  /** Says how many lines were suppressed of which nothing was said yet. */
  flush(): void {
    for (const [cause, lines] of this.#lines) {
      if (lines.untold === 0) continue
      this.#port.postMessage({ type: 'suppressed', cause, lines: lines.untold } satisfies SuppressedMessage)
      lines.untold = 0
    }
  }

  #beginSecond(second: number): void {
    if (second === this.#second) return
    this.flush()
    this.#lines.clear()
    this.#second = second
  }
}

/** A field's value as it can be sent to another thread and written to a log. */
function shown(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return value
  return sampleOf(typeof value === 'string' ? value : stringify(value))
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
