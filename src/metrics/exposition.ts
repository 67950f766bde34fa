import { collectDefaultMetrics, Registry } from 'prom-client'
import { METRICS, type MetricDeclaration, type MetricName } from '../catalogue/metrics.ts'
import { type ExpositionFormat, type HistogramSample, MetricFamily, type Sample } from './family.ts'

/** Where each declared metric is read from, at scrape time. */
export type Readings = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'histogram'
    ? () => Iterable<HistogramSample>
    : () => Iterable<Sample>
}

/** What a registry of prom-client asks of a metric. Ours write themselves; those of the process it writes. */
interface RegisteredMetric {
  name: string
  help: string
  type: string
  get?(): Promise<{ name: string }> | { name: string }
  lines?(): string
}

/** As much of prom-client's registry as it keeps to itself: it asks for each metric's text here. */
interface RegistryInside {
  getMetricsAsString(metric: RegisteredMetric): Promise<string>
}

/** How often prom-client reads the metrics of the process, in milliseconds: it takes longer than all of ours. */
const PROCESS_MS = 1000

/** The exposition: every declared metric, read when it is asked for, and prom-client's metrics of the process. */
export class Exposition {
  readonly #declared: Record<ExpositionFormat, Registry>
  readonly #process: Record<ExpositionFormat, Registry>
  readonly #processText = { text: '', openmetrics: '' }
  #processReady: Promise<void>

  constructor(readings: Readings) {
    this.#declared = newRegistries()
    this.#process = newRegistries()
    for (const [format, registry] of Object.entries(this.#declared)) {
      letMetricsWriteThemselves(registry)
      for (const [name, declaration] of Object.entries(METRICS as Record<string, MetricDeclaration>)) {
        const family = new MetricFamily(
          name,
          declaration,
          format as ExpositionFormat,
          readings[name as MetricName],
        )
        register(registry, {
          name,
          help: declaration.help,
          type: declaration.type,
          lines: () => family.lines(),
        })
      }
    }
    for (const metric of processMetrics()) {
      const { name, help, type } = metric
      // Read once for both formats: the event loop's delays begin anew with each look at them.
      let latest: Awaited<ReturnType<NonNullable<RegisteredMetric['get']>>>
      register(this.#process.text, {
        name,
        help,
        type,
        get: async () => {
          latest = (await metric.get?.()) ?? { name }
          return latest
        },
      })
      // The OpenMetrics registry takes the `_total` off a counter's name, in place, and puts it back on its samples.
      const family = type === 'counter' ? name.replace(/_total$/, '') : name
      register(this.#process.openmetrics, {
        name: family,
        help,
        type,
        get: () => ({ ...latest, name: family }),
      })
    }
    this.#processReady = this.#readProcess()
    setInterval(() => {
      this.#processReady = this.#readProcess()
    }, PROCESS_MS).unref()
  }

  /** Everything in the Prometheus text format, or in OpenMetrics. */
  async render(format: ExpositionFormat): Promise<{ contentType: string; body: string }> {
    const registry = this.#declared[format]
    if (this.#processText[format] === '') await this.#processReady
    return { contentType: registry.contentType, body: this.#processText[format] + (await registry.metrics()) }
  }

  async #readProcess(): Promise<void> {
    const { text, openmetrics } = this.#process
    // In this order: the second is made of what the first has read.
    this.#processText.text = `${spelledNaN(await text.metrics())}\n`
    this.#processText.openmetrics = spelledNaN(await openmetrics.metrics()).replace(/# EOF\n$/, '')
  }
}

/** prom-client writes "Nan", as its event loop lag is before there has been one; both formats spell it "NaN". */
const spelledNaN = (text: string): string => text.replace(/ Nan$/gm, ' NaN')

function newRegistries(): Record<ExpositionFormat, Registry> {
  const registries = { text: new Registry(), openmetrics: new Registry() }
  registries.openmetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  return registries
}

function letMetricsWriteThemselves(registry: Registry): void {
  const inside = registry as unknown as RegistryInside
  const write = inside.getMetricsAsString.bind(registry)
  inside.getMetricsAsString = async metric => metric.lines?.() ?? (await write(metric))
}

function processMetrics(): RegisteredMetric[] {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Gauges that are named like counters, which promtool objects to; prom-client has the same by type without it.
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${what}_total`)
  return registry.getMetricsAsArray() as unknown as RegisteredMetric[]
}

function register(registry: Registry, metric: RegisteredMetric): void {
  registry.registerMetric(metric as never)
}
