import type { Random } from './random.ts'
import { TOPICS, type Topic } from './topics.ts'

export type Sentiment = 'positive' | 'neutral' | 'negative' | 'unknown'

/**
 * Texts with a certain sentiment under the scorer `afinn`; `@` is replaced by the words of the topics. Those of
 * `unknown` contain no word in Latin letters.
 */
export const TEXTS: Record<Sentiment, readonly string[]> = {
  positive: ['I love @', '@ is wonderful', 'what a great @', 'happy with @', 'not bad @', '@ 😍 love'],
  neutral: ['the @ on the table', 'a window and @', '@ in the paper', 'seven of @ by the river'],
  negative: ['I hate @', '@ is awful', 'what a terrible @', 'sad about @', 'not good @', 'so bad, @'],
  unknown: ['@ 오늘 나왔다', '지금 @ 봤다', '@ 에 대해서'],
}

export const SENTIMENTS = Object.keys(TEXTS) as Sentiment[]

/** Neutral words about no topic, to make texts longer. */
export const FILLERS = [
  'table',
  'window',
  'paper',
  'river',
  'seven',
  'door',
  'the',
  'of',
  'between',
  'yellow',
]

/** The subjects of posts about no topic. */
const OFF_TOPIC = { latin: 'weather', hangul: '날씨' }

/** The number of different hashtags: more than a term table keeps. */
const HASHTAGS = 3000

/** A text about those topics, or about none, with that sentiment. */
export function textOf(sentiment: Sentiment, topics: readonly Topic[], random: Random): string {
  const words =
    sentiment === 'unknown'
      ? topics.map(topic => TOPICS[topic][1]).join(' ') || OFF_TOPIC.hangul
      : topics.map(topic => TOPICS[topic][0]).join(' ') || OFF_TOPIC.latin
  const text = random.pick(TEXTS[sentiment]).replace('@', words)
  if (sentiment === 'unknown') return text
  const fillers = Array.from({ length: random.integer(0, 12) }, () => random.pick(FILLERS))
  const tags = Array.from({ length: random.integer(0, 3) }, () => `#tag${random.integer(1, HASHTAGS)}`)
  return [text, ...fillers, ...tags].join(' ')
}
