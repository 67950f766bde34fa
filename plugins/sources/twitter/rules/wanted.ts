import type { TopicRule } from 'mood-exporter/plugin'
import { checked, type ExpressionOptions, expressionsOf, TopicRefused } from './expression.ts'

/** An expression, and the topics of posts that match it. */
export interface WantedRule {
  readonly value: string
  readonly topics: readonly string[]
}

/** A topic that X is not asked for, and the reason. */
export interface RefusedTopic {
  readonly topic: string
  readonly reason: string
  /** The rejected expression; absent if none could be made. */
  readonly value?: string | undefined
}

/** The expressions to send to X. */
export interface Wanted {
  readonly rules: readonly WantedRule[]
  readonly refused: readonly RefusedTopic[]
}

/**
 * The expressions of topics. Topics with the same expression share it, as X stores each rule once.
 *
 * @param raw expressions from the configuration, by topic, instead of those made from keywords
 */
export function wantedRules(
  topics: readonly TopicRule[],
  raw: Readonly<Record<string, readonly string[]>>,
  options: ExpressionOptions,
): Wanted {
  const refused: RefusedTopic[] = []
  const byValue = new Map<string, string[]>()
  for (const topic of topics) {
    const { name } = topic
    try {
      const own = Object.hasOwn(raw, name) ? raw[name] : undefined
      const values = own?.map(value => checked(value, options.maxLength)) ?? expressionsOf(topic, options)
      for (const value of new Set(values)) byValue.set(value, [...(byValue.get(value) ?? []), name])
    } catch (error) {
      if (!(error instanceof TopicRefused)) throw error
      refused.push({ topic: name, reason: error.message })
    }
  }
  return { rules: [...byValue].map(([value, topics]) => ({ value, topics })), refused }
}
