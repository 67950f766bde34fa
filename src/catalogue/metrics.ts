/** One declared metric: from this come the exposition, its HELP and UNIT, and docs/metrics.md. */
export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One sentence or two that tell an operator what the number says. */
  readonly help: string
  readonly labels: readonly string[]
  /** The base unit, which the name then carries as its suffix. */
  readonly unit?: 'seconds' | 'bytes' | 'ratio'
  /** Upper bounds of a histogram's buckets, without +Inf. */
  readonly buckets?: readonly number[]
}

/**
 * Bounds of the positivity histogram: (score + 1) / 2, so that the default cuts at ±0.05 are bounds of their own
 * (0.475 and 0.525) and the three sentiments can be read off the buckets.
 */
const POSITIVITY = [0.05, 0.1, 0.2, 0.3, 0.4, 0.475, 0.525, 0.6, 0.7, 0.8, 0.9, 0.95, 1]

/** Bounds of how far scorers part: 0.05 is as far as neutral reaches on each side. */
const DISAGREEMENT = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1]

const DELAY = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400]

/** Why a record or a post was not scored. */
export const DROP_REASONS = {
  invalid: 'the format could not read the record',
  encoding: 'the record is not valid UTF-8',
  oversized: 'the record is longer than limits.record_bytes',
  not_a_post: 'the record is sound but holds no post: a keep-alive, a deletion notice',
  plugin: 'the format failed, or never answered, on this record',
  duplicate: 'a post with the same id was counted already',
  off_topic: 'the post matches no topic',
  overflow: 'the queue was full and the source could not wait',
} as const

export type DropReason = keyof typeof DROP_REASONS

export const METRICS = {
  mood_posts_total: {
    type: 'counter',
    help: 'Posts scored. A post counts once for each topic it matches and each scorer, so sums over those count it again; mood_source_posts_total counts each post once.',
    labels: ['source', 'topic', 'lang', 'scorer', 'sentiment'],
  },
  mood_positivity_ratio: {
    type: 'histogram',
    help: 'Scores of posts as (score + 1) / 2: 0 is most negative, 0.5 neutral, 1 most positive. The mean score over 5 minutes is 2 * rate(_sum[5m]) / rate(_count[5m]) - 1.',
    labels: ['source', 'topic', 'scorer'],
    unit: 'ratio',
    buckets: POSITIVITY,
  },
  mood_posts_by_emotion_total: {
    type: 'counter',
    help: 'Posts that show an emotion, by scorers that know of emotions. A post may show several, or none.',
    labels: ['source', 'topic', 'scorer', 'emotion'],
  },
  mood_scorer_disagreement_ratio: {
    type: 'histogram',
    help: 'How far the scorers that a scorer is made of part over a post: half of the distance between the highest and the lowest score. 0 is agreement, 1 is opposite ends.',
    labels: ['source', 'topic', 'scorer'],
    unit: 'ratio',
    buckets: DISAGREEMENT,
  },
  mood_window_posts: {
    type: 'gauge',
    help: 'Posts of the last complete event-time window, by when they were written.',
    labels: ['topic', 'scorer', 'sentiment', 'window'],
  },
  mood_window_score: {
    type: 'gauge',
    help: 'Mean score, from -1 to 1, of the posts of the last complete event-time window. Absent for a window without scores.',
    labels: ['topic', 'scorer', 'window'],
  },
  mood_window_end_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last complete event-time window ended, by event time.',
    labels: ['window'],
    unit: 'seconds',
  },
  mood_top_term_posts: {
    type: 'gauge',
    help: 'Posts with one of the most used terms of the sliding window, by event time. At most mood_top_terms_error_posts too few; exact where that is 0.',
    labels: ['extractor', 'topic', 'window', 'term'],
  },
  mood_top_term_score: {
    type: 'gauge',
    help: 'Mean score, by the first scorer, of the posts with that term. Absent where none of them has a score.',
    labels: ['extractor', 'topic', 'window', 'term'],
  },
  mood_top_terms_error_posts: {
    type: 'gauge',
    help: 'The most posts that a count of mood_top_term_posts may miss, because there were more terms than limits.terms; 0 means exact.',
    labels: ['extractor', 'topic', 'window'],
  },
  mood_terms_forgotten_total: {
    type: 'counter',
    help: 'Rare terms forgotten because there were more than limits.terms.',
    labels: ['extractor'],
  },
  mood_posts_over_term_limit_total: {
    type: 'counter',
    help: 'Posts of which some terms were not counted, because they had more than limits.terms_per_post.',
    labels: ['extractor'],
  },
  mood_topic_alert_threshold: {
    type: 'gauge',
    help: 'What the alerting rules judge a topic by, as the configuration has it (alert). Absent for a topic whose alerts are off.',
    labels: ['topic', 'scorer', 'parameter'],
  },
  mood_post_delay_seconds: {
    type: 'histogram',
    help: 'Time from when a post was written to when it was counted.',
    labels: ['source'],
    unit: 'seconds',
    buckets: DELAY,
  },
  mood_late_posts_total: {
    type: 'counter',
    help: 'Posts that came after their event-time window was complete: kept in the counters, left out of that window.',
    labels: ['source', 'window'],
  },
  mood_future_posts_total: {
    type: 'counter',
    help: 'Posts written further ahead of the clock than limits.future: counted as written when they came.',
    labels: ['source'],
  },
  mood_posts_dropped_total: {
    type: 'counter',
    help: 'Records and posts not scored, by reason.',
    labels: ['source', 'reason'],
  },
  mood_source_up: {
    type: 'gauge',
    help: 'Whether the source is connected, listening or reading (1) or not (0). A source that has read all it had is up.',
    labels: ['source'],
  },
  mood_source_records_total: {
    type: 'counter',
    help: 'Records as they came from the source, sound or not.',
    labels: ['source'],
  },
  mood_source_bytes_total: {
    type: 'counter',
    help: 'Bytes of the records as they came from the source.',
    labels: ['source'],
    unit: 'bytes',
  },
  mood_source_posts_total: {
    type: 'counter',
    help: 'Posts decoded from records, each counted once whatever topics it matches.',
    labels: ['source'],
  },
  mood_source_reconnects_total: {
    type: 'counter',
    help: 'Times that the source came up again after it had been down.',
    labels: ['source'],
  },
  mood_source_failures_total: {
    type: 'counter',
    help: 'Times that the source gave up, and was started again after a back-off.',
    labels: ['source'],
  },
  mood_source_refused_total: {
    type: 'counter',
    help: 'Requests or connections that the source turned away, by HTTP status or reason: a wrong token, a full queue, too many connections.',
    labels: ['source', 'reason'],
  },
  mood_source_lag_records: {
    type: 'gauge',
    help: 'Records that wait at the other end, where the transport knows.',
    labels: ['source'],
  },
  mood_source_watermark_timestamp_seconds: {
    type: 'gauge',
    help: 'How far event time has come in this source. Absent until it has handed over a post.',
    labels: ['source'],
    unit: 'seconds',
  },
  mood_plugin_errors_total: {
    type: 'counter',
    help: 'Calls of a plugin that threw, answered rubbish, took too long or ended their thread.',
    labels: ['kind', 'plugin', 'reason'],
  },
  mood_plugin_seconds_total: {
    type: 'counter',
    help: 'Time spent in a plugin. Estimated from every 32nd call for plugins that are called post by post.',
    labels: ['kind', 'plugin'],
    unit: 'seconds',
  },
  mood_worker_restarts_total: {
    type: 'counter',
    help: 'Worker threads replaced because they died or stopped answering.',
    labels: ['reason'],
  },
  mood_workers: {
    type: 'gauge',
    help: 'Worker threads that are ready.',
    labels: [],
  },
  mood_queue_batches: {
    type: 'gauge',
    help: 'Batches of records handed over by the source and not yet counted.',
    labels: ['source'],
  },
  mood_queue_bytes: {
    type: 'gauge',
    help: 'Bytes of those batches. A source waits, or drops, at mood_queue_limit_bytes.',
    labels: ['source'],
    unit: 'bytes',
  },
  mood_queue_limit_bytes: {
    type: 'gauge',
    help: 'What limits.queue_bytes allows each source.',
    labels: [],
    unit: 'bytes',
  },
  mood_panes_evicted_total: {
    type: 'counter',
    help: 'Parts of event-time windows closed early because more than limits.panes were open.',
    labels: ['window'],
  },
  mood_log_lines_suppressed_total: {
    type: 'counter',
    help: 'Log lines not written because there were more than limits.log_lines a second of their kind.',
    labels: ['cause'],
  },
  mood_http_requests_refused_total: {
    type: 'counter',
    help: 'Requests to the server that were refused, by HTTP status.',
    labels: ['code'],
  },
  mood_config_last_reload_successful: {
    type: 'gauge',
    help: 'Whether the last attempt to load the configuration worked (1) or the old one was kept (0).',
    labels: [],
  },
  mood_config_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the configuration was last loaded.',
    labels: [],
    unit: 'seconds',
  },
  mood_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say which version of mood-exporter runs on which Node.js.',
    labels: ['version', 'node'],
  },
} as const satisfies Record<string, MetricDeclaration>

export type MetricName = keyof typeof METRICS
