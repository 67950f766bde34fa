import { setImmediate } from 'node:timers/promises'
import { labelKey, labelValues } from '../catalogue/label-key.ts'
import type { CounterName, HistogramName } from '../catalogue/metrics.ts'
import { zeroSeries } from '../catalogue/series.ts'
import type { Collectors } from '../metrics/exposition.ts'
import type { HistogramSample, Sample } from '../metrics/family.ts'
import type { State } from '../state/state.ts'
import { SENTIMENTS } from '../state/window-slices.ts'
import type { StateDirectory } from './checkpoints/state-directory.ts'
import type { StoreStatistics } from './checkpoints/store/messages.ts'
import type { OutputStatus, Outputs } from './outputs/outputs.ts'
import { rankingCollectorsOf } from './rankings/collectors.ts'
import type { Reporter } from './reports/reporter.ts'
import type { ResolvedConfig } from './resolved-config.ts'
import type { SourceRunner } from './sources/source-runner.ts'
import type { WorkerPool } from './workers/pool.ts'

/** The sources of metric values. */
export interface Collected {
  readonly state: State
  readonly pool: WorkerPool
  readonly sources: ReadonlyMap<string, SourceRunner>
  readonly outputs: Outputs | null
  readonly resolved: ResolvedConfig
  readonly directory: StateDirectory
  readonly reporter: Pick<Reporter, 'last'>
  readonly uncommittedEpochs: number
  readonly version: string
  readonly logLinesLost: number
  readonly loadedAt: number
  readonly lastReload: { ok: boolean }
}

/** Collectors of the metrics of posts, which a backfill has too. */
export function stateCollectors(state: State) {
  const counter = (name: CounterName) => (): Iterable<Sample> => state.counter(name).entries()
  const histogram = (name: HistogramName) => (): Iterable<HistogramSample> => state.histogram(name).entries()
  return {
    mood_posts_total: counter('mood_posts_total'),
    mood_positivity_ratio: histogram('mood_positivity_ratio'),
    mood_posts_by_emotion_total: counter('mood_posts_by_emotion_total'),
    mood_scorer_disagreement_ratio: histogram('mood_scorer_disagreement_ratio'),
    *mood_window_posts() {
      for (const [topic, scorer, window, mood] of moods(state))
        for (const [place, sentiment] of SENTIMENTS.entries())
          yield [labelKey(topic, scorer, sentiment, window), mood.posts[place as 0]]
    },
    *mood_window_score() {
      for (const [topic, scorer, window, mood] of moods(state))
        if (mood.mean !== null) yield [labelKey(topic, scorer, window), mood.mean]
    },
    *mood_window_end_timestamp_seconds() {
      for (const { shape, complete } of state.windows.values())
        if (complete) yield [shape.label, complete.end / 1000]
    },
    *mood_top_term_posts() {
      for (const { key, terms } of topTerms(state))
        for (const [term, cell] of terms) yield [labelKey(key, term), cell.count]
    },
    *mood_top_term_score() {
      for (const { key, terms } of topTerms(state))
        for (const [term, { score, scored }] of terms)
          if (scored > 0) yield [labelKey(key, term), score / scored]
    },
    *mood_top_term_scored_posts() {
      for (const { key, terms } of topTerms(state))
        for (const [term, { scored }] of terms) if (scored > 0) yield [labelKey(key, term), scored]
    },
    *mood_top_terms_error_posts() {
      for (const { key, error } of topTerms(state)) yield [key, error]
    },
  } satisfies Partial<Collectors>
}

/** A collector for each declared metric. */
export function collectorsOf(exporter: Collected): Collectors {
  const counter = (name: CounterName) => (): Iterable<Sample> => exporter.state.counter(name).entries()
  const histogram = (name: HistogramName) => (): Iterable<HistogramSample> =>
    exporter.state.histogram(name).entries()
  const gauge = (value: () => number) => (): Sample[] => [['', value()]]
  const ofStore = (value: (statistics: StoreStatistics) => number | null) =>
    function* (): Generator<Sample> {
      const { statistics } = exporter.directory
      const n = statistics && value(statistics)
      if (n !== null) yield ['', n]
    }
  const perSource = (value: (runner: SourceRunner) => number | null) =>
    function* (): Generator<Sample> {
      for (const runner of exporter.sources.values()) {
        const n = value(runner)
        if (n !== null) yield [runner.name, n]
      }
    }
  const perOutput = (value: (status: OutputStatus) => number | null) =>
    function* (): Generator<Sample> {
      for (const status of exporter.outputs?.statuses() ?? []) {
        const number = value(status)
        if (number !== null) yield [status.name, number]
      }
    }
  return {
    ...stateCollectors(exporter.state),
    mood_ranking_snapshots_total: counter('mood_ranking_snapshots_total'),
    mood_ranking_snapshots_evicted_total: counter('mood_ranking_snapshots_evicted_total'),
    mood_ranking_new_terms_total: counter('mood_ranking_new_terms_total'),
    ...rankingCollectorsOf(exporter),
    mood_alert_notifications_total: counter('mood_alert_notifications_total'),
    mood_reports_total: counter('mood_reports_total'),
    *mood_report_last_timestamp_seconds() {
      for (const [report, at] of exporter.reporter.last()) yield [report, at / 1000]
    },
    mood_terms_evicted_total: counter('mood_terms_evicted_total'),
    mood_posts_over_term_limit_total: counter('mood_posts_over_term_limit_total'),
    mood_topic_alert_threshold: () => thresholdsOf(exporter.resolved),
    mood_sentiment_threshold: () => Object.entries(exporter.resolved.workerConfig.sentiment),
    mood_post_delay_seconds: histogram('mood_post_delay_seconds'),
    mood_late_posts_total: counter('mood_late_posts_total'),
    mood_future_posts_total: counter('mood_future_posts_total'),
    mood_posts_dropped_total: counter('mood_posts_dropped_total'),
    mood_source_up: perSource(({ state }) => (state === 'up' || state === 'finished' ? 1 : 0)),
    mood_source_records_total: counter('mood_source_records_total'),
    mood_source_bytes_total: counter('mood_source_bytes_total'),
    mood_source_posts_total: counter('mood_source_posts_total'),
    mood_source_reconnects_total: counter('mood_source_reconnects_total'),
    mood_source_gaps_total: counter('mood_source_gaps_total'),
    mood_source_gap_seconds_total: counter('mood_source_gap_seconds_total'),
    mood_source_failures_total: counter('mood_source_failures_total'),
    mood_source_refused_total: counter('mood_source_refused_total'),
    mood_source_lag_records: perSource(({ lagRecords }) => lagRecords),
    mood_source_last_record_timestamp_seconds: perSource(({ lastRecordAt }) => secondsOf(lastRecordAt)),
    *mood_source_rate_limit_remaining() {
      for (const { name, allowances } of exporter.sources.values())
        for (const [limit, remaining] of allowances) yield [labelKey(name, limit), remaining]
    },
    mood_source_credential_expiry_timestamp_seconds: perSource(({ credentialsExpireAt }) =>
      secondsOf(credentialsExpireAt),
    ),
    mood_source_watermark_timestamp_seconds: perSource(({ name }) =>
      secondsOf(exporter.state.watermarks.of(name)),
    ),
    mood_output_up: perOutput(({ isUp }) => (isUp ? 1 : 0)),
    mood_output_events_total: counter('mood_output_events_total'),
    mood_output_writes_total: counter('mood_output_writes_total'),
    mood_output_retries_total: counter('mood_output_retries_total'),
    mood_output_queue_events: perOutput(({ queueEvents }) => queueEvents),
    mood_output_queue_bytes: perOutput(({ queueBytes }) => queueBytes),
    mood_output_last_delivery_timestamp_seconds: perOutput(({ deliveredAt }) =>
      deliveredAt === null ? null : deliveredAt / 1000,
    ),
    mood_plugin_errors_total: counter('mood_plugin_errors_total'),
    mood_plugin_seconds_total: counter('mood_plugin_seconds_total'),
    mood_folded_recordings_total: counter('mood_folded_recordings_total'),
    mood_worker_restarts_total: counter('mood_worker_restarts_total'),
    mood_workers: gauge(() => exporter.pool.ready),
    mood_queue_batches: perSource(({ inFlight }) => inFlight.batches),
    mood_queue_bytes: perSource(({ inFlight }) => inFlight.bytes),
    mood_queue_limit_bytes: gauge(() => exporter.resolved.limits.queue_bytes),
    mood_slices_evicted_total: counter('mood_slices_evicted_total'),
    mood_log_lines_suppressed_total: counter('mood_log_lines_suppressed_total'),
    mood_log_lines_lost_total: gauge(() => exporter.logLinesLost),
    mood_http_requests_refused_total: counter('mood_http_requests_refused_total'),
    mood_state_restored: ofStore(() => (exporter.directory.isRestored ? 1 : 0)),
    mood_state_uncommitted_epochs: gauge(() => exporter.uncommittedEpochs),
    mood_state_last_commit_timestamp_seconds: ofStore(({ lastCommitAt }) =>
      lastCommitAt === null ? null : lastCommitAt / 1000,
    ),
    mood_state_commits_total: ofStore(({ commits }) => commits),
    mood_state_commit_seconds_total: ofStore(({ commitSeconds }) => commitSeconds),
    mood_state_commit_failures_total: () =>
      exporter.directory.store ? Object.entries(exporter.directory.failures) : [],
    mood_state_written_bytes_total: ofStore(({ writtenBytes }) => writtenBytes),
    mood_state_compaction_seconds_total: ofStore(({ compactionSeconds }) => compactionSeconds),
    mood_state_size_bytes: ofStore(({ databaseBytes, logBytes }) => databaseBytes + logBytes),
    mood_config_last_reload_successful: gauge(() => (exporter.lastReload.ok ? 1 : 0)),
    mood_config_last_reload_success_timestamp_seconds: gauge(() => exporter.loadedAt / 1000),
    mood_build_info: () => [[labelKey(exporter.version, process.versions.node), 1]],
  }
}

const thresholds = new WeakMap<ResolvedConfig, readonly Sample[]>()

/** The parameters of alerts, created once for a configuration: at least four series for each topic. */
function thresholdsOf(resolved: ResolvedConfig): readonly Sample[] {
  let samples = thresholds.get(resolved)
  if (!samples) {
    const { scorer, thresholds: all } = resolved.alerts
    samples = all.map(({ topic, parameter, value }): Sample => [labelKey(topic, scorer, parameter), value])
    thresholds.set(resolved, samples)
  }
  return samples
}

const secondsOf = (ms: number | null): number | null => (ms === null ? null : ms / 1000)

function* moods({ windows }: State) {
  for (const { shape, complete } of windows.values()) {
    if (!complete) continue
    for (const [key, mood] of complete.moods) {
      const [topic, scorer] = labelValues(key) as [string, string]
      yield [topic, scorer, shape.label, mood] as const
    }
  }
}

function* topTerms({ terms }: State) {
  for (const [extractor, windows] of terms)
    for (const { shape, topics } of windows)
      for (const [topic, { terms, error }] of topics)
        yield { key: labelKey(extractor, topic, shape.label), terms, error }
}

/** Creates the series that a configuration is known to have, at 0, so that Prometheus sees their first increment. */
export function beginSeries(state: State, { known }: ResolvedConfig): void {
  for (const [metric, key] of zeroSeries(known)) state.counter(metric).cell(key)
}

/**
 * How long series are created before other work gets a turn, in milliseconds. The clock is read only after some of
 * them.
 */
const TURN_MS = 5
const SERIES_A_LOOK = 100

/** The same, in slices, so that scrapes are answered meanwhile. */
export async function beginSeriesInTurns(state: State, { known }: ResolvedConfig): Promise<void> {
  let made = 0
  let turnEnd = performance.now() + TURN_MS
  for (const [metric, key] of zeroSeries(known)) {
    state.counter(metric).cell(key)
    if (++made % SERIES_A_LOOK !== 0 || performance.now() < turnEnd) continue
    await setImmediate()
    turnEnd = performance.now() + TURN_MS
  }
}
