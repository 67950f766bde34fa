import { METRIC_LIMITS, type MetricDefinition, type MetricDefinitions } from './metrics.ts'
import { shown } from './shown.ts'

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const LABEL = /^[a-z][a-z0-9_]*$/

/** Suffixes with a meaning in Prometheus and OpenMetrics, which are added automatically. */
const RESERVED_SUFFIX = /(?:^|_)(?:total|count|sum|bucket|created|info)$/

const SHAPE = /^(counter|gauge|histogram)\(([a-z0-9_,]*)\)(?:\[([^\]]*)\])?$/

/** Labels that the exporter, a histogram or Prometheus itself sets. */
const RESERVED_LABELS = new Set(['le', 'quantile', 'plugin', 'kind', 'job', 'instance'])

/** The defaults of Prometheus clients, for seconds. */
const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** @throws TypeError that names the first metric that cannot be exported, and the reason */
export function checkMetricDefinitions(definitions: MetricDefinitions): void {
  const names = Object.keys(definitions)
  if (names.length > METRIC_LIMITS.metrics)
    throw new TypeError(`metrics: expected up to ${METRIC_LIMITS.metrics}, got ${names.length}`)
  for (const name of names) {
    const problem = problemOf(name, definitions[name] as MetricDefinition)
    if (problem !== null) throw new TypeError(`metrics.${name}: ${problem}`)
  }
}

export const labelsOf = ({ labels = [] }: MetricDefinition): readonly string[] => labels

export const bucketsOf = (definition: MetricDefinition): readonly number[] =>
  definition.type === 'histogram' ? (definition.buckets ?? DEFAULT_BUCKETS) : []

/** The type, labels and buckets of a metric. Series of two metrics can be added only if these are equal. */
export function shapeOf(definition: MetricDefinition): string {
  const { type } = definition
  const buckets = type === 'histogram' ? `[${bucketsOf(definition).join(',')}]` : ''
  return `${type}(${labelsOf(definition).join(',')})${buckets}`
}

/** The definition with that shape, without help; null if the shape is invalid. */
export function definitionOfShape(shape: string): MetricDefinition | null {
  const [, type, names, bounds] = SHAPE.exec(shape) ?? []
  if (type === undefined || names === undefined || (type === 'histogram') !== (bounds !== undefined))
    return null
  const labels = names === '' ? [] : names.split(',')
  const shared = { help: 'Read from its shape.', labels }
  const definition: MetricDefinition =
    type === 'histogram'
      ? { ...shared, type, buckets: (bounds as string).split(',').map(Number) }
      : { ...shared, type: type as 'counter' | 'gauge' }
  return problemOf('metric', definition) === null && shapeOf(definition) === shape ? definition : null
}

/** The definitions without further properties: plain data that can be sent to another thread. */
export const plainDefinitions = (definitions: MetricDefinitions): MetricDefinitions =>
  Object.fromEntries(
    Object.entries(definitions).map(([name, definition]): [string, MetricDefinition] => {
      const { type, help } = definition
      const shared = { help, labels: [...labelsOf(definition)] }
      return [
        name,
        type === 'histogram' ? { ...shared, type, buckets: [...bucketsOf(definition)] } : { ...shared, type },
      ]
    }),
  )

/** The exported name of a plugin's metric: `mood_plugin_twitter_requests_total`. */
export function exportedName(plugin: string, metric: string, { type }: MetricDefinition): string {
  const suffix = type === 'counter' ? '_total' : ''
  return `mood_plugin_${plugin.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_${metric}${suffix}`
}

/** The name of a metric's family, which must be unique: OpenMetrics names counters without their suffix. */
export const familyName = (exported: string): string => exported.replace(/_total$/, '')

function problemOf(name: string, definition: MetricDefinition): string | null {
  if (!NAME.test(name)) return 'expected a name in snake case, such as "requests" or "latency_seconds"'
  if (RESERVED_SUFFIX.test(name))
    return 'expected a name without a suffix such as "_total" or "_count": these are appended where they belong'
  if (typeof definition !== 'object' || definition === null)
    return `expected a definition such as { type: 'counter', help: '…' }, got ${shown(definition)}`
  const { type, help } = definition
  if (type !== 'counter' && type !== 'gauge' && type !== 'histogram')
    return `expected the type "counter", "gauge" or "histogram", got ${shown(type)}`
  if (typeof help !== 'string' || help.trim() === '') return 'expected `help` to say what is measured'
  return problemOfLabels(definition) ?? problemOfBuckets(definition)
}

function problemOfLabels({ labels = [] }: MetricDefinition): string | null {
  if (!Array.isArray(labels)) return `expected a list of labels, got ${shown(labels)}`
  if (labels.length > METRIC_LIMITS.labels)
    return `expected up to ${METRIC_LIMITS.labels} labels, got ${labels.length}`
  const odd = labels.find(label => typeof label !== 'string' || !LABEL.test(label))
  if (odd !== undefined) return `expected labels in snake case, got ${shown(odd)}`
  const reserved = labels.find(label => RESERVED_LABELS.has(label))
  if (reserved !== undefined)
    return `expected labels of the plugin's own, "${reserved}" is given by the exporter`
  if (new Set(labels).size < labels.length) return 'expected each label once'
  return null
}

function problemOfBuckets(definition: MetricDefinition): string | null {
  if (definition.type !== 'histogram' || definition.buckets === undefined) return null
  const { buckets } = definition
  if (!Array.isArray(buckets) || buckets.length === 0)
    return `expected the upper bounds of buckets, got ${shown(buckets)}`
  if (buckets.length > METRIC_LIMITS.buckets)
    return `expected up to ${METRIC_LIMITS.buckets} buckets, got ${buckets.length}`
  const isAscending = buckets.every(
    (bound, i) => Number.isFinite(bound) && (i === 0 || bound > (buckets[i - 1] as number)),
  )
  return isAscending ? null : 'expected finite bounds of buckets in ascending order'
}
