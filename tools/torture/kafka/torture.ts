import { setTimeout as sleep } from 'node:timers/promises'
import { RunningKafka } from '../../stack/kafka.ts'
import { KafkaClient } from '../../stack/kafka-client.ts'
import type { KafkaLibraries } from '../../stack/kafka-libraries.ts'
import { COMMIT_INTERVAL_MS } from '../contract.ts'
import { lostAndDoubled } from '../expected-counts.ts'
import type { Problems } from '../problems.ts'
import type { Observer, PrometheusResult } from '../prometheus.ts'
import { count, faultsOf, type Row, scrapesOf } from '../report.ts'
import type { ExporterProcess } from '../runner.ts'
import { CheckSchedule, planOf } from '../schedule.ts'
import { KAFKA_FAULTS, type KafkaFaultKind } from './faults.ts'
import { Fleet, type FleetOptions } from './fleet.ts'
import { Rounds, type Strike } from './rounds.ts'
import { PARTITIONS, SOURCE, TOPIC } from './topic.ts'

/** The maximum between two checks of all counts: milliseconds, and a number of faults. */
const CHECK_MS = 30_000
const CHECK_FAULTS = 12

/** Time reserved for the end, in milliseconds: the last faults begin that much earlier. */
const END_MS = 12_000

export interface KafkaTortureOptions extends Omit<FleetOptions, 'kafka' | 'client'> {
  minutes: number
  faults: readonly KafkaFaultKind[]
  libraries: KafkaLibraries
  /** Starts what scrapes the exporters in addition to the harness. */
  observe: (exporters: readonly (() => ExporterProcess | undefined)[]) => Promise<Observer | undefined>
}

/** Runs faults on exporters and their broker. Returns the table and the problems of the run. */
export async function tortureKafka(
  options: KafkaTortureOptions,
): Promise<{ rows: Row[]; problems: Problems }> {
  await using stack = new AsyncDisposableStack()
  const kafka = stack.use(await RunningKafka.start(options.libraries))
  const client = stack.use(new KafkaClient(kafka.brokers))
  await client.create([TOPIC], PARTITIONS)
  const fleet = new Fleet({ ...options, kafka, client })
  const { members, producer, problems } = fleet
  stack.defer(() => producer.close())
  const observer = await options.observe(members.map(member => () => member.current))
  const startedAt = performance.now()
  const { minutes } = options
  const run = new Run(fleet, options)
  let prometheus: PrometheusResult | undefined
  try {
    for (const { scraper } of members) scraper.start()
    await Promise.all(fleet.running.map(member => member.start()))
    producer.resume()
    await run.untilTime(performance.now() + Math.max(minutes * 60_000 - END_MS, minutes * 30_000))
    if (!fleet.hasFailed) await run.lastCheck()
    prometheus = await observer?.result()
    for (const { series, resets } of prometheus?.resets ?? [])
      problems.note(`a counter went back for Prometheus, ${resets} times: ${series}`)
  } catch (error) {
    problems.note((error as Error).message)
  }
  const twice = fleet.doubled()
  const { lost, doubled } = lostAndDoubled(fleet.expected.compare(fleet.shown(), [SOURCE]))
  await Promise.all(members.map(({ scraper }) => scraper.stop()))
  const sum = (of: (member: (typeof members)[number]) => number) =>
    members.reduce((total, member) => total + of(member), 0)
  const slowest = Math.max(...members.map(({ slowestStart }) => slowestStart))
  const faults = [...run.counts]
  const took = (performance.now() - startedAt) / 60_000
  const rows: Row[] = [
    ['duration', `${took.toFixed(1)} min`],
    [
      'exporters',
      `${members.length}, ${options.group ? 'in a group' : 'with fixed shares'}, of ${PARTITIONS} partitions`,
    ],
    [
      'faults',
      faultsOf(
        faults.reduce((total, [, n]) => total + n, 0),
        took,
      ),
    ],
    ...faults.map(([kind, n]) => [`  ${KAFKA_FAULTS[kind].title}`, count(n)] as const),
    [
      'starts of exporters',
      `${count(sum(({ starts }) => starts))}, the slowest ready after ${slowest.toFixed(1)} s`,
    ],
    ['starts of the broker', count(fleet.brokerStarts)],
    ['sends that failed', count(producer.failedSends)],
    ['checks of every count', count(fleet.checks)],
    ['records sent', count(fleet.expected.records)],
    ['posts sent', count(fleet.expected.posts)],
    ['counts lost', count(lost)],
    ['counts doubled', count(doubled)],
    ...(options.group
      ? ([
          ['records counted twice', count(twice.shown)],
          ['records counted twice, by metric', count(twice.known)],
          ['partitions taken from a dead member', count(twice.takeovers)],
        ] as const)
      : []),
    [
      'scrapes',
      scrapesOf(
        sum(({ scraper }) => scraper.scrapes),
        prometheus,
      ),
    ],
    [
      'counters that went back',
      count(sum(({ scraper }) => scraper.wentBack.length) + (prometheus?.resets.length ?? 0)),
    ],
  ]
  return { rows, problems }
}

/** The faults of one run. */
class Run {
  readonly counts: Map<KafkaFaultKind, number>
  readonly #fleet: Fleet
  readonly #options: KafkaTortureOptions
  readonly #rounds: Rounds
  readonly #schedule = new CheckSchedule(CHECK_MS, CHECK_FAULTS)

  constructor(fleet: Fleet, options: KafkaTortureOptions) {
    this.#fleet = fleet
    this.#options = options
    this.counts = new Map(options.faults.map(kind => [kind, 0]))
    this.#rounds = new Rounds(
      planOf(options.faults, kind => KAFKA_FAULTS[kind].weight, fleet.random),
      // Where partitions move, faults run one at a time, because each waits for the group to reassign them.
      !options.group,
    )
  }

  async untilTime(end: number): Promise<void> {
    const fleet = this.#fleet
    while (performance.now() < end && !fleet.hasFailed) {
      await sleep(fleet.random.between(0, 1000))
      let isDue = false
      const strike = async (lane: readonly Strike[]) => {
        for (const { kind, member } of lane) {
          if (fleet.hasFailed) return
          const how = await KAFKA_FAULTS[kind].run(fleet, member)
          this.counts.set(kind, (this.counts.get(kind) as number) + 1)
          this.#options.progress(`${KAFKA_FAULTS[kind].title}: ${how}`)
          isDue = this.#schedule.fault() || isDue
        }
      }
      // Waits for all lanes, even if one fails.
      const results = await Promise.allSettled(
        this.#rounds.next(fleet.random.shuffled(fleet.running)).map(strike),
      )
      for (const result of results) if (result.status === 'rejected') throw result.reason
      if (isDue && performance.now() < end && !fleet.hasFailed) {
        await this.#check()
        fleet.producer.resume()
      }
    }
  }

  async #check(): Promise<void> {
    await this.#fleet.check()
    this.#options.progress(`every count is right: ${count(this.#fleet.expected.records)} records`)
    this.#schedule.checked()
  }

  /** Compares all counts, again after time for late counts, and again after a clean stop and a start. */
  async lastCheck(): Promise<void> {
    const fleet = this.#fleet
    await this.#check()
    await fleet.offsetsCommitted()
    await sleep(2 * COMMIT_INTERVAL_MS)
    await fleet.caughtUp()
    for (const member of fleet.running) {
      await member.exporter.stop()
      await member.start()
    }
    await fleet.caughtUp()
    for (const { exporter } of fleet.running) await exporter.stop()
  }
}
