import { bucketsOf, checkMetricDefinitions, labelsOf, shapeOf } from './metric-definitions.ts'
import { type Labels, MetricSeries } from './metric-series.ts'
import type { MetricDefinition, MetricDefinitions, NoMetrics, PluginMetrics } from './metrics.ts'
import { shown } from './shown.ts'

/** One metric as plain data. */
export interface EncodedMetric {
  /** Type, labels and buckets. Another metric must have the same for its series to be added. */
  readonly shape: string
  /**
   * The values of each series by key. Counter: the count. Gauge: the value, and when it was set, in Unix
   * milliseconds. Histogram: the count of each bucket and of values above the last bound, and the sum of all values.
   */
  readonly series: readonly [key: string, numbers: readonly number[]][]
  /** Recordings that were folded into `other`, because there were too many label values. */
  readonly folded: number
}

/** The recorded metrics of a plugin by name, as plain data. */
export type EncodedPluginMetrics = Readonly<Record<string, EncodedMetric>>

/** The value of a series. Counts are by bucket, not cumulative, with one more for values above the last bound. */
export type MetricValue =
  | number
  | { readonly bounds: readonly number[]; readonly counts: readonly number[]; readonly sum: number }

/** A metric for the exposition. */
export interface MetricEntry {
  readonly name: string
  readonly definition: MetricDefinition
  /** Label values are in the order in which the definition declares the labels. */
  readonly series: readonly { readonly labels: readonly string[]; readonly value: MetricValue }[]
  /** Recordings that were folded into `other`, because there were too many label values. */
  readonly folded: number
}

/**
 * The values that a plugin has recorded. The plugin's side, a delta and the sum of deltas are this one type: a worker
 * records into one, and the main thread merges the deltas into another. Both are bounded by METRIC_LIMITS.
 */
export class RecordedMetrics<const Metrics extends MetricDefinitions = NoMetrics> {
  /** What the plugin records with: `context.metrics`. */
  readonly metrics: PluginMetrics<Metrics>
  readonly #recorded = new Map<string, RecordedMetric>()

  /**
   * @param now Unix milliseconds
   * @throws TypeError that names a metric that cannot be exported, and the reason
   */
  constructor(definitions: Metrics, now: () => number = Date.now) {
    checkMetricDefinitions(definitions)
    const handles: Record<string, object> = Object.create(null)
    for (const [name, definition] of Object.entries(definitions)) {
      const recorded = new RecordedMetric(name, definition, now)
      this.#recorded.set(name, recorded)
      handles[name] = recorded.handle
    }
    this.metrics = Object.freeze(handles) as unknown as PluginMetrics<Metrics>
  }

  /** The values recorded since the last `take`, as a small delta; null if there are none. */
  take(): EncodedPluginMetrics | null {
    const taken = this.#encode(recorded => recorded.take())
    return Object.keys(taken).length > 0 ? taken : null
  }

  /** All recorded values, for a snapshot. Nothing is removed. */
  encode(): EncodedPluginMetrics {
    return this.#encode(recorded => recorded.encode())
  }

  /**
   * Adds the values of another. For a gauge, the value set last remains.
   *
   * @throws TypeError if it does not match the definitions; nothing is then added
   */
  merge(encoded: EncodedPluginMetrics): void {
    for (const [recorded, metric] of this.#fitting(encoded)) recorded.merge(metric)
  }

  /** @throws TypeError if `merge` would */
  check(encoded: EncodedPluginMetrics): void {
    this.#fitting(encoded)
  }

  /** Recordings that were folded into `other`, over all metrics. */
  get folded(): number {
    let folded = 0
    for (const recorded of this.#recorded.values()) folded += recorded.folded
    return folded
  }

  /** Every declared metric, for the exposition. */
  entries(): MetricEntry[] {
    return [...this.#recorded.values()].map(recorded => recorded.entry())
  }

  /** The value of one series, for tests; undefined if nothing was recorded for it. */
  value(name: keyof Metrics & string, labels: Labels = {}): MetricValue | undefined {
    return this.#recorded.get(name)?.value(labels)
  }

  #fitting(encoded: EncodedPluginMetrics): [RecordedMetric, EncodedMetric][] {
    return Object.entries(encoded).map(([name, metric]): [RecordedMetric, EncodedMetric] => {
      const recorded = this.#recorded.get(name)
      if (!recorded) throw new TypeError(`metrics.${name}: to be merged, but not declared`)
      recorded.check(metric)
      return [recorded, metric]
    })
  }

  #encode(encode: (recorded: RecordedMetric) => EncodedMetric | null): EncodedPluginMetrics {
    const encoded: [string, EncodedMetric][] = []
    for (const [name, recorded] of this.#recorded) {
      const metric = encode(recorded)
      if (metric) encoded.push([name, metric])
    }
    return Object.fromEntries(encoded)
  }
}

const isCount = (n: number): boolean => Number.isFinite(n) && n >= 0

/** Stays finite: recordings are sent and stored as JSON, which has no infinity. */
const sum = (a: number, b: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, a + b))

const VALUE = 0
/** The index of the time at which a gauge was set; 0 if it was not set since the last `take`. */
const SET_AT = 1

class RecordedMetric {
  readonly handle: object
  readonly #name: string
  readonly #definition: MetricDefinition
  readonly #bounds: readonly number[]
  readonly #shape: string
  readonly #series: MetricSeries
  readonly #now: () => number
  #foldedTaken = 0

  constructor(name: string, definition: MetricDefinition, now: () => number) {
    const labels = labelsOf(definition)
    const { type } = definition
    this.#name = name
    this.#definition = definition
    this.#bounds = bucketsOf(definition)
    this.#now = now
    this.#shape = shapeOf(definition)
    const width = { counter: 1, gauge: 2, histogram: this.#bounds.length + 2 }[type]
    this.#series = new MetricSeries(labels, width)
    // A counter without labels exists from the start, at 0; a gauge has no value before it is set.
    if (labels.length === 0 && type !== 'gauge') this.#series.of()
    this.handle = Object.freeze(
      {
        counter: { add: (n: number, labels?: Labels) => this.#add(n, labels) },
        gauge: { set: (value: number, labels?: Labels) => this.#set(value, labels) },
        histogram: { observe: (value: number, labels?: Labels) => this.#observe(value, labels) },
      }[type],
    )
  }

  encode(folded = this.#series.folded): EncodedMetric | null {
    const series = [...this.#series.entries()]
      .filter(([, numbers]) => this.#isRecorded(numbers))
      .map(([key, numbers]): [string, number[]] => [key, [...numbers]])
    return series.length === 0 && folded === 0 ? null : { shape: this.#shape, series, folded }
  }

  /** Series stay, so that their label values keep their places, and so does the value of a gauge. */
  take(): EncodedMetric | null {
    const encoded = this.encode(this.#series.folded - this.#foldedTaken)
    this.#foldedTaken = this.#series.folded
    for (const [, numbers] of this.#series.entries()) numbers.fill(0, this.#isGauge ? SET_AT : VALUE)
    return encoded
  }

  /** @throws TypeError if the encoding is of another metric, or damaged */
  check({ shape, series, folded }: EncodedMetric): void {
    if (shape !== this.#shape) throw this.#error(`${shape} is to be merged, where ${this.#shape} is declared`)
    for (const [key, numbers] of series)
      if (!this.#series.fits(key) || numbers.length !== this.#series.width || !this.#areNumbers(numbers))
        throw this.#error(`${shown(key)} is to be merged, which is no series of it`)
    if (!isCount(folded)) throw this.#error(`${shown(folded)} folded recordings are to be merged`)
  }

  merge({ series, folded }: EncodedMetric): void {
    for (const [key, numbers] of series) {
      const own = this.#series.at(key)
      if (!this.#isGauge) for (const [i, n] of numbers.entries()) own[i] = sum(own[i] as number, n)
      else if ((numbers[SET_AT] as number) >= (own[SET_AT] as number))
        for (const [i, n] of numbers.entries()) own[i] = n
    }
    this.#series.folded += folded
  }

  entry(): MetricEntry {
    return {
      name: this.#name,
      definition: this.#definition,
      series: [...this.#series.entries()].map(([key, numbers]) => ({
        labels: this.#series.valuesOf(key),
        value: this.#shown(numbers),
      })),
      folded: this.#series.folded,
    }
  }

  value(labels: Labels): MetricValue | undefined {
    const numbers = this.#series.peek(labels)
    return numbers && this.#shown(numbers)
  }

  get folded(): number {
    return this.#series.folded
  }

  get #isGauge(): boolean {
    return this.#definition.type === 'gauge'
  }

  /** Whether these are valid numbers of a series: except for gauges and the sums of histograms, all are counts. */
  #areNumbers(numbers: readonly number[]): boolean {
    const counts = { counter: 1, gauge: 0, histogram: this.#bounds.length + 1 }[this.#definition.type]
    return numbers.every((n, i) => (i < counts ? isCount(n) : Number.isFinite(n)))
  }

  #isRecorded(numbers: readonly number[]): boolean {
    return this.#isGauge ? numbers[SET_AT] !== 0 : numbers.some(n => n !== 0)
  }

  #shown(numbers: readonly number[]): MetricValue {
    if (this.#definition.type !== 'histogram') return numbers[VALUE] as number
    return { bounds: this.#bounds, counts: numbers.slice(0, -1), sum: numbers.at(-1) as number }
  }

  #add(n: number, labels: Labels | undefined): void {
    if (!Number.isFinite(n) || n < 0) throw this.#error(`expected a number from 0 up to add, got ${shown(n)}`)
    const numbers = this.#of(labels)
    numbers[VALUE] = sum(numbers[VALUE] as number, n)
  }

  #set(value: number, labels: Labels | undefined): void {
    this.#checkFinite(value)
    const numbers = this.#of(labels)
    numbers[VALUE] = value
    numbers[SET_AT] = this.#now()
  }

  #observe(value: number, labels: Labels | undefined): void {
    this.#checkFinite(value)
    const numbers = this.#of(labels)
    const bucket = this.#bounds.findIndex(bound => value <= bound)
    const place = bucket < 0 ? this.#bounds.length : bucket
    numbers[place] = (numbers[place] as number) + 1
    numbers[this.#bounds.length + 1] = sum(numbers[this.#bounds.length + 1] as number, value)
  }

  #of(labels: Labels | undefined): number[] {
    try {
      return this.#series.of(labels)
    } catch (error) {
      throw this.#error((error as Error).message)
    }
  }

  #checkFinite(value: number): void {
    if (!Number.isFinite(value)) throw this.#error(`expected a finite number, got ${shown(value)}`)
  }

  #error(message: string): TypeError {
    return new TypeError(`metrics.${this.#name}: ${message}`)
  }
}
