import { setTimeout as sleep } from 'node:timers/promises'
import { parseSamples } from '../stack/samples.ts'
import { SOURCES } from './config.ts'
import { COMMIT_INTERVAL_MS } from './contract.ts'
import { lostAndDoubled } from './expected-counts.ts'
import type { Outcome } from './faults/damage.ts'
import { FAULTS, type FaultKind } from './faults/index.ts'
import { changeTopics } from './faults/reload.ts'
import type { Observer, PrometheusResult } from './prometheus.ts'
import type { Result } from './report.ts'
import type { Rig } from './rig.ts'
import { CheckSchedule, planOf } from './schedule.ts'

/** Time reserved for the end, in milliseconds: the last faults begin that much earlier. */
const END_MS = 12_000

/** The maximum between two checks of all counts: milliseconds, and a number of faults. */
const CHECK_MS = 20_000
const CHECK_FAULTS = 6

/** At most this many copies of the state are damaged: each takes some seconds. */
const MOST_COPIES = 120

/** How long to wait after a problem for outstanding counts, to report how much is lost; milliseconds. */
const AFTER_PROBLEM_MS = 4000

export interface TortureOptions {
  minutes: number
  seed: number
  faults: readonly FaultKind[]
  observer: Observer | undefined
  progress: (line: string) => void
}

/** Runs faults until the time is up or a problem occurs, and compares all counts at the end. */
export async function torture(rig: Rig, options: TortureOptions): Promise<Result> {
  const { minutes, seed, observer } = options
  const startedAt = performance.now()
  const run = new Run(rig, options)
  let prometheus: PrometheusResult | undefined
  try {
    rig.scraper.start()
    await rig.start()
    rig.producer.resume()
    await run.untilTime(startedAt + Math.max(minutes * 60_000 - END_MS, minutes * 30_000))
    if (!rig.hasFailed) await run.lastCheck()
  } catch (error) {
    // A problem recorded earlier may be the cause.
    rig.problem((error as Error).message)
  }
  rig.producer.close()
  if (rig.hasFailed) await rig.settle(AFTER_PROBLEM_MS)
  try {
    prometheus = await observer?.result()
    const resets = prometheus?.resets ?? []
    if (resets.length > 0)
      rig.problem(
        `counters went back for Prometheus: ${resets.length} series`,
        resets.map(({ series, resets }) => `${series}, ${resets} times`),
      )
    if (!rig.hasFailed) await run.lastRestart()
  } catch (error) {
    rig.problem((error as Error).message)
  }
  const latest = rig.scraper.latest ?? parseSamples('')
  await rig.scraper.stop()
  return {
    seed,
    minutes: (performance.now() - startedAt) / 60_000,
    faults: run.counts,
    topicChanges: rig.topicChanges,
    starts: rig.starts,
    slowestStart: rig.slowestStart,
    checks: rig.checks,
    records: rig.expected.records,
    posts: rig.expected.posts,
    ...lostAndDoubled(rig.expected.compare(latest, SOURCES)),
    wentBack: rig.scraper.wentBack.length,
    scrapes: rig.scraper.scrapes,
    prometheus,
    outcomes: run.outcomes,
    problems: rig.problems,
  }
}

/** The faults of one run. */
class Run {
  readonly counts: Map<FaultKind, number>
  readonly outcomes: Outcome[] = []
  readonly #rig: Rig
  readonly #options: TortureOptions
  readonly #mayKill: boolean
  readonly #plan: Iterator<FaultKind>
  readonly #schedule = new CheckSchedule(CHECK_MS, CHECK_FAULTS)

  constructor(rig: Rig, options: TortureOptions) {
    this.#rig = rig
    this.#options = options
    this.counts = new Map(options.faults.map(kind => [kind, 0]))
    this.#mayKill = options.faults.includes('kill')
    this.#plan = planOf(options.faults, kind => FAULTS[kind].weight, rig.random)
  }

  async untilTime(end: number): Promise<void> {
    const rig = this.#rig
    while (performance.now() < end && !rig.hasFailed) {
      await rig.pause(0, 1000)
      const kind = this.#plan.next().value as FaultKind
      if (kind === 'damage' && this.outcomes.length >= MOST_COPIES) continue
      const { title, run } = FAULTS[kind]
      const how = await run(rig, { mayKill: this.#mayKill, outcomes: this.outcomes })
      this.counts.set(kind, (this.counts.get(kind) as number) + 1)
      this.#options.progress(`${title}: ${how}`)
      const isDue = this.#schedule.fault()
      if (isDue && performance.now() < end && !rig.hasFailed) await this.#check()
    }
  }

  /** Compares all counts while nothing is written, and changes a topic. */
  async #check(): Promise<void> {
    const rig = this.#rig
    await rig.check()
    this.#options.progress(`every count is right: ${rig.expected.records.toLocaleString('en')} records`)
    if (this.counts.has('reload')) {
      const how = await changeTopics(rig, this.#mayKill)
      this.#options.progress(`reload with changed topics: ${how}`)
    }
    rig.allowPassing(true)
    rig.producer.resume()
    this.#schedule.checked()
  }

  /** Compares all counts once everything is read, and again after time for counts that are late or double. */
  async lastCheck(): Promise<void> {
    const rig = this.#rig
    await rig.check()
    if (rig.options.restarts && !rig.options.cleanStops) {
      // Files newer than the last start are read only after another start.
      await rig.exporter.kill()
      await rig.start()
      await rig.caughtUp(SOURCES)
    }
    await sleep(2 * COMMIT_INTERVAL_MS)
    await rig.caughtUp(SOURCES, 5000)
  }

  /** The restored counts must be those before the stop. */
  async lastRestart(): Promise<void> {
    const rig = this.#rig
    if (rig.options.restarts) {
      await rig.exporter.stop()
      await rig.start()
      await rig.caughtUp(SOURCES)
    }
    await rig.exporter.stop()
  }
}
