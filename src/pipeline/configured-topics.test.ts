import { expect, test } from 'vitest'
import { ConfiguredTopics } from './configured-topics.ts'

const galaxy = { name: 'galaxy', any: ['galaxy'] }
const trending = { name: 'trending', source: 'signal', top: 2 }

const places = (topics: ConfiguredTopics, text: string, named?: string[]) =>
  topics.of({ text, createdAt: 0, topics: named })

test('without topics every post matches the single default topic', () => {
  const topics = new ConfiguredTopics({ topics: [] })
  expect(places(topics, 'anything')).toEqual([0])
  expect(places(topics, 'anything', ['all'])).toEqual([0])
})

test('the keywords of a topic are the current first terms of a ranking', () => {
  const topics = new ConfiguredTopics({ topics: [galaxy], trending: [trending] })
  expect(places(topics, 'kettle')).toEqual([])
  topics.trends({ signal: ['kettle', '전기 주전자', 'spoon'] })
  expect(places(topics, 'a kettle')).toEqual([1])
  expect(places(topics, '전기주전자는 galaxy')).toEqual([0, 1])
  expect(places(topics, 'a spoon')).toEqual([])
  topics.trends({ signal: ['spoon'] })
  expect(places(topics, 'a kettle')).toEqual([])
  expect(places(topics, 'a spoon')).toEqual([1])
  topics.trends({ signal: [] })
  expect(places(topics, 'a spoon')).toEqual([])
})

test('the terms that a post mentions are known until the next post', () => {
  const other = { name: 'other', source: 'nate', top: 10 }
  const topics = new ConfiguredTopics({ topics: [galaxy], trending: [trending, other] })
  topics.trends({ signal: ['kettle', 'spoon'], nate: ['spoon', 'first snow'] })
  expect(places(topics, 'Kettle, spoon and #FirstSnow')).toEqual([1, 2])
  expect(topics.mentioned).toEqual(['kettle', 'spoon', 'first snow'])
  expect(places(topics, 'galaxy')).toEqual([0])
  expect(topics.mentioned).toEqual([])
})

test('if it is the only topic, a post without its terms is off topic', () => {
  const topics = new ConfiguredTopics({ topics: [], trending: [trending] })
  expect(places(topics, 'kettle')).toEqual([])
  topics.trends({ signal: ['kettle'] })
  expect(places(topics, 'kettle')).toEqual([0])
})

test('a term that cannot be a keyword does not match everything', () => {
  const topics = new ConfiguredTopics({ topics: [], trending: [trending] })
  topics.trends({ signal: ['\ufe0f', '\u200b'] })
  expect(places(topics, 'anything')).toEqual([])
})

test('a source may name a topic that takes its keywords from a ranking', () => {
  const topics = new ConfiguredTopics({ topics: [galaxy], trending: [trending] })
  expect(places(topics, 'kettle', ['trending'])).toEqual([1])
})
