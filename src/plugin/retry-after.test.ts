import { expect, test } from 'vitest'
import { retryAfter } from './retry-after.ts'

test('Retry-After is seconds or a date, and nothing else', () => {
  const now = Date.UTC(2026, 9, 21, 7, 28, 0)
  expect(retryAfter('120')).toBe(120_000)
  expect(retryAfter(' 0 ')).toBe(0)
  expect(retryAfter('Wed, 21 Oct 2026 07:28:30 GMT', now)).toBe(30_000)
  expect(retryAfter('Wed, 21 Oct 2015 07:28:00 GMT', now)).toBe(0)
  for (const value of [null, 'soon', '', '-x']) expect(retryAfter(value, now)).toBeUndefined()
})
