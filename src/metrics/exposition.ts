import { collectDefaultMetrics, Registry } from 'prom-client'
import { METRICS, type MetricDeclaration, type MetricName } from '../tally/declarations.ts'
import type { HistogramCell } from '../tally/histograms.ts'
import { labelKey, labelValues } from '../tally/label-key.ts'

/** One series of a counter or gauge: the label key of its values, in the order of the declaration, and its value. */
export type Sample = readonly [key: string, value: number]

/** One series of a histogram. */
export type HistogramSample = readonly [key: string, cell: HistogramCell]

/** Where each declared metric is read from, at scrape time. */
export type Readings = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'histogram'
    ? () => Iterable<HistogramSample>
    : () => Iterable<Sample>
}

type Labels = Record<string, string | number>

interface Value {
  value: number
  /** prom-client keeps the text of each of these objects, so that one that is used again costs nothing. */
  sharedLabels: Labels
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
      const labels = new LabelCache(declaration)
      const values = () => {
        labels.begin()
        return declaration.type === 'histogram'
          ? histogramValues(name, labels, (read as () => Iterable<HistogramSample>)())
          : sampleValues(labels, (read as () => Iterable<Sample>)())
      }
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

/** Labels by label key: those of the last scrape are kept for the next, those of series that are gone are not. */
class LabelCache {
  readonly #names: readonly string[]
  readonly #bounds: readonly (number | string)[]
  #last = new Map<string, Labels[]>()
  #now = new Map<string, Labels[]>()

  constructor({ labels, buckets = [] }: MetricDeclaration) {
    this.#names = labels
    this.#bounds = [...buckets, '+Inf']
  }

  /** Begins a scrape. */
  begin(): void {
    this.#last = this.#now
    this.#now = new Map()
  }

  /** The labels of a series; of a histogram's, those of its buckets follow. */
  of(key: string, buckets: boolean): Labels[] {
    let labels = this.#last.get(key)
    if (!labels) {
      const own = this.#labelsOf(key)
      labels = buckets ? [own, ...this.#bounds.map(le => ({ le, ...own }))] : [own]
    }
    this.#now.set(key, labels)
    return labels
  }

  #labelsOf(key: string): Labels {
    const names = this.#names
    if (names.length === 0) return {}
    const values = labelValues(key)
    // A term is the last label wherever it is one, and may hold whatever keys are made with.
    const rest = labelKey(...values.slice(names.length - 1))
    return Object.fromEntries(
      names.map((name, i) => [name, i < names.length - 1 ? (values[i] as string) : rest]),
    )
  }
}

function sampleValues(labels: LabelCache, samples: Iterable<Sample>): Value[] {
  const values: Value[] = []
  for (const [key, value] of samples) values.push({ sharedLabels: labels.of(key, false)[0] as Labels, value })
  return values
}

function histogramValues(name: string, labels: LabelCache, samples: Iterable<HistogramSample>): Value[] {
  const values: Value[] = []
  const metricName = `${name}_bucket`
  for (const [key, cell] of samples) {
    const [own, ...buckets] = labels.of(key, true) as [Labels, ...Labels[]]
    let count = 0
    for (const [bucket, sharedLabels] of buckets.entries()) {
      count += cell.counts[bucket] as number
      const value: Value = { metricName, sharedLabels, value: count }
      const exemplar = cell.exemplars[bucket]
      if (exemplar)
        value.exemplar = {
          labelSet: { [exemplar.label]: exemplar.text },
          value: exemplar.value,
          timestamp: exemplar.at,
        }
      values.push(value)
    }
    values.push({ metricName: `${name}_sum`, sharedLabels: own, value: cell.sum })
    values.push({ metricName: `${name}_count`, sharedLabels: own, value: count })
  }
  return values
}
