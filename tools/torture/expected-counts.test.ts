import { expect, test } from 'vitest'
import { parseSamples } from '../stack/samples.ts'
import { ExpectedCounts, lostAndDoubled } from './expected-counts.ts'
import type { KnownPost, RecordFault } from './records.ts'

const post = (id: string, topics: KnownPost['topics'], sentiment: KnownPost['sentiment']): KnownPost => ({
  id,
  topics,
  sentiment,
})

const record = (posts: KnownPost[], fault: RecordFault | null = null) => ({
  bytes: Buffer.alloc(0),
  posts,
  fault,
})

function written(): ExpectedCounts {
  const expected = new ExpectedCounts(['live'])
  expected.add('live', record([post('a', ['galaxy'], 'positive'), post('b', ['galaxy', 'nova'], 'unknown')]))
  expected.add('live', record([post('a', ['galaxy'], 'positive')]))
  expected.add('live', record([post('c', [], 'negative')]))
  expected.add('live', record([], 'oversized'))
  return expected
}

const SHOWN = `
# TYPE mood_source_records_total counter
mood_source_records_total{source="live"} 5
mood_source_posts_total{source="live"} 4
mood_posts_dropped_total{source="live",reason="duplicate"} 1
mood_posts_dropped_total{source="live",reason="off_topic"} 1
mood_posts_dropped_total{source="live",reason="oversized"} 1
mood_posts_dropped_total{source="live",reason="invalid"} 0
mood_posts_total{source="live",topic="galaxy",lang="en",scorer="afinn",sentiment="positive"} 1
mood_posts_total{source="live",topic="galaxy",lang="en",scorer="afinn",sentiment="unknown"} 0
mood_posts_total{source="live",topic="galaxy",lang="other",scorer="afinn",sentiment="unknown"} 1
mood_posts_total{source="live",topic="nova",lang="other",scorer="afinn",sentiment="unknown"} 1
mood_positivity_ratio_count{source="live",topic="galaxy",scorer="afinn"} 1
mood_post_delay_seconds_count{source="live"} 2
`

const compared = (expected: ExpectedCounts, text: string) => expected.compare(parseSamples(text), ['live'])

test('each record counts as its posts, which may be duplicates or off topic, or as its fault', () => {
  expect(compared(written(), SHOWN)).toEqual([])
  expect(written().records).toBe(5)
  expect(written().posts).toBe(4)
})

test('only sources that de-duplicate drop a post that comes again', () => {
  const expected = new ExpectedCounts(['live'])
  for (let i = 0; i < 2; i++) expected.add('plain', record([post('a', ['galaxy'], 'neutral')]))
  const [labels] = [{ source: 'plain', topic: 'galaxy', sentiment: 'neutral' }]
  expect(expected.written('mood_posts_total', labels)).toBe(2)
})

test('missing counts are lost, excess counts are doubled, each with its series', () => {
  const text = SHOWN.replace('sentiment="positive"} 1', 'sentiment="positive"} 3').replace(
    'reason="duplicate"} 1',
    'reason="duplicate"} 0',
  )
  const differences = compared(written(), text)
  expect(differences).toMatchObject([
    { series: 'mood_posts_total{source="live",topic="galaxy",sentiment="positive"}', written: 1, shown: 3 },
    { series: 'mood_posts_dropped_total{source="live",reason="duplicate"}', written: 1, shown: 0 },
  ])
  expect(lostAndDoubled(differences)).toEqual({ lost: 1, doubled: 2 })
})

test('a series that was never written is too much', () => {
  const text = `${SHOWN}mood_posts_total{source="live",topic="comet",lang="en",scorer="afinn",sentiment="neutral"} 2\n`
  expect(compared(written(), text)).toMatchObject([{ labels: { topic: 'comet' }, written: 0, shown: 2 }])
  expect(written().excess(parseSamples(text), ['live'], new Set())).toHaveLength(1)
  expect(written().excess(parseSamples(text), ['live'], new Set(['comet']))).toEqual([])
})

test('a removed topic is deleted, and begins at zero when it is added again', () => {
  const expected = written()
  expected.forget('galaxy')
  const without = SHOWN.replaceAll(/^.*topic="galaxy".*\n/gm, '')
  expect(compared(expected, without)).toEqual([])
  expected.add('live', record([post('z', ['galaxy'], 'neutral')]))
  const labels = { source: 'live', topic: 'galaxy', sentiment: 'neutral' }
  expect(expected.written('mood_posts_total', labels)).toBe(1)
})

test('where records come one by one an array is one of them, and an empty one is no post', () => {
  const expected = new ExpectedCounts([], false)
  expected.add('posts', record([post('a', ['galaxy'], 'positive'), post('b', ['nova'], 'positive')]))
  expected.add('posts', record([]))
  expected.add('posts', record([], 'invalid'))
  expect(expected.written('mood_source_records_total', { source: 'posts' })).toBe(3)
  expect(expected.written('mood_source_posts_total', { source: 'posts' })).toBe(2)
  expect(expected.written('mood_posts_dropped_total', { source: 'posts', reason: 'not_a_post' })).toBe(1)
  expect(expected.written('mood_posts_dropped_total', { source: 'posts', reason: 'invalid' })).toBe(1)
})
