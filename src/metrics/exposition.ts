import { collectDefaultMetrics, Registry } from 'prom-client'
import { METRICS, type MetricDeclaration, type MetricName } from '../tally/declarations.ts'
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

/** The exposition: every declared metric, read when it is asked for, and prom-client's metrics of the process. */
export class Exposition {
  readonly #registries: Record<ExpositionFormat, Registry>

  constructor(readings: Readings) {
    this.#registries = { text: new Registry(), openmetrics: new Registry() }
    const { text, openmetrics } = this.#registries
    openmetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    for (const [format, registry] of Object.entries(this.#registries)) {
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
      register(text, metric)
      // The OpenMetrics registry takes the `_total` off a counter's name, in place, and puts it back on its samples.
      const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name
      const { help, type } = metric
      register(openmetrics, { name, help, type, get: async () => ({ ...(await metric.get?.()), name }) })
    }
  }

  /** Everything in the Prometheus text format, or in OpenMetrics. */
  async render(format: ExpositionFormat): Promise<{ contentType: string; body: string }> {
    const registry = this.#registries[format]
    return { contentType: registry.contentType, body: await registry.metrics() }
  }
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
