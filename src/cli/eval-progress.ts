import { ProgressLine, type ProgressStream } from './progress-line.ts'

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
      return `${percent} %  ${done} of ${this.#posts} posts  ${span(left)} left`
    })
  }

  /** Clears the line, if it was overwritten during the run. */
  end(): void {
    this.#line.end()
  }
}

const span = (seconds: number) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)
