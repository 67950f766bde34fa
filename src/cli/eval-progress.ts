/** Nothing is said of what is over sooner than this; milliseconds. */
const QUIET_MS = 1000
/** Between two lines where they are kept, and where one replaces the other. */
const INTERVAL_MS = { log: 15_000, terminal: 250 }

/** How much output there is of: what {@link Progress} needs of a stream. */
export interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
}

/** Says on standard error how far a long evaluation is: in place on a terminal, else in a line now and then. */
export class Progress {
  readonly #posts: number
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #startedAt: number
  #saidAt: number
  #isShown = false

  /** @param posts how many there are */
  constructor(posts: number, stream: ProgressStream = process.stderr, now = () => performance.now()) {
    this.#posts = posts
    this.#stream = stream
    this.#now = now
    this.#startedAt = now()
    this.#saidAt = this.#startedAt - Math.max(INTERVAL_MS.log, INTERVAL_MS.terminal)
  }

  /** @param done posts scored so far */
  show(done: number): void {
    const now = this.#now()
    const elapsed = now - this.#startedAt
    const interval = this.#stream.isTTY ? INTERVAL_MS.terminal : INTERVAL_MS.log
    if (elapsed < (this.#stream.isTTY ? QUIET_MS : INTERVAL_MS.log) || now - this.#saidAt < interval) return
    this.#saidAt = now
    const percent = Math.floor((100 * done) / this.#posts)
    const left = Math.ceil(((elapsed / done) * (this.#posts - done)) / 1000)
    const text = `${percent} %  ${done} of ${this.#posts} posts  ${span(left)} left`
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${text}`)
    else this.#stream.write(`${text}\n`)
    this.#isShown = true
  }

  /** Clears the line where it was replaced all along. */
  end(): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\r\x1b[K')
  }
}

const span = (seconds: number) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)
