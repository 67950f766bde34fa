import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { RunningKafka } from '../../stack/kafka.ts'
import type { KafkaClient } from '../../stack/kafka-client.ts'
import { Samples } from '../../stack/samples.ts'
import { type Difference, describeDifference, ExpectedCounts } from '../expected-counts.ts'
import { Problems } from '../problems.ts'
import { Random } from '../random.ts'
import { Failure } from '../runner.ts'
import { CONFIG, Subject } from '../subject.ts'
import { GROUP, GROUP_SESSION_MS, writeMemberConfig } from './member-config.ts'
import { PARTITIONS, SOURCE, TOPIC, TopicProducer } from './topic.ts'

/** Time limit until an exporter is ready, in milliseconds. The broker may be starting, and both share the machine. */
const READY_MS = 120_000

/**
 * Time limit for counting what was sent, in milliseconds: the exporters try to reach a broker at least every 15 s.
 */
const CATCH_UP_MS = 180_000

/** Time limit until other members have the partitions of a member, in milliseconds. */
const MOVED_MS = 120_000

/** How long counts must be unchanged to be final, in milliseconds. */
const QUIET_MS = 45_000

export interface FleetOptions {
  folder: string
  seed: number
  rate: number
  /** The exporter's program. */
  program: string
  /** Whether the exporters have state directories. */
  state: boolean
  /** The maximum number of exporters that share the partitions. */
  exporters: number
  /** Whether they are members of a consumer group; otherwise they have fixed shares. */
  group: boolean
  kafka: RunningKafka
  client: KafkaClient
  progress: (line: string) => void
}

/** Exporters that share one topic, the broker, and what sends to it. */
export class Fleet {
  readonly options: FleetOptions
  readonly random: Random
  readonly expected: ExpectedCounts
  readonly problems: Problems
  /** All members that may ever run; those that do not run now keep their counts. */
  readonly members: readonly Subject[]
  running: readonly Subject[]
  readonly producer: TopicProducer
  brokerStarts = 1
  checks = 0

  constructor(options: FleetOptions) {
    const { folder, seed, rate, exporters, kafka, client, progress, group } = options
    this.options = options
    this.random = new Random(seed, 'faults')
    this.expected = new ExpectedCounts(group ? [] : [SOURCE], false)
    this.problems = new Problems(folder, progress)
    this.members = Array.from({ length: exporters }, (_, share) => this.#member(share))
    this.running = this.members
    this.#configure()
    this.producer = new TopicProducer({
      client,
      brokers: kafka.brokers,
      expected: this.expected,
      seed,
      rate,
      // Records that count twice are detected by their offsets, which repeated posts would also repeat.
      tombstones: !group,
    })
  }

  #member(share: number): Subject {
    const { folder, program, group, seed } = this.options
    const own = join(folder, `exporter-${share}`)
    mkdirSync(join(own, 'state'), { recursive: true })
    return new Subject({
      folder: own,
      program,
      // A separate generator: faults of several members overlap, and their order must not affect what each draws.
      random: new Random(seed, `faults of exporter ${share}`),
      problems: this.problems,
      readyMs: READY_MS,
      expected: this.expected,
      // In a group the counts may exceed what was sent, until a killed member is back and reports how many count
      // twice.
      sources: group ? [] : [SOURCE],
      shown: () => this.shown(),
    })
  }

  /** Writes the configurations of the running members. */
  #configure(): void {
    const { group, state, kafka, exporters } = this.options
    for (const [i, { folder }] of this.running.entries()) {
      const part = group
        ? // The last of several leaves the group when it stops, and joins again as a new member.
          { member: i, isStatic: exporters === 1 || i < exporters - 1 }
        : { share: i, of: this.running.length }
      writeMemberConfig({ folder, brokers: kafka.brokers, state, part })
    }
  }

  get hasFailed(): boolean {
    return this.problems.count > 0
  }

  /** The latest scrapes of all exporters, added up. */
  shown(): Samples {
    return new Samples(this.members.flatMap(({ scraper }) => scraper.latest?.every() ?? []))
  }

  /** The samples of scrapes that begin after the call; undefined if not all exporters answer in time. */
  async #next(ms: number): Promise<Samples | undefined> {
    const all = await Promise.all(this.running.map(({ scraper }) => scraper.next(ms)))
    for (const member of this.running) member.assertRuns()
    if (all.includes(undefined)) return undefined
    const stopped = this.members.filter(member => !this.running.includes(member))
    return new Samples(
      [...all, ...stopped.map(({ scraper }) => scraper.latest)].flatMap(samples => samples?.every() ?? []),
    )
  }

  /**
   * Differences from what was sent. In a group, records that the exporters themselves report as counted twice are not
   * differences.
   */
  #differences(samples: Samples): Difference[] {
    const differences = this.expected.compare(samples, [SOURCE])
    if (!this.options.group || differences.some(({ written, shown }) => shown < written)) return differences
    const isAccountedFor = doubledIn(samples) === excessIn(differences)
    return isAccountedFor ? [] : differences
  }

  /** Records that were counted twice so far, and how many of those the exporters report. */
  doubled(): { shown: number; known: number; takeovers: number } {
    const samples = this.shown()
    return {
      shown: excessIn(this.expected.compare(samples, [SOURCE])),
      known: doubledIn(samples),
      takeovers: samples.sum('mood_plugin_kafka_unclean_takeovers_total'),
    }
  }

  /** Starts the broker on its existing data. */
  async startBroker(): Promise<void> {
    this.brokerStarts++
    await this.options.kafka.restart()
  }

  /** Resolves when the sum over the exporters equals what was sent. @throws Failure after the time limit */
  async caughtUp(): Promise<void> {
    const begun = performance.now()
    let changedAt = begun
    let differences: Difference[] | undefined
    while (performance.now() < Math.min(begun + CATCH_UP_MS, changedAt + QUIET_MS) && !this.hasFailed) {
      const samples = await this.#next(5000)
      if (!samples) continue
      const before = JSON.stringify(differences)
      differences = this.#differences(samples)
      if (differences.length === 0) return
      if (JSON.stringify(differences) !== before) changedAt = performance.now()
    }
    if (!differences) throw new Failure('not every /metrics answered')
    const { known } = this.doubled()
    const accounted = this.options.group ? `, where ${known} records are said to be counted twice` : ''
    this.problems.note(
      `not what was sent: ${differences.length} series${accounted}`,
      differences.map(describeDifference),
    )
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    throw new Failure(`the counts did not come to what was sent within ${seconds} s`)
  }

  /** Compares every count; nothing may be sent meanwhile. @throws Failure if a count differs from what was sent */
  async check(): Promise<void> {
    await this.producer.pause()
    await this.producer.check()
    await this.caughtUp()
    this.checks++
  }

  /** Resolves when the group's offsets are at the end of the topic. @throws Failure after the time limit */
  async offsetsCommitted(): Promise<void> {
    const deadline = performance.now() + QUIET_MS
    for (;;) {
      const committed = Object.values(await this.options.client.committed(GROUP, TOPIC))
      const sum = committed.reduce((total, offset) => total + offset, 0)
      if (sum === this.producer.sent) return
      if (performance.now() > deadline)
        throw new Failure(`the group's offsets are at ${sum} of ${this.producer.sent} records`)
      await sleep(300)
    }
  }

  /**
   * Changes the number of shares as documented: all exporters stop, their offsets are checked, and one exporter for
   * each new share starts. Records are sent meanwhile.
   * @throws Failure if not all that was counted is committed to the group
   */
  async changeShares(of: number): Promise<void> {
    await this.producer.pause()
    // The final counts of a member are known only if nothing arrives after its last scrape.
    await this.caughtUp()
    await Promise.all(this.running.map(({ exporter }) => exporter.stop()))
    await this.#mayChangeShares()
    // The ids that an exporter remembers do not move with a partition.
    this.producer.forget()
    this.producer.resume()
    this.running = this.members.slice(0, of)
    this.#configure()
    await Promise.all(this.running.map(member => member.start()))
  }

  /** Runs the command that reports whether all have stopped. @throws Failure with its output if they have not */
  async #mayChangeShares(): Promise<void> {
    const { program, folder } = this.options
    const config = join(folder, 'exporter-0', CONFIG)
    const args = [program, 'kafka', 'shares', '--config', config, '--json']
    const env = { ...process.env, MOOD_EXPORTER_RELAYED: '1' }
    const { stdout, error } = await promisify(execFile)(process.execPath, args, { env }).then(
      ({ stdout }) => ({ stdout, error: undefined }),
      (error: Error & { stdout?: string }) => ({ stdout: error.stdout ?? '', error }),
    )
    if (error) throw new Failure(`kafka shares: ${stdout || error.message}`)
    const { left } = JSON.parse(stdout) as { left: number }
    if (left !== 0) throw new Failure(`kafka shares: all is counted, and ${left} records are left`)
  }

  /**
   * Resolves once every member of the group has partitions, and all are assigned. @throws Failure after the time
   * limit
   */
  async hasSettled(): Promise<void> {
    const begun = performance.now()
    for (;;) {
      const assigned = await this.#assigned(this.running)
      if (assigned.every(n => n > 0) && sumOf(assigned) === PARTITIONS) return
      if (performance.now() - begun > MOVED_MS)
        throw new Failure(`the members have ${assigned.join(' + ')} partitions, of ${PARTITIONS}`)
    }
  }

  /** The number of partitions of each member. */
  async #assigned(members: readonly Subject[]): Promise<number[]> {
    const all = await Promise.all(members.map(({ scraper }) => scraper.next(2000)))
    for (const member of members) member.assertRuns()
    return all.map(samples => samples?.sum('mood_plugin_kafka_assigned_partitions') ?? 0)
  }

  /**
   * Resolves once the others have all partitions, to how long that took, in seconds. If there is no other, it is as long
   * as the group waits.
   * @throws Failure if they do not have them in time
   */
  async partitionsMoved(from: Subject): Promise<number> {
    const others = this.running.filter(member => member !== from)
    const begun = performance.now()
    const seconds = () => (performance.now() - begun) / 1000
    if (others.length === 0) await sleep(1.5 * GROUP_SESSION_MS)
    while (others.length > 0) {
      const assigned = await this.#assigned(others)
      if (sumOf(assigned) === PARTITIONS) break
      if (performance.now() - begun > MOVED_MS)
        throw new Failure(`the others had ${assigned.join(' + ')} partitions after ${seconds().toFixed(0)} s`)
    }
    return seconds()
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0)

const doubledIn = (samples: Samples) => samples.sum('mood_plugin_kafka_doubled_records_total')

/** Records by which the counts exceed what was sent. */
const excessIn = (differences: readonly Difference[]) =>
  differences
    .filter(({ metric }) => metric === 'mood_source_records_total')
    .reduce((sum, { written, shown }) => sum + shown - written, 0)
