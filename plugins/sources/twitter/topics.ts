import { PluginError, type TopicRule } from 'mood-exporter/plugin'
import type { TwitterOptions } from './options.ts'
import { type Wanted, wantedRules } from './rules/wanted.ts'

type RuleOptions = Pick<
  TwitterOptions,
  'mode' | 'rules' | 'languages' | 'retweets' | 'sample' | 'rule_length' | 'query_length'
>

/** Makes what is asked of X of topics: rules of the stream, or queries. */
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

/** Makes the queries by which gaps of the stream are filled. A topic that the stream is not asked for has no gaps. */
export function searchedOf(options: RuleOptions): (topics: readonly TopicRule[]) => Wanted {
  const streamed = wantedOf(options)
  const searched = wantedOf({ ...options, mode: 'search', sample: undefined })
  return topics => {
    const missing = new Set(streamed(topics).refused.map(({ topic }) => topic))
    const { rules, refused } = searched(topics)
    return { rules, refused: refused.filter(({ topic }) => !missing.has(topic)) }
  }
}

/** @throws PluginError where there is nothing to ask for, or a rule is for a topic that is none */
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
