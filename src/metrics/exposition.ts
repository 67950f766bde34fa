import { collectDefaultMetrics, Registry } from 'prom-client'
import type { HistogramCell } from '../tally/histograms.ts'
import { METRICS, type MetricDeclaration, type MetricName } from './declarations.ts'

/** One series of a counter or gauge: its label values, in the order of the declaration, and its value. */
export type Sample = readonly [labels: readonly string[], value: number]

/** One series of a histogram. */
export type HistogramSample = readonly [labels: readonly string[], cell: HistogramCell]

/** Where each declared metric is read from, at scrape time. */
export type Readings = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'histogram'
    ? () => Iterable<HistogramSample>
    : () => Iterable<Sample>
}

interface Value {
  value: number
  labels: Record<string, string | number>
  metricName?: string
  exemplar?: { labelSet: Record<string, string>; value: number; timestamp: number }
}

interface Item {
  name: string
  help: string
  type: string
  values: Value[]
}

/** What prom-client asks of a metric in its registry. */
interface CustomMetric {
  name: string
  help: string
  type: string
  get(): Promise<Item> | Item
}

/** The exposition: every declared metric, read when it is asked for, and prom-client's metrics of the process. */
export class Exposition {
  readonly #text = new Registry()
  readonly #openMetrics = openMetricsRegistry()

  constructor(readings: Readings) {
    for (const [name, declaration] of Object.entries(METRICS)) {
      const read = readings[name as MetricName]
      const values = () =>
        declaration.type === 'histogram'
          ? histogramValues(name, declaration, (read as () => Iterable<HistogramSample>)())
          : sampleValues(declaration, (read as () => Iterable<Sample>)())
      const { help, type } = declaration
      register(this.#text, { name, help, type, get: () => ({ name, help, type, values: values() }) })
    }
    collectDefaultMetrics({ register: this.#text })
    // Gauges that are named like counters, which promtool objects to; prom-client has the same by type without it.
    for (const what of ['handles', 'requests', 'resources'])
      this.#text.removeSingleMetric(`nodejs_active_${what}_total`)
    for (const metric of this.#text.getMetricsAsArray() as unknown as CustomMetric[]) {
      // The OpenMetrics registry strips `_total` of a counter's name in place, so that it needs objects of its own.
      const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name
      register(this.#openMetrics, {
        ...face(metric),
        name,
        get: async () => ({ ...(await metric.get()), name }),
      })
    }
  }

  /** Everything in the Prometheus text format, or in OpenMetrics. */
  async render(format: 'text' | 'openmetrics'): Promise<{ contentType: string; body: string }> {
    const registry = format === 'text' ? this.#text : this.#openMetrics
    const body = await registry.metrics()
    return { contentType: registry.contentType, body: format === 'text' ? body : withUnits(body) }
  }
}

/** Adds the UNIT lines that OpenMetrics knows and prom-client does not write. */
const withUnits = (body: string): string =>
  body.replace(/^# TYPE (\S+) /gm, (type, name) =>
    UNITS.has(name) ? `# UNIT ${name} ${UNITS.get(name)}\n${type}` : type,
  )

const face = ({ help, type }: CustomMetric) => ({ help, type })

function openMetricsRegistry(): Registry {
  const registry = new Registry()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  return registry
}

function register(registry: Registry, metric: CustomMetric): void {
  registry.registerMetric(metric as never)
}

/** Units by the name of the metric family: in OpenMetrics a counter's is without `_total`. */
const UNITS = new Map(
  Object.entries(METRICS as Record<string, MetricDeclaration>).flatMap(([name, { unit, type }]) =>
    unit ? [[type === 'counter' ? name.replace(/_total$/, '') : name, unit] as const] : [],
  ),
)

function sampleValues({ labels: names }: MetricDeclaration, samples: Iterable<Sample>): Value[] {
  const values: Value[] = []
  for (const [labelValues, value] of samples) values.push({ labels: labelsOf(names, labelValues), value })
  return values
}

function histogramValues(
  name: string,
  { labels: names, buckets = [] }: MetricDeclaration,
  samples: Iterable<HistogramSample>,
): Value[] {
  const values: Value[] = []
  for (const [labelValues, cell] of samples) {
    const labels = labelsOf(names, labelValues)
    let count = 0
    for (let bucket = 0; bucket <= buckets.length; bucket++) {
      count += cell.counts[bucket] as number
      const value: Value = {
        metricName: `${name}_bucket`,
        labels: { le: buckets[bucket] ?? '+Inf', ...labels },
        value: count,
      }
      const exemplar = cell.exemplars[bucket]
      if (exemplar) {
        value.exemplar = {
          labelSet: { [exemplar.label]: exemplar.text },
          value: exemplar.value,
          timestamp: exemplar.at,
        }
      }
      values.push(value)
    }
    values.push({ metricName: `${name}_sum`, labels, value: cell.sum })
    values.push({ metricName: `${name}_count`, labels, value: count })
  }
  return values
}

function labelsOf(names: readonly string[], values: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let i = 0; i < names.length; i++) labels[names[i] as string] = values[i] as string
  return labels
}
