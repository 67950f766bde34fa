import { expect, test } from 'vitest'
import { TokenBucket } from './request-hooks.ts'

test('a burst passes, then one request an interval', () => {
  const bucket = new TokenBucket(100, 3, 0)
  expect([0, 0, 0, 0].map(now => bucket.take(now))).toEqual([true, true, true, false])
  expect([50, 100, 150, 200].map(now => bucket.take(now))).toEqual([false, true, false, true])
})

test('tokens do not pile up beyond the burst', () => {
  const bucket = new TokenBucket(100, 2, 0)
  expect([1e6, 1e6, 1e6].map(now => bucket.take(now))).toEqual([true, true, false])
})
