import { describe, expect, test } from 'vitest'
import type { EventResult } from '../../plugin/delivery.ts'
import { deliveryResultOf } from './delivery-result.ts'
import type { PendingEvent } from './event-queue.ts'
import type { WriteReport } from './messages.ts'
import type { WriteEnd } from './output-run.ts'

const NOW = 100_000
const GIVE_UP = 10_000

const event = (id: number, more: Partial<PendingEvent> = {}): PendingEvent => ({
  id,
  kind: 'window',
  at: NOW - GIVE_UP,
  json: '{}',
  bytes: 2,
  failures: 0,
  deaths: 0,
  ...more,
})
const events = (...ids: number[]) => ids.map(id => event(id))

const reported = (
  results: EventResult[],
  {
    permanent = false,
    retryAfter = 0,
    ...report
  }: Partial<WriteReport> & { permanent?: boolean; retryAfter?: number } = {},
  timedOut = false,
): WriteEnd => ({
  report: {
    outcome: { results, permanent, retryAfter },
    error: 'no luck',
    seconds: 1,
    pending: false,
    ...report,
  },
  timedOut,
})
const died: WriteEnd = { died: { message: 'it crashed', reason: 'crash' } }

const resultOf = (batch: PendingEvent[], end: WriteEnd) => {
  const { done, left, ...rest } = deliveryResultOf(batch, end, GIVE_UP, NOW)
  const ids = Object.entries(done).flatMap(([result, some]) =>
    some.length > 0 ? [[result, some.map(({ id }) => id)]] : [],
  )
  return { ...rest, done: Object.fromEntries(ids), left: left.map(({ id }) => id) }
}

test('a write that resolved has delivered its events', () => {
  const batch = events(1, 2)
  expect(resultOf(batch, reported(['delivered', 'delivered'], { error: null }))).toEqual({
    done: { delivered: [1, 2] },
    left: [],
    result: 'delivered',
    error: null,
    reason: null,
    permanent: false,
    died: false,
    retryAfter: 0,
  })
  expect(batch.map(({ failures }) => failures)).toEqual([0, 0])
})

test('a write that failed says of each event what becomes of it', () => {
  const batch = events(1, 2, 3)
  expect(resultOf(batch, reported(['delivered', 'rejected', 'retry'], { retryAfter: 700 }))).toEqual({
    done: { delivered: [1], rejected: [2] },
    left: [3],
    result: 'failed',
    error: 'no luck',
    reason: 'threw',
    permanent: false,
    died: false,
    retryAfter: 700,
  })
  expect(batch.map(({ failures }) => failures)).toEqual([0, 0, 1])
})

test('an event without a result is written again', () => {
  const batch = events(1, 2)
  expect(resultOf(batch, reported([], { error: null }))).toMatchObject({
    left: [1, 2],
    error: '',
    result: 'failed',
  })
  expect(batch.map(({ failures, deaths }) => [failures, deaths])).toEqual([
    [1, 0],
    [1, 0],
  ])
})

test('a write of which each event is delivered or rejected was rejected', () => {
  expect(resultOf(events(1, 2), reported(['delivered', 'rejected']))).toMatchObject({
    done: { delivered: [1], rejected: [2] },
    result: 'rejected',
    error: 'no luck',
    reason: 'threw',
  })
})

test('an event is given up once it is too old', () => {
  const batch = [event(1, { at: NOW - GIVE_UP - 1 }), event(2)]
  expect(resultOf(batch, reported(['retry', 'retry']))).toMatchObject({ done: { expired: [1] }, left: [2] })
})

test('the age of an event is that of the clock by default', () => {
  const { done } = deliveryResultOf(
    [event(1, { at: Date.now() - 2 * GIVE_UP })],
    reported(['retry']),
    GIVE_UP,
  )
  expect(done.expired).toHaveLength(1)
})

describe('a write that is rejected for good', () => {
  const permanent = reported(['retry', 'retry'], { permanent: true })

  test('has its events written in smaller writes, whatever their age', () => {
    const batch = [event(1, { at: 0 }), event(2)]
    expect(resultOf(batch, permanent)).toMatchObject({
      done: {},
      left: [1, 2],
      result: 'rejected',
      permanent: true,
    })
  })

  test('has its only event given up', () => {
    expect(resultOf(events(1), permanent)).toMatchObject({
      done: { rejected: [1] },
      left: [],
      result: 'rejected',
    })
  })
})

describe('a write that ended the thread', () => {
  test('has its events written again, and says why it ended', () => {
    const batch = events(1, 2)
    expect(resultOf(batch, died)).toEqual({
      done: {},
      left: [1, 2],
      result: 'failed',
      error: 'it crashed',
      reason: 'crash',
      permanent: false,
      died: true,
      retryAfter: 0,
    })
    expect(batch.map(({ failures, deaths }) => [failures, deaths])).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  test('is the last of an event that was alone in it, and ended three', () => {
    expect(resultOf([event(1, { deaths: 1 })], died)).toMatchObject({ done: {}, left: [1] })
    expect(resultOf([event(1, { deaths: 2 })], died)).toMatchObject({ done: { failed: [1] }, left: [] })
    expect(resultOf([event(1, { deaths: 2 }), event(2)], died)).toMatchObject({ done: {}, left: [1, 2] })
  })
})

test.each([
  ['its time is up', reported(['retry'], {}, true), 'timeout'],
  ['it is still pending', reported(['retry'], { pending: true }), 'timeout'],
  ['it rejected', reported(['retry']), 'threw'],
])('the reason of a failure: %s', (_, end, reason) => {
  expect(resultOf(events(1), end).reason).toBe(reason)
})
