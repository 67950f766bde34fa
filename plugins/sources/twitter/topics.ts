import { PluginError, type TopicRule } from 'mood-exporter/plugin'
import type { TwitterOptions } from './options.ts'
import { type Wanted, wantedRules } from './rules/wanted.ts'

type RuleOptions = Pick<
  TwitterOptions,
  'mode' | 'rules' | 'languages' | 'retweets' | 'sample' | 'rule_length' | 'query_length'
>

/** Returns a function that makes rules of the stream, or queries, from topics. */
export function wantedOf(options: RuleOptions): (topics: readonly TopicRule[]) => Wanted {
  const { mode, languages = [], retweets, sample, rule_length, query_length } = options
  const raw = Object.fromEntries(
    Object.entries(options.rules).map(([topic, rules]) => [
      topic,
      typeof rules === 'string' ? [rules] : rules,
    ]),
  )
  const maxLength = mode === 'stream' ? rule_length : query_length
  return topics => wantedRules(topics, raw, { maxLength, languages, retweets, sample })
}

/** Makes the queries to fill gaps of the stream. A topic without rules has no gaps. */
export function searchedOf(options: RuleOptions): (topics: readonly TopicRule[]) => Wanted {
  const streamed = wantedOf(options)
  const searched = wantedOf({ ...options, mode: 'search', sample: undefined })
  return topics => {
    const missing = new Set(streamed(topics).refused.map(({ topic }) => topic))
    const { rules, refused } = searched(topics)
    return { rules, refused: refused.filter(({ topic }) => !missing.has(topic)) }
  }
}

/** @throws PluginError if there is nothing to request, or a rule names an unknown topic */
export function requireTopics(topics: readonly TopicRule[], options: RuleOptions): void {
  const names = new Set(topics.map(({ name }) => name))
  const unknown = Object.keys(options.rules).find(name => !names.has(name))
  if (unknown !== undefined)
    throw new PluginError(
      'ERR_TWITTER_RULES',
      `rules: there is no topic "${unknown}"; the topics are ${[...names].join(', ') || 'none'}`,
    )
  const { rules, refused } = wantedOf(options)(topics)
  if (rules.length > 0) return
  const reasons = refused.map(({ topic, reason }) => `"${topic}": ${reason}`).join('; ')
  throw new PluginError(
    'ERR_TWITTER_TOPICS',
    `topics: expected one that X can be asked for, got ${reasons || 'none'}`,
  )
}
