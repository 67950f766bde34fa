import { DROP_REASONS } from './drop-reasons.ts'
import { GAP_RESULTS, OUTAGES } from './outages.ts'
import { OUTPUT_RESULTS, WRITE_RESULTS } from './output-results.ts'
import { THREAD_FAILURES } from './plugin-kinds.ts'

type LabelValues = readonly string[] | 'all windows' | 'rankings' | 'windows of rankings'

/**
 * One declared metric. From this come the exposition with its HELP and UNIT, docs/metrics.md, which series begin at 0 and
 * which are removed by a reload (series.ts).
 */
export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One or two sentences that tell an operator what the number means. */
  readonly help: string
  readonly labels: readonly string[]
  /** The base unit: the suffix of the name. */
  readonly unit?: 'seconds' | 'bytes' | 'ratio'
  /** Upper bounds of the buckets of a histogram, without +Inf. */
  readonly buckets?: readonly number[]
  /** The file that counts it or, for a gauge, reads it. */
  readonly feeds: string
  /** How two values of a series are combined when states are merged. Default: `sum`. */
  readonly merge?: 'sum' | 'max' | 'last'
  /** True if it is read from the running exporter at each scrape. All others are part of the committed state. */
  readonly volatile?: true
  /**
   * The values of a label whose name does not say them: all of these, the windows of `windows` and of extractors
   * together, the sources that have rankings, or the windows of those. A counter begins at 0 if the values of each of
   * its labels are known (series.ts).
   */
  readonly values?: Readonly<Record<string, LabelValues>>
}

/**
 * Bounds of the positivity histogram: (score + 1) / 2, so that the default cuts at ±0.05 are bounds of their own
 * (0.475 and 0.525) and the three sentiments can be read off the buckets.
 */
const POSITIVITY = [0.05, 0.1, 0.2, 0.3, 0.4, 0.475, 0.525, 0.6, 0.7, 0.8, 0.9, 0.95, 1]

/** Bounds of the disagreement between scorers. Neutral scores are within 0.05 of zero. */
const DISAGREEMENT = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1]

const DELAY = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400]

export const METRICS = {
  mood_posts_total: {
    type: 'counter',
    help: 'Posts scored. A post counts once for each matching topic and each scorer, so sums over those count it several times; mood_source_posts_total counts each post once.',
    labels: ['source', 'topic', 'lang', 'scorer', 'sentiment'],
    feeds: 'src/pipeline/counting.ts',
  },
  mood_positivity_ratio: {
    type: 'histogram',
    help: 'Scores of posts as (score + 1) / 2: 0 is most negative, 0.5 neutral, 1 most positive. The mean score over 5 minutes is 2 * rate(_sum[5m]) / rate(_count[5m]) - 1.',
    labels: ['source', 'topic', 'scorer'],
    unit: 'ratio',
    buckets: POSITIVITY,
    feeds: 'src/pipeline/counting.ts',
  },
  mood_posts_by_emotion_total: {
    type: 'counter',
    help: 'Posts that show an emotion, by each scorer of emotions. A post may show several, or none.',
    labels: ['source', 'topic', 'scorer', 'emotion'],
    feeds: 'src/pipeline/counting.ts',
  },
  mood_scorer_disagreement_ratio: {
    type: 'histogram',
    help: 'Disagreement between the members of an ensemble on a post: half of the distance between the highest and the lowest score. 0 is agreement, 1 is opposite scores.',
    labels: ['source', 'topic', 'scorer'],
    unit: 'ratio',
    buckets: DISAGREEMENT,
    feeds: 'src/pipeline/counting.ts',
  },
  mood_window_posts: {
    type: 'gauge',
    help: 'Posts of the last complete event-time window.',
    labels: ['topic', 'scorer', 'sentiment', 'window'],
    feeds: 'src/runtime/collectors.ts',
  },
  mood_window_score: {
    type: 'gauge',
    help: 'Mean score, from -1 to 1, of the posts of the last complete event-time window. Absent for a window without scores.',
    labels: ['topic', 'scorer', 'window'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
  },
  mood_window_end_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last complete event-time window ended, by event time.',
    labels: ['window'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
  },
  mood_top_term_posts: {
    type: 'gauge',
    help: 'Posts with one of the most used terms of the sliding window, by event time. At most mood_top_terms_error_posts too low; exact if that is 0.',
    labels: ['extractor', 'topic', 'window', 'term'],
    feeds: 'src/runtime/collectors.ts',
  },
  mood_top_term_score: {
    type: 'gauge',
    help: 'Mean score, by the first scorer, of the posts with that term. Absent if none of them has a score.',
    labels: ['extractor', 'topic', 'window', 'term'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
  },
  mood_top_term_scored_posts: {
    type: 'gauge',
    help: 'Posts with that term that have a score by the first scorer: the weight of mood_top_term_score. Absent if none of them has a score.',
    labels: ['extractor', 'topic', 'window', 'term'],
    feeds: 'src/runtime/collectors.ts',
  },
  mood_top_terms_error_posts: {
    type: 'gauge',
    help: 'The most posts that a count of mood_top_term_posts may miss, because there were more terms than limits.terms; 0 means exact.',
    labels: ['extractor', 'topic', 'window'],
    feeds: 'src/runtime/collectors.ts',
  },
  mood_terms_evicted_total: {
    type: 'counter',
    help: 'Rare terms evicted because there were more than limits.terms.',
    labels: ['extractor'],
    feeds: 'src/state/state.ts',
  },
  mood_posts_over_term_limit_total: {
    type: 'counter',
    help: 'Posts of which some terms were not counted, because they had more than limits.terms_per_post.',
    labels: ['extractor'],
    feeds: 'src/pipeline/pipeline.ts',
  },
  mood_topic_alert_threshold: {
    type: 'gauge',
    help: 'Parameters of the alerting rules for a topic, from the configuration (alert). Absent for a topic whose alerts are off.',
    labels: ['topic', 'scorer', 'parameter'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
  },
  mood_sentiment_threshold: {
    type: 'gauge',
    help: 'The lowest positive and the highest negative score, from the configuration (sentiment).',
    labels: ['sentiment'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_post_delay_seconds: {
    type: 'histogram',
    help: 'Time from the writing of a post to the commit after which /metrics shows it.',
    labels: ['source'],
    unit: 'seconds',
    buckets: DELAY,
    feeds: 'src/state/state.ts',
  },
  mood_late_posts_total: {
    type: 'counter',
    help: 'Posts that arrived after their event-time window was complete: they count in the counters only.',
    labels: ['source', 'window'],
    feeds: 'src/state/state.ts',
  },
  mood_future_posts_total: {
    type: 'counter',
    help: 'Posts and rankings dated further ahead of the clock than limits.future: they count at the time of their arrival.',
    labels: ['source'],
    feeds: 'src/pipeline/pipeline.ts',
  },
  mood_posts_dropped_total: {
    type: 'counter',
    help: 'Records and posts not scored, by reason.',
    labels: ['source', 'reason'],
    feeds: 'src/pipeline/pipeline.ts',
    values: { reason: Object.keys(DROP_REASONS) },
  },
  mood_source_up: {
    type: 'gauge',
    help: 'Whether the source is connected, listening or reading (1) or not (0). A finished source is up.',
    labels: ['source'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_source_records_total: {
    type: 'counter',
    help: 'Records from the source, valid or not.',
    labels: ['source'],
    feeds: 'src/pipeline/pipeline.ts',
  },
  mood_source_bytes_total: {
    type: 'counter',
    help: 'Bytes of the records from the source.',
    labels: ['source'],
    unit: 'bytes',
    feeds: 'src/pipeline/pipeline.ts',
  },
  mood_source_posts_total: {
    type: 'counter',
    help: 'Posts decoded from records, each counted once, whatever its topics.',
    labels: ['source'],
    feeds: 'src/pipeline/pipeline.ts',
  },
  mood_source_reconnects_total: {
    type: 'counter',
    help: 'Reconnections of the source, by the reason of the outage.',
    labels: ['source', 'reason'],
    feeds: 'src/runtime/exporter.ts',
    values: { reason: Object.keys(OUTAGES) },
  },
  mood_source_gaps_total: {
    type: 'counter',
    help: 'Gaps in which the source was not connected while posts may have been written: filled (those were read afterwards) or lost (they may be missing).',
    labels: ['source', 'result'],
    feeds: 'src/runtime/exporter.ts',
    values: { result: Object.keys(GAP_RESULTS) },
  },
  mood_source_gap_seconds_total: {
    type: 'counter',
    help: 'Duration of those gaps, as far as the source knows.',
    labels: ['source', 'result'],
    unit: 'seconds',
    feeds: 'src/runtime/exporter.ts',
    values: { result: Object.keys(GAP_RESULTS) },
  },
  mood_source_failures_total: {
    type: 'counter',
    help: 'Failures of the source. After each it is restarted, with a back-off.',
    labels: ['source'],
    feeds: 'src/runtime/journal.ts',
  },
  mood_source_refused_total: {
    type: 'counter',
    help: 'Requests or connections that the source refused, by HTTP status or reason: a wrong token, a full queue, too many connections.',
    labels: ['source', 'reason'],
    feeds: 'src/runtime/exporter.ts',
  },
  mood_source_lag_records: {
    type: 'gauge',
    help: 'Records that are available and not yet read, if the transport reports them.',
    labels: ['source'],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_source_last_record_timestamp_seconds: {
    type: 'gauge',
    help: 'When the source last emitted a record. Absent before the first.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
    volatile: true,
  },
  mood_source_rate_limit_remaining: {
    type: 'gauge',
    help: 'Requests, or other units, that a rate limit of the service still allows until it is reset. Absent if the service does not report it.',
    labels: ['source', 'limit'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_source_credential_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the credentials of the source expire. Absent if they do not, or the source does not know.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_source_watermark_timestamp_seconds: {
    type: 'gauge',
    help: 'The watermark of the source: the event time up to which it is read. Absent before its first post.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
  },
  mood_ranking_snapshots_total: {
    type: 'counter',
    help: 'Snapshots of a ranking: counted, repeated (one of the same time was counted before) or late (older than those kept).',
    labels: ['source', 'result'],
    feeds: 'src/state/state.ts',
    values: { source: 'rankings', result: ['counted', 'repeated', 'late'] },
  },
  mood_ranking_snapshots_evicted_total: {
    type: 'counter',
    help: 'Snapshots evicted because there were more than rankings.snapshots: windows then hold fewer than they should.',
    labels: ['source'],
    feeds: 'src/state/state.ts',
    values: { source: 'rankings' },
  },
  mood_ranking_new_terms_total: {
    type: 'counter',
    help: 'Terms that entered a ranking and were not in it within its longest window.',
    labels: ['source'],
    feeds: 'src/state/state.ts',
    values: { source: 'rankings' },
  },
  mood_ranking_last_snapshot_timestamp_seconds: {
    type: 'gauge',
    help: 'When the latest snapshot of a ranking arrived.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'max',
    values: { source: 'rankings' },
  },
  mood_ranking_list_timestamp_seconds: {
    type: 'gauge',
    help: 'When the latest list was made, according to the service; if it does not say, when the list arrived.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'max',
    values: { source: 'rankings' },
  },
  mood_ranking_interval_seconds: {
    type: 'gauge',
    help: 'The usual time between two snapshots: the median over the latest twenty.',
    labels: ['source'],
    unit: 'seconds',
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'last',
    values: { source: 'rankings' },
  },
  mood_ranking_window_snapshots: {
    type: 'gauge',
    help: 'Snapshots in the window, of which mood_ranking_share_ratio is a share.',
    labels: ['source', 'window'],
    feeds: 'src/runtime/rankings/collectors.ts',
    values: { source: 'rankings', window: 'windows of rankings' },
  },
  mood_ranking_share_ratio: {
    type: 'gauge',
    help: 'Share of the snapshots of the window that hold the term, from 0 to 1. For the first rankings.top terms, and those of the current list.',
    labels: ['source', 'window', 'term'],
    unit: 'ratio',
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'last',
    values: { source: 'rankings', window: 'windows of rankings' },
  },
  mood_ranking_mean_rank: {
    type: 'gauge',
    help: 'Mean rank of the term over the snapshots of the window that hold it. 1 is the first.',
    labels: ['source', 'window', 'term'],
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'last',
    values: { source: 'rankings', window: 'windows of rankings' },
  },
  mood_ranking_rank: {
    type: 'gauge',
    help: 'Rank of the term in the latest list. Absent once that is older than the longest window.',
    labels: ['source', 'term'],
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'last',
    values: { source: 'rankings' },
  },
  mood_ranking_term_count: {
    type: 'gauge',
    help: 'How often the term was searched for, read or used, according to the service. Absent if it does not say.',
    labels: ['source', 'term'],
    feeds: 'src/runtime/rankings/collectors.ts',
    values: { source: 'rankings' },
  },
  mood_ranking_first_seen_timestamp_seconds: {
    type: 'gauge',
    help: 'When a term of the latest list was first listed, within the longest window.',
    labels: ['source', 'term'],
    unit: 'seconds',
    feeds: 'src/runtime/rankings/collectors.ts',
    merge: 'last',
    values: { source: 'rankings' },
  },
  mood_ranking_topic_terms: {
    type: 'gauge',
    help: 'Terms of the latest list that contain a keyword of the topic.',
    labels: ['source', 'topic'],
    feeds: 'src/runtime/rankings/collectors.ts',
    values: { source: 'rankings' },
  },
  mood_alert_notifications_total: {
    type: 'counter',
    help: 'Notifications from Alertmanager: taken (passed to outputs), repeated (within five minutes) or refused (not of version 4). Absent without the section alertmanager.',
    labels: ['result'],
    feeds: 'src/runtime/exporter.ts',
    values: { result: ['taken', 'repeated', 'refused'] },
  },
  mood_reports_total: {
    type: 'counter',
    help: 'Reports that were due: passed to outputs (sent), or left out because too many were due or their data is no longer kept (skipped).',
    labels: ['report', 'result'],
    feeds: 'src/runtime/exporter.ts',
    values: { result: ['sent', 'skipped'] },
  },
  mood_report_last_timestamp_seconds: {
    type: 'gauge',
    help: 'The due time of the last report that was sent.',
    labels: ['report'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
    volatile: true,
  },
  mood_output_up: {
    type: 'gauge',
    help: 'Whether the last write of the output succeeded (1) or failed (0). 1 before the first.',
    labels: ['output'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_output_events_total: {
    type: 'counter',
    help: 'Events by result: delivered, or dropped for one of the reasons in docs/outputs.md.',
    labels: ['output', 'result'],
    feeds: 'src/runtime/outputs/outputs.ts',
    values: { result: Object.keys(OUTPUT_RESULTS) },
  },
  mood_output_writes_total: {
    type: 'counter',
    help: 'Writes of the output by result: delivered, rejected or failed.',
    labels: ['output', 'result'],
    feeds: 'src/runtime/outputs/outputs.ts',
    values: { result: Object.keys(WRITE_RESULTS) },
  },
  mood_output_retries_total: {
    type: 'counter',
    help: 'Retries: writes of events that an earlier write failed to deliver.',
    labels: ['output'],
    feeds: 'src/runtime/outputs/outputs.ts',
  },
  mood_output_queue_events: {
    type: 'gauge',
    help: 'Events that wait in the queue of the output or are being written.',
    labels: ['output'],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_output_queue_bytes: {
    type: 'gauge',
    help: 'Bytes of those events, as JSON.',
    labels: ['output'],
    unit: 'bytes',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_output_last_delivery_timestamp_seconds: {
    type: 'gauge',
    help: 'When the output last delivered an event. Absent before the first.',
    labels: ['output'],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
    volatile: true,
  },
  mood_plugin_errors_total: {
    type: 'counter',
    help: 'Calls of a plugin that threw, returned an invalid result, took too long or ended their thread.',
    labels: ['kind', 'plugin', 'reason'],
    feeds: 'src/pipeline/call-guard.ts',
  },
  mood_plugin_seconds_total: {
    type: 'counter',
    help: 'Time spent in a plugin. Estimated from every 32nd call for plugins that are called post by post.',
    labels: ['kind', 'plugin'],
    unit: 'seconds',
    feeds: 'src/pipeline/call-guard.ts',
    // Sources are not timed: they run in their own threads, and mostly wait.
    values: { kind: ['format', 'scorer', 'extractor'] },
  },
  mood_folded_recordings_total: {
    type: 'counter',
    help: 'Recordings in metrics of a plugin that count as "other", because a label had too many values or a metric too many series.',
    labels: ['kind', 'plugin'],
    feeds: 'src/state/state.ts',
  },
  mood_worker_restarts_total: {
    type: 'counter',
    help: 'Worker threads replaced because they died or stopped answering.',
    labels: ['reason'],
    feeds: 'src/runtime/journal.ts',
    values: { reason: THREAD_FAILURES },
  },
  mood_workers: {
    type: 'gauge',
    help: 'Worker threads that are ready.',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_queue_batches: {
    type: 'gauge',
    help: 'Batches of records in flight: emitted by the source and not yet counted.',
    labels: ['source'],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_queue_bytes: {
    type: 'gauge',
    help: 'Bytes of those batches. At mood_queue_limit_bytes a source waits or drops records.',
    labels: ['source'],
    unit: 'bytes',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_queue_limit_bytes: {
    type: 'gauge',
    help: 'The limit of mood_queue_bytes for each source (limits.queue_bytes).',
    labels: [],
    unit: 'bytes',
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_slices_evicted_total: {
    type: 'counter',
    help: 'Slices of event-time windows closed early because more than limits.slices were open.',
    labels: ['window'],
    feeds: 'src/state/state.ts',
    values: { window: 'all windows' },
  },
  mood_log_lines_suppressed_total: {
    type: 'counter',
    help: 'Log lines suppressed because there were more than limits.log_lines a second of the same cause.',
    labels: ['cause'],
    feeds: 'src/runtime/journal.ts',
  },
  mood_log_lines_lost_total: {
    type: 'counter',
    help: 'Log lines that could not be written to standard error: the disk is full, or the pipe is not read.',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_http_requests_refused_total: {
    type: 'counter',
    help: 'Requests to the server that were refused, by HTTP status.',
    labels: ['code'],
    feeds: 'src/runtime/exporter.ts',
  },
  mood_state_restored: {
    type: 'gauge',
    help: 'Whether this process restored the counts of an earlier one (1) or began from zero (0). Absent without a state directory.',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_state_uncommitted_epochs: {
    type: 'gauge',
    help: 'Epochs counted and not yet committed. Near 0 unless the state cannot be written.',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_last_commit_timestamp_seconds: {
    type: 'gauge',
    help: 'When the state was last committed. Absent without a state directory.',
    labels: [],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'max',
    volatile: true,
  },
  mood_state_commits_total: {
    type: 'counter',
    help: 'Commits of the state by this process.',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_commit_seconds_total: {
    type: 'counter',
    help: 'Time that these commits took, until they were synced to disk.',
    labels: [],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_commit_failures_total: {
    type: 'counter',
    help: 'Commits that failed and were retried: a full disk, an error of the disk, or a time-out.',
    labels: ['reason'],
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_written_bytes_total: {
    type: 'counter',
    help: 'Bytes of epochs that this process committed.',
    labels: [],
    unit: 'bytes',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_compaction_seconds_total: {
    type: 'counter',
    help: 'Time spent on the compaction of committed epochs, in a thread of its own.',
    labels: [],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_state_size_bytes: {
    type: 'gauge',
    help: 'Bytes of the state directory: the database and its write-ahead log.',
    labels: [],
    unit: 'bytes',
    feeds: 'src/runtime/collectors.ts',
    volatile: true,
  },
  mood_config_last_reload_successful: {
    type: 'gauge',
    help: 'Whether the last reload of the configuration succeeded (1) or failed and the running one was kept (0).',
    labels: [],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_config_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the configuration was last loaded.',
    labels: [],
    unit: 'seconds',
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
  mood_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels are the versions of mood-exporter and of Node.js.',
    labels: ['version', 'node'],
    feeds: 'src/runtime/collectors.ts',
    merge: 'last',
    volatile: true,
  },
} as const satisfies Record<string, MetricDeclaration>

export type MetricName = keyof typeof METRICS

/** Names of the metrics of a type that are part of the state. */
type NamesOf<Type extends MetricDeclaration['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name] extends { volatile: true }
    ? never
    : (typeof METRICS)[Name]['type'] extends Type
      ? Name
      : never
}[MetricName]

export type CounterName = NamesOf<'counter'>
export type HistogramName = NamesOf<'histogram'>

/** How two values of a series are combined when states are merged. */
export const mergeRule = (name: MetricName): 'sum' | 'max' | 'last' =>
  (METRICS[name] as MetricDeclaration).merge ?? 'sum'
