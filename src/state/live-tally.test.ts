import { expect, test } from 'vitest'
import { labelKey } from './label-key.ts'
import { type LiveShape, LiveTally } from './live-tally.ts'
import { Tally } from './tally.ts'

const MINUTE = { label: '1m', size: 60_000, slide: 10_000 }
const shape = (more: Partial<LiveShape> = {}): LiveShape => ({
  windows: [{ ...MINUTE, lateness: 0 }],
  extractors: [{ name: 'hashtags', top: 10, windows: [MINUTE] }],
  terms: 10,
  panes: 100,
  idle: 3_600_000,
  ...more,
})
const KNOWN = { sources: new Set(['demo']), topics: new Set(['all']), scorers: new Set(['afinn']) }

/** A delta with so many different terms. */
function delta(terms: number): Tally {
  const tally = new Tally({ windows: [], extractors: [{ name: 'hashtags', grain: 10_000 }], terms: 1000 })
  for (let i = 0; i < terms; i++) tally.terms.get('hashtags')?.at(0, 'all').observe(`#${i}`, null)
  return tally
}

function error(live: LiveTally, terms: number): number | undefined {
  for (const [extractor, encoded] of delta(terms).encode().terms)
    for (const one of encoded) live.mergeTerms(extractor, one)
  live.watermarks.observe('demo', '', 5000, 5000)
  live.advance(5000)
  live.refreshTerms(1000)
  return live.terms.get('hashtags')?.[0]?.topics.get('all')?.error
}

test('a reload with a higher limit of terms keeps more of them', () => {
  const live = new LiveTally(shape())
  expect(error(live, 200)).toBeGreaterThan(0)
  live.reshape(shape({ terms: 500 }), KNOWN)
  expect(error(live, 200)).toBe(0)
})

test('a reload with a shorter idle time lets go of silent sources sooner', () => {
  const live = new LiveTally(shape())
  live.watermarks.observe('silent', '', 0, 0)
  live.watermarks.observe('demo', '', 30_000, 30_000)
  expect(live.watermarks.current(30_000)).toBe(0)
  live.reshape(shape({ idle: 1000 }), KNOWN)
  expect(live.watermarks.current(30_000)).toBe(30_000)
})

test('a reload that changes nothing of a window keeps what it holds', () => {
  const live = new LiveTally(shape())
  error(live, 5)
  live.reshape(shape(), KNOWN)
  expect(live.terms.get('hashtags')?.[0]?.topics.get('all')?.terms).toHaveLength(5)
  live.reshape(shape(), { ...KNOWN, topics: new Set(['other']) })
  expect(live.terms.get('hashtags')?.[0]?.topics.size).toBe(0)
})

test('with the first post of a kind the counters of all sentiments begin, the others at 0', () => {
  const live = new LiveTally(shape())
  const one = new Tally({ windows: [], extractors: [], terms: 0 })
  const key = (sentiment: string) => labelKey('demo', 'all', 'en', 'afinn', sentiment)
  one.counter('mood_posts_total').add(key('positive'), 3)
  live.merge(one)
  live.merge(one)
  expect(Object.fromEntries(live.totals.counter('mood_posts_total').entries())).toEqual({
    [key('positive')]: 6,
    [key('neutral')]: 0,
    [key('negative')]: 0,
    [key('unknown')]: 0,
  })
})
