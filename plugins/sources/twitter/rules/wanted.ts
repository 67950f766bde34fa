import type { TopicRule } from 'mood-exporter/plugin'
import { checked, type ExpressionOptions, expressionsOf, TopicRefused } from './expression.ts'

/** An expression, and the topics that a post which matches it is about. */
export interface WantedRule {
  readonly value: string
  readonly topics: readonly string[]
}

/** A topic that X does not look for, and why. */
export interface Refusal {
  readonly topic: string
  readonly reason: string
  /** The expression that was refused; absent where none could be made. */
  readonly value?: string | undefined
}

/** What is to be asked of X. */
export interface Wanted {
  readonly rules: readonly WantedRule[]
  readonly refused: readonly Refusal[]
}

/**
 * The expressions of topics. Topics of one expression share it, as X has each rule once.
 *
 * @param raw expressions that the user wrote, by topic, instead of those made of keywords
 */
export function wantedRules(
  topics: readonly TopicRule[],
  raw: Readonly<Record<string, readonly string[]>>,
  options: ExpressionOptions,
): Wanted {
  const refused: Refusal[] = []
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
