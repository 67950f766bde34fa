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
  sources: { name: string; format: PluginSpec; dedupe: boolean }[]
  /** Empty: every post counts under `all`. */
  /** How posts are sampled for outputs; not at all where absent. */
  samples?: SamplePlan
  topics: TopicSpec[]
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

/** The topic of every post where none is configured. */
export const ALL_TOPICS: TopicSpec = { name: 'all' }

export const topicsOf = (plan: Pick<Plan, 'topics'>): TopicSpec[] =>
  plan.topics.length > 0 ? plan.topics : [ALL_TOPICS]

/** The label of languages that are not configured, and of posts whose language is not known. */
export const OTHER_LANGUAGE = 'other'
