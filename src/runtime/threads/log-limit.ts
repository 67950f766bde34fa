import { redact } from '../../config/redact.ts'
import type { LogLevel, LogMessage, Port, SuppressedMessage } from './messages.ts'

const SAMPLE_LENGTH = 200

/** Maximum of fields in a line. */
const MOST_FIELDS = 30

/** A piece of a record for the log: cut, with control characters escaped. */
export function sampleOf(text: string): string {
  // Redact before cutting: half of a secret would not be recognised.
  const escaped = redact(text)
    .slice(0, SAMPLE_LENGTH)
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, char =>
      char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return text.length > SAMPLE_LENGTH ? `${escaped}…` : escaped
}

/**
 * The lines of one cause in the current second: how many there were, and how many suppressed ones were not reported
 * yet.
 */
interface Lines {
  written: number
  untold: number
}

/** Sends log lines to the main thread, limited per second and cause, and the number of suppressed lines. */
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

  /** Sends an admitted line. */
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

  /** Whether a line of this cause is within the limit; counts it in any case. */
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

  /** Reports the suppressed lines that were not reported yet. */
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

/** The value of a field in a form that can be sent to another thread and logged. */
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
