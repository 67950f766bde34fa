import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeConfig } from './config.ts'
import { type Difference, describeDifference, Ledger } from './ledger.ts'
import { Producer } from './producer.ts'
import { Random } from './random.ts'
import { describeEnd, ExporterProcess, Failure, lastLines } from './runner.ts'
import { Scraper } from './scraper.ts'
import { DEDUPING, FOLLOWED, SOURCES, type Source } from './sources.ts'
import { LASTING, PASSING, PASSING_AT_START, type Topic } from './topics.ts'

/** Problems beyond these are counted and not kept. */
const MOST_PROBLEMS = 50

/** Series that are shown of a problem. */
const SHOWN_SERIES = 4

/** How long the exporter may take to count what was written, in milliseconds. */
const CATCH_UP_MS = 60_000

/** Where counts have not changed for so long, nothing more is coming; milliseconds. */
const QUIET_MS = 20_000

const CONFIG = 'mood.yml'

export interface RigOptions {
  folder: string
  seed: number
  rate: number
  /** The exporter's program. */
  program: string
  /** Whether the exporter has a state directory. */
  state: boolean
  /** Whether it will be started again. */
  restarts: boolean
  /** Whether checks stop it cleanly. */
  cleanStops: boolean
  /** Told of what happens, a line each. */
  progress: (line: string) => void
}

/** The exporter under torture, with all that writes for it and watches it. */
export class Rig {
  readonly options: RigOptions
  readonly random: Random
  readonly ledger = new Ledger(DEDUPING)
  readonly producer: Producer
  readonly scraper: Scraper
  readonly problems: string[] = []
  problemCount = 0
  /** Topics that are configured. */
  readonly topics = new Set<Topic>([...LASTING, ...PASSING_AT_START])
  starts = 0
  slowestStart = 0
  checks = 0
  topicChanges = 0
  #exporter: ExporterProcess | undefined

  constructor(options: RigOptions) {
    const { folder, seed, rate, restarts } = options
    this.options = options
    this.random = new Random(seed, 'faults')
    this.producer = new Producer({
      folder,
      ledger: this.ledger,
      seed,
      rate,
      restarts,
      committed: source => this.scraper.latest?.sum('mood_source_records_total', { source }) ?? 0,
    })
    this.scraper = new Scraper({
      ledger: this.ledger,
      current: () => this.#exporter,
      problem: (what, series) => this.problem(what, series),
    })
    mkdirSync(this.stateDir, { recursive: true })
    this.configure()
  }

  get stateDir(): string {
    return join(this.options.folder, 'state')
  }

  get log(): string {
    return join(this.options.folder, 'exporter.log')
  }

  /** The exporter as it runs; undefined while none does. */
  get current(): ExporterProcess | undefined {
    return this.#exporter
  }

  /** The exporter as it runs. @throws Failure where none does */
  get exporter(): ExporterProcess {
    if (!this.#exporter || this.#exporter.hasEnded) throw new Failure('the exporter is not running')
    return this.#exporter
  }

  /** @throws Failure where the exporter has ended */
  assertRuns(): void {
    void this.exporter
  }

  get hasFailed(): boolean {
    return this.problemCount > 0
  }

  /** Notes what must not be. Of many series the first are shown, and all are in the file of problems. */
  problem(what: string, series: readonly string[] = []): void {
    if (this.problemCount++ >= MOST_PROBLEMS) return
    const shown = series.slice(0, SHOWN_SERIES).join('\n  ')
    const text = series.length === 0 ? what : `${what}, such as\n  ${shown}`
    this.problems.push(text)
    this.options.progress(`PROBLEM: ${text}`)
    appendFileSync(join(this.options.folder, 'problems.log'), `${[what, ...series].join('\n  ')}\n`)
  }

  /** Writes the configuration for the topics as they are. */
  configure(): void {
    const { folder, state } = this.options
    writeConfig(join(folder, CONFIG), {
      topics: this.topics,
      stateDir: state ? './state' : undefined,
      paced: true,
    })
  }

  /** Starts the exporter, without waiting for anything. */
  spawn(): ExporterProcess {
    const { folder, program } = this.options
    if (this.starts++ > 0) this.producer.grow()
    const exporter = new ExporterProcess({ program, folder, config: CONFIG, log: this.log })
    this.#exporter = exporter
    void exporter.ended.then(ended => {
      if (exporter.isEnding) return
      const lines = lastLines(this.log, 5).join('\n  ')
      this.problem(`the exporter ended by itself, with ${describeEnd(ended)}:\n  ${lines}`)
    })
    return exporter
  }

  /** Starts the exporter and resolves, once it is ready, to how long that took, in seconds. */
  async start(): Promise<number> {
    const exporter = this.spawn()
    if ((await exporter.ready()) !== 'ready') throw new Failure('the exporter ended before it was ready')
    const seconds = (performance.now() - exporter.startedAt) / 1000
    this.slowestStart = Math.max(this.slowestStart, seconds)
    return seconds
  }

  /** Stops the exporter: by a SIGKILL or cleanly, as the seed has it. Returns which. */
  async end(killed: number): Promise<string> {
    if (this.random.chance(killed)) {
      await this.exporter.kill()
      return 'kill -9'
    }
    await this.exporter.stop()
    return 'SIGTERM'
  }

  /** Resolves when those sources show exactly what was written. @throws Failure where they do not, in time */
  async caughtUp(sources: readonly Source[], ms = CATCH_UP_MS): Promise<void> {
    const begun = performance.now()
    let changedAt = begun
    let differences: Difference[] | undefined
    while (performance.now() < Math.min(begun + ms, changedAt + QUIET_MS)) {
      const samples = await this.scraper.next(1000)
      this.assertRuns()
      if (!samples) continue
      const before = JSON.stringify(differences)
      differences = this.ledger.compare(samples, sources)
      if (differences.length === 0) return
      if (JSON.stringify(differences) !== before) changedAt = performance.now()
    }
    if (!differences) throw new Failure('/metrics did not answer')
    this.problem(`not what was written: ${differences.length} series`, differences.map(describeDifference))
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    throw new Failure(`the counts did not come to what was written within ${seconds} s`)
  }

  /**
   * Compares every count. Nothing is written from here on, until the producer resumes.
   * @throws Failure where a count is not what was written
   */
  async check(): Promise<void> {
    const { restarts, cleanStops } = this.options
    this.allowPassing(false)
    this.producer.pause()
    // What is not followed and appeared since the last start is read after the next one.
    await this.caughtUp(restarts ? FOLLOWED : SOURCES)
    if (cleanStops) {
      await this.exporter.stop()
      await this.start()
      await this.caughtUp(SOURCES)
      this.producer.checked()
    }
    this.checks++
  }

  /** Waits, but not for long, for what was written to be shown. */
  async settle(ms: number): Promise<void> {
    const deadline = performance.now() + ms
    while (performance.now() < deadline) {
      const samples = await this.scraper.next(Math.max(0, deadline - performance.now()))
      if (samples && this.ledger.compare(samples, SOURCES).length === 0) return
    }
  }

  /** Lets no more posts about topics that come and go be written, or those about the configured ones. */
  allowPassing(isAllowed: boolean): void {
    for (const topic of PASSING) this.producer.allow(topic, isAllowed && this.topics.has(topic))
  }

  /** Sleeps for a random time, in milliseconds. */
  pause(from: number, to: number): Promise<void> {
    return sleep(this.random.between(from, to))
  }
}
