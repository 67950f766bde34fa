import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  DEDUPING,
  FOLLOWED,
  LASTING,
  PASSING,
  PASSING_AT_START,
  SOURCES,
  type Source,
  sourcesSection,
  type Topic,
  writeConfig,
} from './config.ts'
import { type Difference, describeDifference, ExpectedCounts } from './expected-counts.ts'
import { Problems } from './problems.ts'
import { Producer } from './producer.ts'
import { Random } from './random.ts'
import { type ExporterProcess, Failure } from './runner.ts'
import { CONFIG, Subject } from './subject.ts'

/** Time limit for counting what was written, in milliseconds. */
const CATCH_UP_MS = 60_000

/** How long counts must be unchanged to be final, in milliseconds. */
const QUIET_MS = 20_000

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
  /** Called with each event, as a line. */
  progress: (line: string) => void
}

/** The exporter under test, with what writes for it and what watches it. */
export class Rig extends Subject {
  readonly options: RigOptions
  readonly expected: ExpectedCounts
  readonly producer: Producer
  /** The configured topics. */
  readonly topics = new Set<Topic>([...LASTING, ...PASSING_AT_START])
  checks = 0
  topicChanges = 0

  constructor(options: RigOptions) {
    const { folder, seed, rate, restarts, program, progress } = options
    const expected = new ExpectedCounts(DEDUPING)
    super({
      folder,
      program,
      expected,
      sources: SOURCES,
      random: new Random(seed, 'faults'),
      problems: new Problems(folder, progress),
    })
    this.options = options
    this.expected = expected
    this.producer = new Producer({
      folder,
      expected,
      seed,
      rate,
      restarts,
      committed: source => this.scraper.latest?.sum('mood_source_records_total', { source }) ?? 0,
    })
    mkdirSync(this.stateDir, { recursive: true })
    this.configure()
  }

  /** Writes the configuration with the current topics. */
  configure(): void {
    const { folder, state } = this.options
    writeConfig(join(folder, CONFIG), {
      topics: this.topics,
      stateDir: state ? './state' : undefined,
      sources: sourcesSection(true),
    })
  }

  override spawn(): ExporterProcess {
    if (this.starts > 0) this.producer.grow()
    return super.spawn()
  }

  /** Resolves when those sources show exactly what was written. @throws Failure after the time limit */
  async caughtUp(sources: readonly Source[], ms = CATCH_UP_MS): Promise<void> {
    const begun = performance.now()
    let changedAt = begun
    let differences: Difference[] | undefined
    while (performance.now() < Math.min(begun + ms, changedAt + QUIET_MS)) {
      const samples = await this.scraper.next(1000)
      this.assertRuns()
      if (!samples) continue
      const before = JSON.stringify(differences)
      differences = this.expected.compare(samples, sources)
      if (differences.length === 0) return
      if (JSON.stringify(differences) !== before) changedAt = performance.now()
    }
    if (!differences) throw new Failure('/metrics did not answer')
    this.problem(`not what was written: ${differences.length} series`, differences.map(describeDifference))
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    throw new Failure(`the counts did not come to what was written within ${seconds} s`)
  }

  /**
   * Compares all counts. Nothing is written until the producer resumes.
   * @throws Failure if a count differs from what was written
   */
  async check(): Promise<void> {
    const { restarts, cleanStops } = this.options
    this.allowPassing(false)
    this.producer.pause()
    // Files that are not followed and are newer than the last start are read after the next start.
    await this.caughtUp(restarts ? FOLLOWED : SOURCES)
    if (cleanStops) {
      await this.exporter.stop()
      await this.start()
      await this.caughtUp(SOURCES)
      this.producer.checked()
    }
    this.checks++
  }

  /** Waits for a short time until what was written is shown. */
  async settle(ms: number): Promise<void> {
    const deadline = performance.now() + ms
    while (performance.now() < deadline) {
      const samples = await this.scraper.next(Math.max(0, deadline - performance.now()))
      if (samples && this.expected.compare(samples, SOURCES).length === 0) return
    }
  }

  /** Stops posts about passing topics, or allows those about the configured ones. */
  allowPassing(isAllowed: boolean): void {
    for (const topic of PASSING) this.producer.allow(topic, isAllowed && this.topics.has(topic))
  }
}
