import { labelKey } from '../catalogue/label-key.ts'
import type { MetricDeclaration } from '../catalogue/metrics.ts'
import type { RunTimeMetric } from '../metrics/exposition.ts'
import type { HistogramSample, Sample } from '../metrics/family.ts'
import { bucketsOf, exportedName, familyName, labelsOf, shapeOf } from '../plugin/metric-definitions.ts'
import type { MetricDefinition, MetricDefinitions } from '../plugin/metrics.ts'
import { type MetricValue, RecordedMetrics } from '../plugin/recorded-metrics.ts'
import { ensure } from '../state/ensure.ts'
import type { EncodedPlugins } from '../state/plugin-metrics.ts'
import type { State } from '../state/state.ts'
import type { ExporterLog } from './log.ts'
import type { DeclaredMetrics } from './threads/messages.ts'

const UNITS = ['seconds', 'bytes', 'ratio'] as const

/** One metric of one instance of a plugin. */
interface Declared {
  readonly owner: string
  /** The plugin's kind. */
  readonly kind: string
  /** The instance's name: the value of the label `plugin`. */
  readonly instance: string
  readonly metric: string
  readonly shape: string
  readonly help: string
  /** Shown while nothing is recorded. */
  readonly nothing: RecordedMetrics<MetricDefinitions>
}

/** The metrics with one name: the same metric of each instance of a plugin. */
interface Family extends RunTimeMetric {
  readonly instances: Declared[]
}

/**
 * The metrics of the plugins in the running configuration, for the exposition. If two plugins declare one name
 * differently, the first declaration is exported.
 */
export class PluginMetrics {
  readonly #state: State
  readonly #log: ExporterLog
  readonly #declared: () => Iterable<readonly DeclaredMetrics[]>
  #seen: readonly (readonly DeclaredMetrics[])[] = []
  #shapes = new Map<string, string>()
  #families: readonly Family[] = []
  #version = 0

  /** @param declared what the running plugins declare; the same list objects mean the same declarations */
  constructor(state: State, log: ExporterLog, declared: () => Iterable<readonly DeclaredMetrics[]>) {
    this.#state = state
    this.#log = log
    this.#declared = declared
  }

  /** A number that increases when the declarations change. */
  get version(): number {
    this.refresh()
    return this.#version
  }

  /** The exported metrics; the same list until the declarations change. */
  get families(): readonly RunTimeMetric[] {
    this.refresh()
    return this.#families
  }

  /** Recordings of metrics that are declared. A plugin that is being closed may have others. */
  fitting(recorded: EncodedPlugins): EncodedPlugins {
    this.refresh()
    return recorded.flatMap(([owner, metrics]) => {
      const fitting = Object.entries(metrics).filter(
        ([metric, { shape }]) => this.#shapes.get(labelKey(owner, metric)) === shape,
      )
      return fitting.length === 0 ? [] : [[owner, Object.fromEntries(fitting)] as const]
    })
  }

  /** Checks whether the declarations have changed. */
  refresh(): void {
    const seen = [...this.#declared()]
    if (seen.length === this.#seen.length && seen.every((each, i) => each === this.#seen[i])) return
    this.#seen = seen
    const before = this.#shapes
    this.#shapes = new Map()
    const families = new Map<string, Family>()
    for (const { owner, plugin, metrics } of seen.flat())
      for (const [metric, definition] of Object.entries(metrics)) {
        const shape = shapeOf(definition)
        this.#shapes.set(labelKey(owner, metric), shape)
        if (before.get(labelKey(owner, metric)) !== shape) this.#noteOtherShape(owner, metric, shape)
        this.#add(families, exportedName(plugin, metric, definition), definition, { owner, metric, shape })
      }
    this.#families = [...families.values()]
    this.#version++
  }

  #add(
    families: Map<string, Family>,
    name: string,
    definition: MetricDefinition,
    { owner, metric, shape }: Pick<Declared, 'owner' | 'metric' | 'shape'>,
  ): void {
    const [kind = '', ...rest] = owner.split(' ')
    const { help } = definition
    const nothing = new RecordedMetrics<MetricDefinitions>({ [metric]: definition })
    const declared: Declared = { owner, kind, instance: rest.join(' '), metric, shape, help, nothing }
    const family = ensure(families, familyName(name), () => this.#familyOf(name, definition))
    const [first = declared] = family.instances
    if (first.kind === kind && first.shape === shape && first.help === help) family.instances.push(declared)
    else
      this.#log.error(
        { plugin: owner, metric: name, other: first.owner },
        'a metric of a plugin is not exported: another plugin declares one of that name',
      )
  }

  #familyOf(name: string, definition: MetricDefinition): Family {
    const instances: Declared[] = []
    const { plugins } = this.#state
    const unit = UNITS.find(unit => familyName(name).endsWith(`_${unit}`))
    const declaration: MetricDeclaration = {
      type: definition.type,
      help: definition.help,
      labels: ['plugin', ...labelsOf(definition)],
      ...(definition.type === 'histogram' && { buckets: bucketsOf(definition) }),
      ...(unit && { unit }),
      feeds: 'src/state/plugin-metrics.ts',
    }
    function* read(): Generator<Sample | HistogramSample> {
      for (const { owner, instance, metric, shape, nothing } of instances)
        for (const { series } of (plugins.recorded(owner, metric, shape) ?? nothing).entries())
          for (const { labels, value } of series) yield sampleOf(labelKey(instance, ...labels), value)
    }
    return { name, declaration, instances, read }
  }

  #noteOtherShape(owner: string, metric: string, shape: string): void {
    const counted = this.#state.plugins.shapeOf(owner, metric)
    if (counted !== undefined && counted !== shape)
      this.#log.warn(
        { plugin: owner, metric, counted, declared: shape },
        'a metric of a plugin was recorded with another type, labels or buckets: it begins at zero',
      )
  }
}

const sampleOf = (key: string, value: MetricValue): Sample | HistogramSample =>
  typeof value === 'number' ? [key, value] : [key, { counts: value.counts, sum: value.sum, exemplars: [] }]
