import type { TopicRule } from '../plugin/topics.ts'
import type { StateShape } from '../state/shape.ts'
import type { SamplePlan } from './sampling.ts'

/** A plugin to be made: what the configuration says of it, options not yet validated. */
export interface PluginSpec {
  use: string
  /** The instance's name: the value of its label. */
  name: string
  options: Record<string, unknown>
}

export type TopicSpec = TopicRule

/** All that a worker needs to know to map batches to deltas. Plain data, so that it can be handed to a thread. */
export interface Plan {
  /** Folder of the configuration file: where relative paths start. */
  baseDir: string
  /** In the order that batches name them by. */
  sources: {
    name: string
    format: PluginSpec
    dedupe: boolean
    /** Whether its format has rankings and no posts. */
    rankings?: boolean
  }[]
  /** How posts are sampled for outputs; not at all where absent. */
  samples?: SamplePlan
  /** Where there are none, of `trending` neither, every post counts under `all`. */
  topics: TopicSpec[]
  /** Topics whose keywords are the terms of a ranking. */
  trending?: TrendingSpec[]
  scorers: PluginSpec[]
  extractors: PluginSpec[]
  /** Where posts go instead of being scored, of `mood-exporter relay`. */
  relay: PluginSpec | null
  shape: StateShape
  languages: { labels: string[]; detect: boolean }
  /** Scores from `positive` up, and from `negative` down. */
  sentiment: { positive: number; negative: number }
  /** Milliseconds. */
  pluginTimeout: number
  /** How long plugins may take to be loaded and created, in milliseconds. */
  createTimeout: number
  /** Milliseconds that a post may lie ahead of the clock. */
  future: number
  termsPerPost: number
  /** Bytes of batches that one source may have on their way. */
  queueBytes: number
  logLines: number
  /** Memory of {@link SeenIds}, shared by all workers. */
  seenIds: SharedArrayBuffer | null
}

/** A topic whose keywords are the first terms of the present list of a source. */
export interface TrendingSpec {
  name: string
  source: string
  top: number
}

/** The topic of every post where none is configured. */
export const ALL_TOPICS: TopicSpec = { name: 'all' }

/** All topics, those with keywords of their own first. */
export const topicsOf = ({ topics, trending = [] }: Pick<Plan, 'topics' | 'trending'>): { name: string }[] =>
  topics.length + trending.length > 0 ? [...topics, ...trending] : [ALL_TOPICS]

/** The label of languages that are not configured, and of posts whose language is not known. */
export const OTHER_LANGUAGE = 'other'
