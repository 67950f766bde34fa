import { testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import afinn from '../../plugins/scorers/afinn/index.ts'
import { TopicMatcher } from '../../src/pipeline/topics.ts'
import { Random } from './random.ts'
import { SENTIMENTS, TEXTS, textOf } from './texts.ts'
import { LASTING, TOPICS, type Topic } from './topics.ts'

const topics = Object.keys(TOPICS) as Topic[]
const matcher = new TopicMatcher(topics.map(name => ({ name, any: [...TOPICS[name]] })))
const { score } = await testScorer(afinn)

/** Where the exporter cuts scores, by default. */
function sentimentOf(value: number | null): string {
  if (value === null) return 'unknown'
  return value >= 0.05 ? 'positive' : value <= -0.05 ? 'negative' : 'neutral'
}

const about: Topic[][] = [[], ...topics.map(topic => [topic]), LASTING.slice(0, 2), ['comet', 'galaxy']]

test.each(SENTIMENTS)('the scorer and the topics find in a text what the model says: %s', async sentiment => {
  const random = new Random(7)
  for (const expected of about) {
    for (let i = 0; i < 40 * TEXTS[sentiment].length; i++) {
      const text = textOf(sentiment, expected, random)
      expect(sentimentOf(await score(text)), text).toBe(sentiment)
      const found = matcher.match(text).map(place => topics[place])
      expect(found.sort(), text).toEqual([...expected].sort())
    }
  }
})
