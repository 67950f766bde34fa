import type { LogLevel, LogMessage, Port, SuppressedMessage } from './messages.ts'

const SAMPLE_LENGTH = 200

/** A piece of a record for the log: cut, and with whatever a terminal could trip over escaped. */
export function sampleOf(text: string): string {
  const escaped = text
    .slice(0, SAMPLE_LENGTH)
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, char =>
      char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return text.length > SAMPLE_LENGTH ? `${escaped}…` : escaped
}

/** Sends log lines to the main thread: so many a second for each cause, and how many more there were. */
export class LimitedLog {
  readonly #port: Port
  readonly #perSecond: number
  readonly #written = new Map<string, number>()
  #second = 0

  constructor(port: Port, perSecond: number) {
    this.#port = port
    this.#perSecond = perSecond
  }

  write(level: LogLevel, cause: string, message: string, fields: Record<string, unknown> = {}): void {
    const second = Math.floor(Date.now() / 1000)
    if (second !== this.#second) this.flush(second)
    const written = this.#written.get(cause) ?? 0
    this.#written.set(cause, written + 1)
    if (written >= this.#perSecond) return
    const safe = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        typeof value === 'string'
          ? sampleOf(value)
          : typeof value === 'object'
            ? sampleOf(stringify(value))
            : value,
      ]),
    )
    this.#port.postMessage({
      type: 'log',
      level,
      cause,
      message: sampleOf(message),
      fields: safe,
    } satisfies LogMessage)
  }

  /** Says how many lines were suppressed, and begins a new second. */
  flush(second = Math.floor(Date.now() / 1000)): void {
    for (const [cause, written] of this.#written) {
      const lines = written - this.#perSecond
      if (lines > 0) this.#port.postMessage({ type: 'suppressed', cause, lines } satisfies SuppressedMessage)
    }
    this.#written.clear()
    this.#second = second
  }
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
