import type { Log, PluginMetrics, TopicRule } from 'mood-exporter/plugin'
import type { metrics } from './metrics.ts'
import type { RefusedTopic, Wanted, WantedRule } from './rules/wanted.ts'

export interface QueriesSettings {
  /** Makes the queries of topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  /** Called for each topic that X is not asked for. */
  onRefused: (refused: RefusedTopic) => void
  /** Called when their number may have changed. */
  onCount?: (refusedTopics: number) => void
}

/** The queries of the topics, without those that X rejects. */
export class Queries {
  readonly #settings: QueriesSettings
  #current: readonly WantedRule[] = []
  readonly #refused = new Set<string>()

  constructor(settings: QueriesSettings) {
    this.#settings = settings
    this.topics(settings.topics)
  }

  get current(): readonly WantedRule[] {
    return this.#current
  }

  /** Topics that X is not asked for, or not by all of their queries. */
  get refusedTopics(): number {
    return this.#refused.size
  }

  topics(topics: readonly TopicRule[]): void {
    const { rules, refused } = this.#settings.wanted(topics)
    this.#current = rules
    this.#refused.clear()
    for (const topic of refused) this.#refuse(topic)
    this.#settings.onCount?.(this.#refused.size)
  }

  /** X rejects a query: it is not sent again until the topics change. */
  refuse(value: string, topics: readonly string[], reason: string): void {
    this.#current = this.#current.filter(query => query.value !== value)
    for (const topic of topics) this.#refuse({ topic, reason, value })
    this.#settings.onCount?.(this.#refused.size)
  }

  #refuse(refused: RefusedTopic): void {
    this.#refused.add(refused.topic)
    this.#settings.onRefused(refused)
  }
}

/** Queries. Topics that X rejects are logged as errors, and counted. */
export const countedQueries = ({
  log,
  metrics: { refused_topics },
  ...settings
}: Pick<QueriesSettings, 'wanted' | 'topics'> & {
  log: Log
  metrics: Pick<PluginMetrics<typeof metrics>, 'refused_topics'>
}): Queries =>
  new Queries({
    ...settings,
    onRefused: ({ topic, reason, value }) =>
      log.error(
        `X is not asked for the topic "${topic}": ${reason}`,
        value === undefined ? {} : { query: value },
      ),
    onCount: refusedTopics => refused_topics.set(refusedTopics),
  })
