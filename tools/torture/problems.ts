import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** Problems after these are counted but not kept. */
const MOST_PROBLEMS = 50

/** How many series of a problem are printed. */
const SHOWN_SERIES = 4

/** The problems that a run found. */
export class Problems {
  readonly kept: string[] = []
  count = 0
  readonly #folder: string
  readonly #progress: (line: string) => void

  /** @param folder the folder for the file of problems */
  constructor(folder: string, progress: (line: string) => void) {
    this.#folder = folder
    this.#progress = progress
  }

  /** Records a problem. Prints the first series; the file of problems contains all. */
  note(what: string, series: readonly string[] = []): void {
    if (this.count++ >= MOST_PROBLEMS) return
    const shown = series.slice(0, SHOWN_SERIES).join('\n  ')
    const text = series.length === 0 ? what : `${what}, such as\n  ${shown}`
    this.kept.push(text)
    this.#progress(`PROBLEM: ${text}`)
    appendFileSync(join(this.#folder, 'problems.log'), `${[what, ...series].join('\n  ')}\n`)
  }
}
