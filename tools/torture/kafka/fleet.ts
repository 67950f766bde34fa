import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningKafka } from '../../../test/support/kafka.ts'
import type { KafkaClient } from '../../../test/support/kafka-client.ts'
import { Samples } from '../../../test/support/samples.ts'
import { writeConfig } from '../config.ts'
import { type Difference, describeDifference, Ledger } from '../ledger.ts'
import { Problems } from '../problems.ts'
import { Random } from '../random.ts'
import { Failure } from '../runner.ts'
import { CONFIG, Subject } from '../subject.ts'
import { LASTING } from '../topics.ts'
import { SOURCE, TOPIC, TopicProducer } from './topic.ts'

/** The group that offsets are committed to. */
const GROUP = 'torture'

/** The longest until an exporter is ready: the broker may be on its way up, and both share the machine; milliseconds. */
const READY_MS = 120_000

/** How long the exporters may take to count what was sent, in milliseconds: they look for a broker every 15 s at most. */
const CATCH_UP_MS = 180_000

/** Where counts have not changed for so long, nothing more is coming; milliseconds. */
const QUIET_MS = 45_000

export interface FleetOptions {
  folder: string
  seed: number
  rate: number
  /** The exporter's program. */
  program: string
  /** Whether the exporters have state directories. */
  state: boolean
  /** How many exporters share the partitions. */
  exporters: number
  kafka: RunningKafka
  client: KafkaClient
  progress: (line: string) => void
}

/** Exporters with fixed shares of one topic, the broker, and what sends to it. */
export class Fleet {
  readonly options: FleetOptions
  readonly random: Random
  readonly ledger = new Ledger([SOURCE], false)
  readonly problems: Problems
  readonly members: readonly Subject[]
  readonly producer: TopicProducer
  brokerStarts = 1
  checks = 0

  constructor(options: FleetOptions) {
    const { folder, seed, rate, exporters, kafka, client, progress } = options
    this.options = options
    this.random = new Random(seed, 'faults')
    this.problems = new Problems(folder, progress)
    this.members = Array.from({ length: exporters }, (_, share) => this.#member(share))
    this.producer = new TopicProducer({ client, brokers: kafka.brokers, ledger: this.ledger, seed, rate })
  }

  #member(share: number): Subject {
    const { folder, program, state, exporters, kafka } = this.options
    const own = join(folder, `exporter-${share}`)
    mkdirSync(join(own, 'state'), { recursive: true })
    writeConfig(join(own, CONFIG), {
      topics: LASTING,
      stateDir: state ? './state' : undefined,
      sources: [
        {
          use: 'kafka',
          name: SOURCE,
          brokers: [kafka.brokers],
          topics: [TOPIC],
          group: GROUP,
          partitions: { share, of: exporters },
          format: 'post',
          dedupe: true,
        },
      ],
    })
    return new Subject({
      folder: own,
      program,
      random: this.random,
      problems: this.problems,
      readyMs: READY_MS,
      ledger: this.ledger,
      sources: [SOURCE],
      shown: () => this.shown(),
    })
  }

  get hasFailed(): boolean {
    return this.problems.count > 0
  }

  /** What the latest scrapes of all exporters show. */
  shown(): Samples {
    return new Samples(this.members.flatMap(({ scraper }) => scraper.latest?.every() ?? []))
  }

  /** What the exporters show in scrapes that begin now; undefined where not all of them answer in time. */
  async #next(ms: number): Promise<Samples | undefined> {
    const all = await Promise.all(this.members.map(({ scraper }) => scraper.next(ms)))
    for (const member of this.members) member.assertRuns()
    if (all.includes(undefined)) return undefined
    return new Samples(all.flatMap(samples => samples?.every() ?? []))
  }

  /** Starts the broker on its data. */
  async startBroker(): Promise<void> {
    this.brokerStarts++
    await this.options.kafka.restart()
  }

  /** Resolves when the sum over the exporters is exactly what was sent. @throws Failure where it is not, in time */
  async caughtUp(): Promise<void> {
    const begun = performance.now()
    let changedAt = begun
    let differences: Difference[] | undefined
    while (performance.now() < Math.min(begun + CATCH_UP_MS, changedAt + QUIET_MS) && !this.hasFailed) {
      const samples = await this.#next(5000)
      if (!samples) continue
      const before = JSON.stringify(differences)
      differences = this.ledger.compare(samples, [SOURCE])
      if (differences.length === 0) return
      if (JSON.stringify(differences) !== before) changedAt = performance.now()
    }
    if (!differences) throw new Failure('not every /metrics answered')
    this.problems.note(`not what was sent: ${differences.length} series`, differences.map(describeDifference))
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    throw new Failure(`the counts did not come to what was sent within ${seconds} s`)
  }

  /** Compares every count, while nothing is sent. @throws Failure where a count is not what was sent */
  async check(): Promise<void> {
    await this.producer.pause()
    await this.producer.check()
    await this.caughtUp()
    this.checks++
  }

  /** Resolves when the group's offsets are at the end of the topic. @throws Failure where they are not, in time */
  async offsetsCommitted(): Promise<void> {
    const deadline = performance.now() + QUIET_MS
    for (;;) {
      const committed = Object.values(await this.options.client.committed(GROUP, TOPIC))
      const sum = committed.reduce((total, offset) => total + offset, 0)
      if (sum === this.producer.sent) return
      if (performance.now() > deadline)
        throw new Failure(`the group's offsets are at ${sum} of ${this.producer.sent} records`)
      await this.members[0]?.pause(200, 400)
    }
  }
}
