import { expect, test } from 'vitest'
import type { Extractor } from '../plugin/extractor.ts'
import { termsOf } from './extraction.ts'
import { testCallGuard, testJob } from './pipeline-testing.ts'

const ITEM = {
  post: { text: 'x', createdAt: 0 },
  record: 0,
  index: 0,
  eventTime: 0,
  topics: [0],
  lang: 'en',
  scores: [],
}

function extracted(extract: () => unknown, job = testJob(['x'])) {
  const { guard, activity, failures } = testCallGuard('extractor', 'terms')
  const over = { n: 0 }
  const terms = termsOf({ extract } as Extractor, guard, job, ITEM, 5, over)
  expect(activity.read().calls % 2).toBe(0)
  return { terms, failures: failures.map(([reason]) => reason), ...(over.n > 0 ? { over: over.n } : {}) }
}

test('terms of any iterable, each once, without empty ones', () => {
  expect(extracted(() => ['a', 'b', 'a', ''])).toEqual({ terms: ['a', 'b'], failures: [] })
  expect(extracted(() => new Set(['a', 'b'])).terms).toEqual(['a', 'b'])
})

test('no more than the limit, of however many', () => {
  let asked = 0
  const endless = function* () {
    for (;;) yield `term ${asked++}`
  }
  expect(extracted(endless)).toMatchObject({ terms: { length: 5 }, over: 1 })
  expect(asked).toBe(6)
})

test('a term is cut at 100 characters, and never within one', () => {
  expect(extracted(() => ['x'.repeat(101)]).terms).toEqual(['x'.repeat(100)])
  expect(extracted(() => [`${'x'.repeat(99)}😀`]).terms).toEqual(['x'.repeat(99)])
  expect(extracted(() => [`${'x'.repeat(98)}😀y`]).terms).toEqual([`${'x'.repeat(98)}😀`])
})

test('half a character becomes the replacement character, so that a term is always valid Unicode', () => {
  expect(extracted(() => ['a\ud800b', '\udc00']).terms).toEqual(['a\ufffdb', '\ufffd'])
})

test('terms that are not text are left out, with one failure for the post', () => {
  expect(extracted(() => ['a', 7, null, 'b'])).toEqual({ terms: ['a', 'b'], failures: ['invalid_result'] })
})

test('a string is not a list of terms', () => {
  expect(extracted(() => 'abc')).toEqual({ terms: [], failures: ['invalid_result'] })
})

test.each([undefined, null, 7, {}])('%s is not a list of terms', answer => {
  expect(extracted(() => answer)).toEqual({ terms: [], failures: ['threw'] })
})

test('an extractor that throws loses the rest of the terms', () => {
  const throws = function* () {
    yield 'a'
    throw new Error('no')
  }
  expect(extracted(throws)).toEqual({ terms: ['a'], failures: ['threw'] })
})

test('a post that ended a worker is not given to that extractor again', () => {
  const skips = [{ plugin: 0, record: 0, lastRecord: 0, post: 0, reason: 'timeout' as const }]
  const answer = extracted(() => expect.unreachable(), testJob(['x'], { skips }))
  expect(answer).toEqual({ terms: [], failures: ['timeout'] })
})
