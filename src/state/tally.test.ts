import { expect, test } from 'vitest'
import { labelKey } from './label-key.ts'
import { Tally, type TallyShape } from './tally.ts'

const SHAPE: TallyShape = {
  windows: [{ label: '1s', size: 1000, slide: 1000, lateness: 0 }],
  extractors: [{ name: 'hashtags', grain: 10_000 }],
  terms: 100,
}

/** A tally of so many posts, the n-th written in second n. */
function tallyOf(from: number, to: number): Tally {
  const tally = new Tally(SHAPE)
  for (let n = from; n < to; n++) {
    tally.counter('mood_source_posts_total').add('demo')
    const bucket = tally.histogram('mood_positivity_ratio').cell(labelKey('demo', 'all', 'afinn'))
    const place = bucket.observe((n % 10) / 10)
    bucket.exemplars[place] ??= { label: 'id', text: `${n}`, value: (n % 10) / 10, at: n }
    const pane = tally.windows.get('1s')?.at(n * 1000)
    pane?.sources.add('demo')
    pane?.mood(labelKey('all', 'afinn')).add(n % 4, n / 100)
    tally.terms
      .get('hashtags')
      ?.at(n * 1000, 'all')
      .observe(`#tag${n % 5}`, 0.5)
  }
  return tally
}

test('merging two tallies is as if one had counted both', () => {
  const merged = tallyOf(0, 30)
  merged.merge(tallyOf(30, 100))
  const one = tallyOf(0, 100)
  const comparable = (tally: Tally) => {
    const { histograms, ...rest } = tally.encode()
    // Which exemplar stands for a bucket is anybody's choice.
    return {
      ...rest,
      histograms: histograms.map(([name, cells]) => [name, cells.map(([key, counts]) => [key, counts])]),
    }
  }
  expect(comparable(merged)).toEqual(comparable(one))
})

test('an encoded tally decodes to the same one, through JSON as well', () => {
  const tally = tallyOf(0, 50)
  const decoded = Tally.decode(SHAPE, JSON.parse(JSON.stringify(tally.encode())))
  expect(decoded.encode()).toEqual(tally.encode())
})

test('a delta is emptied and used again, and cells that were looked up stay good', () => {
  const tally = new Tally(SHAPE)
  const posts = tally.counter('mood_source_posts_total').cell('demo')
  posts.n = 3
  tally.reset()
  posts.n++
  expect(tally.counter('mood_source_posts_total').get('demo')).toBe(1)
  expect(tallyOf(0, 5).encode().counters).not.toEqual([])
  const emptied = tallyOf(0, 5)
  emptied.reset()
  expect(emptied.encode().windows).toEqual([['1s', []]])
  expect(emptied.panes).toBe(0)
})

test('what the shape does not know is left out when decoding', () => {
  const decoded = Tally.decode({ ...SHAPE, windows: [], extractors: [] }, tallyOf(0, 5).encode())
  expect(decoded.windows.size + decoded.terms.size).toBe(0)
  expect(decoded.counter('mood_source_posts_total').get('demo')).toBe(5)
})
