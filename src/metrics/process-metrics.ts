import { collectDefaultMetrics, Registry } from 'prom-client'
import { BETWEEN_FAMILIES, type ExpositionFormat, headText, labelsText, numberText } from './text-format.ts'

/** The process is measured at most this often, in milliseconds: that takes as long as writing thousands of series. */
const MEASURED_MS = 1000

/** How often the delay of the event loop is measured, in milliseconds: each time wakes a process that would sleep. */
const DELAY_EVERY_MS = 100

/** Their values hold the time from one measurement to the next, which is no delay. */
const DELAYS = /^nodejs_eventloop_lag_(?:min|max|mean|p\d+)_seconds$/

/** Gauges that are named like counters, which promtool objects to; prom-client has the same by type without it. */
const MISNAMED = ['handles', 'requests', 'resources'].map(what => `nodejs_active_${what}_total`)

type Measured = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]

/** The usual metrics of a Node.js process, by prom-client. */
export class ProcessMetrics {
  readonly #registry = new Registry()
  readonly #now: () => number
  #measuredAt = Number.NEGATIVE_INFINITY
  #texts: Promise<Record<ExpositionFormat, string>> | undefined

  /** @param now a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: DELAY_EVERY_MS })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
  }

  /** Their text: measured now, or less than a second ago. */
  async text(format: ExpositionFormat): Promise<string> {
    const now = this.#now()
    if (!this.#texts || now - this.#measuredAt >= MEASURED_MS) {
      this.#measuredAt = now
      this.#texts = this.#measure()
    }
    return (await this.#texts)[format]
  }

  /** Both formats are written from one measurement: reading the delays of the event loop resets them. */
  async #measure(): Promise<Record<ExpositionFormat, string>> {
    const families = await this.#registry.getMetricsAsJSON()
    const text = (format: ExpositionFormat) =>
      families.map(family => familyText(family, format)).join(BETWEEN_FAMILIES[format])
    return { text: text('text'), openmetrics: text('openmetrics') }
  }
}

function familyText({ name, help, type, values }: Measured, format: ExpositionFormat): string {
  const samples = values.map(sample => {
    // A histogram's samples have names of their own: prom-client types them so where it types histograms.
    const { metricName = name } = sample as { metricName?: string }
    const labels = Object.entries(sample.labels).map(([label, value]) => [label, String(value)] as const)
    const value = DELAYS.test(name) ? Math.max(0, sample.value - DELAY_EVERY_MS / 1000) : sample.value
    return `${metricName}${labelsText(labels)} ${numberText(value)}\n`
  })
  return headText({ name, help, type: String(type) }, format) + samples.join('')
}
