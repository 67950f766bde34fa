import { DROP_REASONS } from '../catalogue/metrics.ts'
import type { Readings } from '../metrics/exposition.ts'
import type { HistogramSample, Sample } from '../metrics/family.ts'
import { labelKey, labelValues } from '../state/label-key.ts'
import type { LiveTally } from '../state/live-tally.ts'
import type { CounterName, HistogramName } from '../state/tally.ts'
import { SENTIMENTS } from '../state/windows.ts'
import type { Blueprint } from './resolved-config.ts'
import type { SourceRunner } from './sources/source-runner.ts'
import type { WorkerPool } from './workers/pool.ts'

/** What the metrics are read from. */
export interface Metered {
  readonly live: LiveTally
  readonly pool: WorkerPool
  readonly sources: ReadonlyMap<string, SourceRunner>
  readonly blueprint: Blueprint
  readonly version: string
  readonly loadedAt: number
  readonly lastReload: { ok: boolean }
}

const SOURCE_FAILURES = ['threw', 'timeout', 'crash', 'memory']
const FAILURES = ['rubbish', ...SOURCE_FAILURES]

/** Where each declared metric is read from. */
export function readingsOf(exporter: Metered): Readings {
  const counter = (name: CounterName) => (): Iterable<Sample> => exporter.live.totals.counter(name).entries()
  const histogram = (name: HistogramName) => (): Iterable<HistogramSample> =>
    exporter.live.totals.histogram(name).entries()
  const gauge = (value: () => number) => (): Sample[] => [['', value()]]
  const perSource = (value: (runner: SourceRunner) => number | null) =>
    function* (): Generator<Sample> {
      for (const runner of exporter.sources.values()) {
        const reading = value(runner)
        if (reading !== null) yield [runner.name, reading]
      }
    }
  return {
    mood_posts_total: counter('mood_posts_total'),
    mood_positivity_ratio: histogram('mood_positivity_ratio'),
    mood_posts_by_emotion_total: counter('mood_posts_by_emotion_total'),
    mood_scorer_disagreement_ratio: histogram('mood_scorer_disagreement_ratio'),
    *mood_window_posts() {
      for (const [topic, scorer, window, mood] of moods(exporter.live))
        for (const [place, sentiment] of SENTIMENTS.entries())
          yield [labelKey(topic, scorer, sentiment, window), mood.posts[place as 0]]
    },
    *mood_window_score() {
      for (const [topic, scorer, window, mood] of moods(exporter.live))
        if (mood.mean !== null) yield [labelKey(topic, scorer, window), mood.mean]
    },
    *mood_window_end_timestamp_seconds() {
      for (const { shape, complete } of exporter.live.windows)
        if (complete) yield [shape.label, complete.end / 1000]
    },
    *mood_top_term_posts() {
      for (const { key, terms } of topTerms(exporter.live))
        for (const [term, cell] of terms) yield [labelKey(key, term), cell.count]
    },
    *mood_top_term_score() {
      for (const { key, terms } of topTerms(exporter.live))
        for (const [term, { score, scored }] of terms)
          if (scored > 0) yield [labelKey(key, term), score / scored]
    },
    *mood_top_terms_error_posts() {
      for (const { key, error } of topTerms(exporter.live)) yield [key, error]
    },
    mood_terms_forgotten_total: counter('mood_terms_forgotten_total'),
    mood_posts_over_term_limit_total: counter('mood_posts_over_term_limit_total'),
    *mood_topic_alert_threshold() {
      const { scorer, thresholds } = exporter.blueprint.alerts
      for (const { topic, parameter, value } of thresholds) yield [labelKey(topic, scorer, parameter), value]
    },
    mood_post_delay_seconds: histogram('mood_post_delay_seconds'),
    mood_late_posts_total: counter('mood_late_posts_total'),
    mood_future_posts_total: counter('mood_future_posts_total'),
    mood_posts_dropped_total: counter('mood_posts_dropped_total'),
    mood_source_up: perSource(({ state }) => (state === 'up' || state === 'finished' ? 1 : 0)),
    mood_source_records_total: counter('mood_source_records_total'),
    mood_source_bytes_total: counter('mood_source_bytes_total'),
    mood_source_posts_total: counter('mood_source_posts_total'),
    mood_source_reconnects_total: counter('mood_source_reconnects_total'),
    mood_source_failures_total: counter('mood_source_failures_total'),
    mood_source_refused_total: counter('mood_source_refused_total'),
    mood_source_lag_records: perSource(({ lagRecords }) => lagRecords),
    mood_source_watermark_timestamp_seconds: perSource(({ name }) => {
      const watermark = exporter.live.watermarks.of(name)
      return watermark === null ? null : watermark / 1000
    }),
    mood_plugin_errors_total: counter('mood_plugin_errors_total'),
    mood_plugin_seconds_total: counter('mood_plugin_seconds_total'),
    mood_worker_restarts_total: counter('mood_worker_restarts_total'),
    mood_workers: gauge(() => exporter.pool.ready),
    mood_queue_batches: perSource(({ ledger }) => ledger.batches),
    mood_queue_bytes: perSource(({ ledger }) => ledger.bytes),
    mood_queue_limit_bytes: gauge(() => exporter.blueprint.limits.queue_bytes),
    mood_panes_evicted_total: counter('mood_panes_evicted_total'),
    mood_log_lines_suppressed_total: counter('mood_log_lines_suppressed_total'),
    mood_http_requests_refused_total: counter('mood_http_requests_refused_total'),
    mood_config_last_reload_successful: gauge(() => (exporter.lastReload.ok ? 1 : 0)),
    mood_config_last_reload_success_timestamp_seconds: gauge(() => exporter.loadedAt / 1000),
    mood_build_info: () => [[labelKey(exporter.version, process.versions.node), 1]],
  }
}

function* moods({ windows }: LiveTally) {
  for (const { shape, complete } of windows) {
    if (!complete) continue
    for (const [key, mood] of complete.moods) {
      const [topic, scorer] = labelValues(key) as [string, string]
      yield [topic, scorer, shape.label, mood] as const
    }
  }
}

function* topTerms({ terms }: LiveTally) {
  for (const [extractor, windows] of terms)
    for (const { label, topics } of windows)
      for (const [topic, { terms, error }] of topics)
        yield { key: labelKey(extractor, topic, label), terms, error }
}

/** Brings the series that an alert may wait for into being at 0, so that their first increment is seen as one. */
export function beginSeries(live: LiveTally, { plan }: Blueprint): void {
  const begin = (name: CounterName, ...values: string[]) =>
    live.totals.counter(name).cell(labelKey(...values))
  for (const { name: source, format } of plan.sources) {
    begin('mood_source_records_total', source)
    begin('mood_source_bytes_total', source)
    begin('mood_source_posts_total', source)
    begin('mood_source_reconnects_total', source)
    begin('mood_source_failures_total', source)
    begin('mood_future_posts_total', source)
    for (const reason of Object.keys(DROP_REASONS)) begin('mood_posts_dropped_total', source, reason)
    for (const { label } of plan.shape.windows) begin('mood_late_posts_total', source, label)
    for (const reason of FAILURES) begin('mood_plugin_errors_total', 'format', format.name, reason)
    for (const reason of SOURCE_FAILURES) begin('mood_plugin_errors_total', 'source', source, reason)
  }
  for (const kind of ['scorer', 'extractor'] as const)
    for (const { name } of plan[`${kind}s`])
      for (const reason of FAILURES) begin('mood_plugin_errors_total', kind, name, reason)
  for (const { name } of plan.extractors) {
    begin('mood_terms_forgotten_total', name)
    begin('mood_posts_over_term_limit_total', name)
  }
  for (const { label } of plan.shape.windows) begin('mood_panes_evicted_total', label)
  for (const reason of ['timeout', 'crash', 'memory']) begin('mood_worker_restarts_total', reason)
}
