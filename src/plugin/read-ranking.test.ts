import { expect, test } from 'vitest'
import { readRanking } from './read-ranking.ts'

const at = 1_700_000_000_000

test('a ranking is copied with its terms in order, trimmed, each once at its best rank', () => {
  const items = [
    { rank: 3, term: ' b \n c ' },
    { rank: 2, term: 'a', count: 10 },
    { rank: 1, term: 'b c' },
  ]
  expect(readRanking({ at, items })).toEqual({
    at,
    items: [
      { rank: 1, term: 'b c' },
      { rank: 2, term: 'a', count: 10 },
    ],
  })
})

test('a term becomes a label: it is cut between characters and is valid Unicode', () => {
  const read = (term: string) => {
    const ranking = readRanking({ at, items: [{ rank: 1, term }] })
    return typeof ranking === 'string' ? ranking : ranking.items[0]?.term
  }
  expect(read(`${'x'.repeat(99)}😀y`)).toBe('x'.repeat(99))
  expect(read('a\ud83d')).toBe('a\ufffd')
})

test.each([
  [null, 'expected a ranking, got null'],
  [{ items: [] }, 'expected `at` to be Unix milliseconds, got undefined'],
  [{ at: Number.NaN, items: [] }, 'expected `at` to be Unix milliseconds, got NaN'],
  [{ at, items: 'a' }, 'expected `items` to be an array, got string'],
  [{ at, items: [] }, 'expected `items` to hold terms, got 0 of them'],
  [{ at, items: [null] }, 'items[0]: expected a term with its rank, got null'],
  [{ at, items: Array(1) }, 'items[0]: expected a term with its rank, got undefined'],
  [{ at, items: [{ rank: 0, term: 'a' }] }, 'items[0]: expected `rank` to be a whole number from 1, got 0'],
  [
    { at, items: [{ rank: '1', term: 'a' }] },
    'items[0]: expected `rank` to be a whole number from 1, got string',
  ],
  [{ at, items: [{ rank: 1, term: 7 }] }, 'items[0]: expected `term` to be a string, got number'],
  [{ at, items: [{ rank: 1, term: ' ' }] }, 'items[0]: expected `term` to be a term, got white space'],
  [
    { at, items: [{ rank: 1, term: 'a', count: -1 }] },
    'items[0]: expected `count` to be a number from 0 or absent, got -1',
  ],
])('rejects an invalid ranking: %j', (value, message) => {
  expect(readRanking(value)).toBe(message)
})
