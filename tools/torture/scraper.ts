import { setTimeout as sleep } from 'node:timers/promises'
import { parseSamples, type Samples } from '../stack/samples.ts'
import { DURABLE, NOT_DURABLE } from './contract.ts'
import type { ExpectedCounts } from './expected-counts.ts'
import { describeDifference } from './expected-counts.ts'
import { type ExporterProcess, timeout } from './runner.ts'

const SCRAPE_MS = 200

/** The pause after a scrape without an answer: the first scrape after a start must show what was restored. */
const RETRY_MS = 10
const SCRAPE_TIMEOUT_MS = 2000

/** Called with a problem, as one line, and the series that show it. */
export type Report = (what: string, series?: readonly string[]) => void

/** A counter that decreased. */
export interface WentBack {
  series: string
  from: number
  /** Undefined if the series vanished. */
  to: number | undefined
}

export interface ScraperOptions {
  expected: ExpectedCounts
  /** The sources whose counts are compared. */
  sources: readonly string[]
  /** Returns what is compared with the expected counts: this scrape, or the sum with those of other exporters. */
  shown?: (samples: Samples) => Samples
  /** The running exporter; undefined if none runs. */
  current: () => ExporterProcess | undefined
  problem: Report
}

/** Scrapes the exporter continuously, and compares each scrape with all earlier ones and with the expected counts. */
export class Scraper {
  scrapes = 0
  latest: Samples | undefined
  readonly wentBack: WentBack[] = []
  readonly #options: ScraperOptions
  readonly #last = new Map<string, number>()
  /** Topics whose series may be appearing or disappearing. */
  readonly #passing = new Set<string>()
  readonly #excessive = new Set<string>()
  readonly #waiting: ((samples: Samples) => void)[] = []
  readonly #ended = new AbortController()
  #done: Promise<void> | undefined

  constructor(options: ScraperOptions) {
    this.#options = options
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#done
  }

  /** The next scrape that begins after this call; undefined after the time limit. */
  async next(ms: number): Promise<Samples | undefined> {
    const { promise, resolve } = Promise.withResolvers<Samples>()
    this.#waiting.push(resolve)
    return Promise.race([promise, sleep(ms, undefined, { ref: false })])
  }

  /** Ignores the series of a topic until it is watched again. */
  ignoreTopic(topic: string): void {
    this.#passing.add(topic)
    for (const series of this.#last.keys()) if (isOfTopic(series, topic)) this.#last.delete(series)
  }

  watchTopic(topic: string): void {
    this.#passing.delete(topic)
  }

  /** Compares a scrape with the earlier ones. */
  look(samples: Samples): void {
    const { expected, sources, shown, problem } = this.#options
    const seen = new Map<string, number>()
    for (const { name, labels, value } of samples.every()) {
      if (!DURABLE.test(name) || NOT_DURABLE.has(name) || this.#passing.has(labels.topic ?? '')) continue
      seen.set(seriesKey(name, labels), value)
    }
    const back: WentBack[] = []
    for (const [series, from] of this.#last) {
      const to = seen.get(series)
      if (to === undefined ? from === 0 : to >= from) continue
      back.push({ series, from, to })
      if (to === undefined) this.#last.delete(series)
    }
    this.wentBack.push(...back)
    if (back.length > 0) problem(`counters went back: ${back.length} series`, back.map(describeWentBack))
    for (const [series, value] of seen) this.#last.set(series, value)
    const excess = expected
      .excess(shown?.(samples) ?? samples, sources, this.#passing)
      .filter(({ series }) => !this.#excessive.has(series))
    for (const { series } of excess) this.#excessive.add(series)
    if (excess.length > 0)
      problem(`more is shown than was written: ${excess.length} series`, excess.map(describeDifference))
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      const waiting = this.#waiting.splice(0)
      const samples = await this.#scrape()
      if (samples) {
        this.scrapes++
        this.latest = samples
        this.look(samples)
        for (const resolve of waiting) resolve(samples)
      } else this.#waiting.unshift(...waiting)
      // If something waits for the next scrape, begin at once.
      const isUrgent = !samples || this.#waiting.length > 0
      await sleep(isUrgent ? RETRY_MS : SCRAPE_MS, undefined, { signal }).catch(() => {})
    }
  }

  async #scrape(): Promise<Samples | undefined> {
    const exporter = this.#options.current()
    const text = exporter && (await metricsOf(exporter))
    // After the exporter has ended, another process with the same port may answer.
    return text === undefined || exporter?.hasEnded ? undefined : parseSamples(text)
  }
}

const describeWentBack = ({ series, from, to }: WentBack) => `${series} from ${from} to ${to ?? 'nothing'}`

/** The samples of an exporter; undefined if it does not answer. */
export async function metricsOf(exporter: ExporterProcess): Promise<string | undefined> {
  const { url } = exporter
  if (url === undefined) return undefined
  try {
    const response = await fetch(`${url}/metrics`, timeout(SCRAPE_TIMEOUT_MS))
    return response.ok ? await response.text() : undefined
  } catch {
    return undefined
  }
}

function seriesKey(name: string, labels: Record<string, string>): string {
  return `${name}${JSON.stringify(labels)}`
}

const isOfTopic = (series: string, topic: string) => series.includes(`"topic":${JSON.stringify(topic)}`)
