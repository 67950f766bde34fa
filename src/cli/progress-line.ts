/** A shorter command shows no progress; milliseconds. */
const QUIET_MS = { log: 15_000, terminal: 1000 }
/** The interval of lines in a log, and of updates in place; milliseconds. */
const INTERVAL_MS = { log: 15_000, terminal: 250 }

/** The part of a stream that {@link ProgressLine} uses. */
interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
}

/**
 * Shows the progress of a long command on standard error: in place on a terminal, otherwise as a line from time to
 * time.
 */
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

  /** @param text makes the line; receives how long the command has run, in milliseconds */
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

  /** Clears the line if it was updated in place. */
  end(): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\x1b[K')
  }
}

/** Shows the progress of a long evaluation on standard error. */
export class Progress {
  readonly #posts: number
  readonly #line: ProgressLine

  /** @param posts the total */
  constructor(posts: number, stream?: ProgressStream, now?: () => number) {
    this.#posts = posts
    this.#line = new ProgressLine(stream, now)
  }

  /** @param done posts scored so far */
  show(done: number): void {
    this.#line.show(elapsed => {
      const percent = Math.floor((100 * done) / this.#posts)
      const left = Math.ceil(((elapsed / done) * (this.#posts - done)) / 1000)
      return `${percent} %  ${done} of ${this.#posts} ${this.#posts === 1 ? 'post' : 'posts'}  ${span(left)} left`
    })
  }

  /** Clears the line, if it was overwritten during the run. */
  end(): void {
    this.#line.end()
  }
}

const span = (seconds: number) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)
