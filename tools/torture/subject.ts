import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { READY_MS } from './contract.ts'
import type { Problems } from './problems.ts'
import type { Random } from './random.ts'
import { describeEnd, ExporterProcess, Failure, lastLines } from './runner.ts'
import { Scraper, type ScraperOptions } from './scraper.ts'

/** The name of the configuration file in its folder. */
export const CONFIG = 'mood.yml'

export interface SubjectOptions extends Omit<ScraperOptions, 'current' | 'problem'> {
  /** The folder of its configuration, state and log. */
  folder: string
  /** The exporter's program. */
  program: string
  random: Random
  problems: Problems
  /** Time limit until it is ready, in milliseconds. */
  readyMs?: number
}

/** An exporter under test across restarts, and its scraper. */
export class Subject {
  readonly folder: string
  readonly random: Random
  readonly problems: Problems
  readonly scraper: Scraper
  starts = 0
  slowestStart = 0
  readonly #options: SubjectOptions
  #exporter: ExporterProcess | undefined

  constructor(options: SubjectOptions) {
    this.#options = options
    this.folder = options.folder
    this.random = options.random
    this.problems = options.problems
    this.scraper = new Scraper({
      ...options,
      current: () => this.#exporter,
      problem: (what, series) => this.problem(what, series),
    })
  }

  get stateDir(): string {
    return join(this.folder, 'state')
  }

  get log(): string {
    return join(this.folder, 'exporter.log')
  }

  /** The running exporter; undefined if none runs. */
  get current(): ExporterProcess | undefined {
    return this.#exporter
  }

  /** The running exporter. @throws Failure if none runs */
  get exporter(): ExporterProcess {
    if (!this.#exporter || this.#exporter.hasEnded) throw new Failure('the exporter is not running')
    return this.#exporter
  }

  /** @throws Failure if the exporter has ended */
  assertRuns(): void {
    void this.exporter
  }

  get hasFailed(): boolean {
    return this.problems.count > 0
  }

  /** Records a problem. */
  problem(what: string, series: readonly string[] = []): void {
    this.problems.note(what, series)
  }

  /** Starts the exporter without waiting. */
  spawn(): ExporterProcess {
    const { folder, program } = this.#options
    this.starts++
    const exporter = new ExporterProcess({ program, folder, config: CONFIG, log: this.log })
    this.#exporter = exporter
    void exporter.ended.then(ended => {
      if (exporter.isEnding) return
      const lines = lastLines(this.log, 5).join('\n  ')
      this.problem(`the exporter ended by itself, with ${describeEnd(ended)}:\n  ${lines}`)
    })
    return exporter
  }

  /** Starts the exporter. Resolves when it is ready, to the seconds that took. */
  async start(): Promise<number> {
    const exporter = this.spawn()
    if ((await exporter.ready(this.#options.readyMs ?? READY_MS)) !== 'ready')
      throw new Failure('the exporter ended before it was ready')
    const seconds = (performance.now() - exporter.startedAt) / 1000
    this.slowestStart = Math.max(this.slowestStart, seconds)
    return seconds
  }

  /** Stops the exporter, by SIGKILL or cleanly as the random generator chooses. Returns which. */
  async end(killed: number): Promise<string> {
    if (this.random.chance(killed)) {
      await this.exporter.kill()
      return 'kill -9'
    }
    await this.exporter.stop()
    return 'SIGTERM'
  }

  /** Sleeps for a random time, in milliseconds. */
  pause(from: number, to: number): Promise<void> {
    return sleep(this.random.between(from, to))
  }
}
