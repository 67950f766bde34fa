/**
 * The plugin's own metrics. Its definition declares them, and `context.metrics` records them:
 *
 *     defineScorer({
 *       name: 'remote',
 *       metrics: { requests: { type: 'counter', help: 'Requests to the model.', labels: ['code'] } },
 *       create: (options, { metrics }) => {
 *         metrics.requests.add(1, { code: '200' })
 *
 * They are exported as `mood_plugin_NAME_METRIC`, here `mood_plugin_remote_requests_total`, with the label `plugin`
 * (the instance's name) beside the declared ones.
 */

interface Declared {
  /** One sentence: what is counted or measured, and its unit. */
  readonly help: string
  /**
   * Names of labels, at most five, in snake case; not le, quantile, plugin, kind, job or instance. Use labels with few
   * values: beyond {@link METRIC_LIMITS.labelValues} values of a label, new ones count as `other`.
   */
  readonly labels?: readonly string[]
}

/** A count that only grows. Its exported name ends in `_total`. The counts of several workers are added. */
export interface CounterDefinition extends Declared {
  readonly type: 'counter'
}

/** A value that can go up and down. If several workers set it, the value set last is exported. */
export interface GaugeDefinition extends Declared {
  readonly type: 'gauge'
}

/** A distribution of values. The observations of several workers are added. */
export interface HistogramDefinition extends Declared {
  readonly type: 'histogram'
  /** Upper bounds, ascending. Default: those of Prometheus clients for seconds, 5 ms to 10 s. */
  readonly buckets?: readonly number[]
}

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition

/**
 * Metrics by name: snake case with the unit, such as `latency_seconds`, without `mood_`, and not ending in total,
 * count, sum, bucket, created or info.
 */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** The metrics of a plugin that declares none. */
export type NoMetrics = Readonly<Record<never, MetricDefinition>>

/** Limits of the metrics of one plugin. */
export const METRIC_LIMITS = {
  /** Metrics of one plugin. */
  metrics: 50,
  /** Labels of one metric. */
  labels: 5,
  /** Values of one label; further ones count as `other`. */
  labelValues: 50,
  /** Series of one metric; further combinations of label values count as `other` in every label. */
  series: 500,
  /** UTF-16 units of a label value; longer ones are cut. */
  valueLength: 100,
  /** Buckets of a histogram. */
  buckets: 50,
} as const

type LabelsOf<Definition> = Definition extends { readonly labels: readonly (infer Label extends string)[] }
  ? Label
  : never

/** A value for each declared label; nothing if there are none. */
type LabelArguments<Label extends string> = [Label] extends [never]
  ? []
  : string extends Label
    ? [labels?: Readonly<Record<string, string>>]
    : [labels: Readonly<Record<Label, string>>]

export interface PluginCounter<Label extends string = never> {
  /** Adds to the count. @throws TypeError if `n` is negative or not a number, or labels are missing or unknown */
  add(n: number, ...labels: LabelArguments<Label>): void
}

export interface PluginGauge<Label extends string = never> {
  /** @throws TypeError if the value is not a finite number, or labels are missing or unknown */
  set(value: number, ...labels: LabelArguments<Label>): void
}

export interface PluginHistogram<Label extends string = never> {
  /** @throws TypeError if the value is not a finite number, or labels are missing or unknown */
  observe(value: number, ...labels: LabelArguments<Label>): void
}

type MetricOf<Definition> = Definition extends CounterDefinition
  ? PluginCounter<LabelsOf<Definition>>
  : Definition extends GaugeDefinition
    ? PluginGauge<LabelsOf<Definition>>
    : PluginHistogram<LabelsOf<Definition>>

/**
 * The declared metrics of a definition, by name. Recording is synchronous and cheap, and is allowed from `create` on;
 * recordings after `close` may be lost.
 *
 * If the declaration is not known to TypeScript, each metric has the methods of all types.
 */
export type PluginMetrics<Metrics extends MetricDefinitions = MetricDefinitions> =
  string extends keyof Metrics
    ? Readonly<Record<string, PluginCounter<string> & PluginGauge<string> & PluginHistogram<string>>>
    : { readonly [Name in keyof Metrics]: MetricOf<Metrics[Name]> }
