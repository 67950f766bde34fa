import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** Problems beyond these are counted and not kept. */
const MOST_PROBLEMS = 50

/** Series that are shown of a problem. */
const SHOWN_SERIES = 4

/** What must not be, as a run found it. */
export class Problems {
  readonly kept: string[] = []
  count = 0
  readonly #folder: string
  readonly #progress: (line: string) => void

  /** @param folder where the file of problems is written */
  constructor(folder: string, progress: (line: string) => void) {
    this.#folder = folder
    this.#progress = progress
  }

  /** Notes what must not be. Of many series the first are shown, and all are in the file of problems. */
  note(what: string, series: readonly string[] = []): void {
    if (this.count++ >= MOST_PROBLEMS) return
    const shown = series.slice(0, SHOWN_SERIES).join('\n  ')
    const text = series.length === 0 ? what : `${what}, such as\n  ${shown}`
    this.kept.push(text)
    this.#progress(`PROBLEM: ${text}`)
    appendFileSync(join(this.#folder, 'problems.log'), `${[what, ...series].join('\n  ')}\n`)
  }
}
