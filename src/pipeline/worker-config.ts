import type { TopicRule } from '../plugin/topics.ts'
import type { StateShape } from '../state/shape.ts'
import type { SampleConfig } from './sampling.ts'

/** A plugin to create, from the configuration. The options are not yet validated. */
export interface PluginSpec {
  use: string
  /** The name of the instance: the value of its label. */
  name: string
  options: Record<string, unknown>
}

export type TopicSpec = TopicRule

/**
 * The configuration of a worker: all it needs to map batches to deltas. Plain data, so that it can be sent to a
 * thread.
 */
export interface WorkerConfig {
  /** The folder of the configuration file. Relative paths start there. */
  baseDir: string
  /** In the order of the index in `Job.source`. */
  sources: {
    name: string
    format: PluginSpec
    dedupe: boolean
    /** Whether its format has rankings instead of posts. */
    rankings?: boolean
  }[]
  /** How posts are sampled for outputs; absent if they are not. */
  samples?: SampleConfig
  /** If this and `trending` are empty, every post counts under `all`. */
  topics: TopicSpec[]
  /** Topics whose keywords are the terms of a ranking. */
  trending?: TrendingSpec[]
  scorers: PluginSpec[]
  extractors: PluginSpec[]
  /** Receives posts instead of scorers, in `mood-exporter relay`. */
  relay: PluginSpec | null
  shape: StateShape
  languages: { labels: string[]; detect: boolean }
  /** The thresholds of scores: `positive` and above, `negative` and below. */
  sentiment: { positive: number; negative: number }
  /** `limits.plugin_timeout`, milliseconds. */
  pluginTimeout: number
  /** `limits.create_timeout`, milliseconds. */
  createTimeout: number
  /** `limits.future`: how far a post may be ahead of the clock, in milliseconds. */
  future: number
  termsPerPost: number
  /** `limits.queue_bytes`: bytes of batches in flight that one source may have. */
  queueBytes: number
  logLines: number
  /** Memory of {@link SeenIds}, shared by all workers. */
  seenIds: SharedArrayBuffer | null
}

/** A topic whose keywords are the first terms of the current list of a source. */
export interface TrendingSpec {
  name: string
  source: string
  top: number
}

/** The topic of every post if none is configured. */
export const ALL_TOPICS: TopicSpec = { name: 'all' }

/** All topics, those with fixed keywords first. */
export const topicsOf = ({
  topics,
  trending = [],
}: Pick<WorkerConfig, 'topics' | 'trending'>): { name: string }[] =>
  topics.length + trending.length > 0 ? [...topics, ...trending] : [ALL_TOPICS]

/** The label of languages that are not configured, and of unknown ones. */
export const OTHER_LANGUAGE = 'other'
