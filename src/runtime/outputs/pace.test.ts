import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DeliveryResult } from './delivery-result.ts'
import { Pace } from './pace.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const DAY = 86_400_000

/** A pace with a limit of eight events and the longest waits: 1 s, 2 s, 4 s, 8 s. */
function made(limit = 8) {
  const pace = new Pace({ initial: 1000, max: 8000 }, () => 1)
  pace.limit = limit
  return pace
}

/** The result of a write. */
const result = (
  more: Partial<DeliveryResult> & { delivered?: number; again?: number } = {},
): DeliveryResult => ({
  done: { delivered: new Array(more.delivered ?? 0).fill({}), rejected: [], expired: [], failed: [] },
  left: new Array(more.again ?? 0).fill({}),
  result: 'failed',
  error: '',
  reason: 'threw',
  permanent: false,
  died: false,
  retryAfter: 0,
  ...more,
})
const delivered = result({ result: 'delivered', delivered: 8 })
const failed = (again: number, more: Partial<DeliveryResult> = {}) => result({ again, ...more })

describe('the size of a write', () => {
  test('is at most the limit, from the beginning', () => {
    expect(new Pace({ initial: 1, max: 1 }, () => 1).events).toBe(1)
    expect(made().events).toBe(8)
  })

  test('follows the limit, but not beyond what the receiver has taken', () => {
    const pace = made()
    pace.limit = 20
    expect(pace.events).toBe(20)
    pace.after(20, failed(20, { permanent: true }))
    expect(pace.events).toBe(10)
    pace.limit = 15
    expect(pace.events).toBe(10)
    pace.limit = 4
    expect(pace.events).toBe(4)
    pace.limit = 6
    expect(pace.events).toBe(6)
  })

  test.each(['permanent', 'died'] as const)(
    'is halved by a write that is %s, and doubled by one that is delivered',
    cause => {
      const pace = made()
      const bad = (events: number) => {
        pace.after(events, failed(events, { [cause]: true }))
        return pace.events
      }
      expect([bad(8), bad(4), bad(2), bad(1)]).toEqual([4, 2, 1, 1])
      pace.after(1, delivered)
      expect(pace.events).toBe(2)
      pace.after(2, delivered)
      pace.after(4, delivered)
      pace.after(8, delivered)
      expect(pace.events).toBe(8)
    },
  )

  test('is half of the events that were in it, rounded up', () => {
    const pace = made()
    pace.after(5, failed(5, { permanent: true }))
    expect(pace.events).toBe(3)
    pace.after(7, failed(7, { permanent: true }))
    expect(pace.events).toBe(2)
  })

  test('is that of the events left, for the repetition', () => {
    const pace = made()
    pace.after(8, failed(3))
    expect(pace.events).toBe(3)
    pace.after(3, failed(0))
    expect(pace.events).toBe(8)
    pace.after(8, failed(3))
    pace.after(3, delivered)
    expect(pace.events).toBe(8)
  })

  test('grows again after a write of which each event was rejected', () => {
    const pace = made()
    pace.after(8, failed(8, { permanent: true }))
    pace.after(4, result({ result: 'rejected' }))
    expect(pace.events).toBe(8)
  })
})

describe('the wait before a write', () => {
  test('is none at first, and after a delivery', () => {
    const pace = made()
    expect(pace.rest).toBeLessThanOrEqual(0)
    pace.after(8, delivered)
    expect(pace.rest).toBeLessThanOrEqual(0)
  })

  test('doubles with each failure, passes, and begins again after a delivery', () => {
    const pace = made()
    const waits = [1, 2, 3, 4, 5].map(() => {
      pace.after(8, failed(8))
      return pace.rest
    })
    expect(waits).toEqual([1000, 2000, 4000, 8000, 8000])
    vi.advanceTimersByTime(3000)
    expect(pace.rest).toBe(5000)
    pace.after(8, delivered)
    pace.after(8, failed(8))
    expect(pace.rest).toBe(1000)
  })

  test.each([
    ['some of its events were delivered', result({ delivered: 1, again: 7 })],
    ['all of its events were rejected one by one', result({ result: 'rejected' })],
  ])('begins again after a write of which %s', (_, after) => {
    const pace = made()
    pace.after(8, failed(8))
    pace.after(8, failed(8))
    pace.after(8, after)
    pace.after(8, failed(8))
    expect(pace.rest).toBe(after.result === 'rejected' ? 1000 : 2000)
  })

  test('is none while the event is found that the receiver rejects', () => {
    const pace = made()
    const search = failed(2, { result: 'rejected', permanent: true })
    vi.advanceTimersByTime(1)
    pace.after(2, search)
    expect(pace.rest).toBe(0)
    // A single one is a failure.
    pace.after(1, search)
    expect(pace.rest).toBe(1000)
  })

  test('is what the receiver asks for, up to a day, if that is longer', () => {
    const pace = made()
    pace.after(8, failed(8, { retryAfter: 5000 }))
    expect(pace.rest).toBe(5000)
    pace.after(8, failed(8, { retryAfter: 500 }))
    expect(pace.rest).toBe(2000)
    pace.after(8, failed(8, { retryAfter: 2 * DAY }))
    expect(pace.rest).toBe(DAY)
  })

  test('can be ended, but not if the receiver asked for it', () => {
    const pace = made()
    pace.after(8, failed(8))
    pace.hurry()
    expect(pace.rest).toBeLessThanOrEqual(0)
    pace.after(8, failed(8, { retryAfter: 5000 }))
    pace.hurry()
    expect(pace.rest).toBe(5000)
    pace.after(8, failed(8, { retryAfter: 4000 }))
    pace.hurry()
    expect(pace.rest).toBeLessThanOrEqual(0)
  })

  test('grows while the output cannot be created', () => {
    const pace = made()
    pace.failed()
    expect(pace.rest).toBe(1000)
    pace.failed()
    expect(pace.rest).toBe(2000)
    pace.hurry()
    expect(pace.rest).toBeLessThanOrEqual(0)
  })
})
