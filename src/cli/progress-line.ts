/** Nothing is said of what is over sooner than this; milliseconds. */
const QUIET_MS = { log: 15_000, terminal: 1000 }
/** Between two lines where they are kept, and where one replaces the other. */
const INTERVAL_MS = { log: 15_000, terminal: 250 }

/** How much output there is of: what {@link ProgressLine} needs of a stream. */
export interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
}

/** Says on standard error how far a long command is: in place on a terminal, otherwise in a line from time to time. */
export class ProgressLine {
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #startedAt: number
  #saidAt = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(stream: ProgressStream = process.stderr, now = () => performance.now()) {
    this.#stream = stream
    this.#now = now
    this.#startedAt = now()
  }

  /** @param text makes the line, given how long the command has run, in milliseconds */
  show(text: (elapsedMs: number) => string): void {
    const now = this.#now()
    const elapsed = now - this.#startedAt
    const where = this.#stream.isTTY ? 'terminal' : 'log'
    if (elapsed < QUIET_MS[where] || now - this.#saidAt < INTERVAL_MS[where]) return
    this.#saidAt = now
    this.#isShown = true
    const line = text(elapsed)
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
  }

  /** Clears the line where it was replaced all along. */
  end(): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\x1b[K')
  }
}
