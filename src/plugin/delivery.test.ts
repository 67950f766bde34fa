import { expect, test } from 'vitest'
import { allDelivered, DeliveryError, outcomeOf } from './delivery.ts'
import type { WindowEvent } from './output.ts'

const events = ['a', 'b', 'c'].map(
  (key): WindowEvent => ({ kind: 'window', key, window: '1s', start: 0, end: 1000, rows: [] }),
)

test('a write that resolved delivered everything', () => {
  expect(allDelivered(events).results).toEqual(['delivered', 'delivered', 'delivered'])
})

test('a write that rejected with anything delivered nothing', () => {
  for (const thrown of [new Error('no'), undefined, null, 'text', { delivered: ['a'], permanent: true }])
    expect(outcomeOf(events, thrown)).toEqual({
      results: ['retry', 'retry', 'retry'],
      permanent: false,
      retryAfter: 0,
    })
})

test('a delivery error says which events were delivered and which rejected, by key', () => {
  const error = new DeliveryError('half', { delivered: ['b', 'zzz'], rejected: ['c'], retryAfter: 500 })
  expect(outcomeOf(events, error)).toEqual({
    results: ['retry', 'delivered', 'rejected'],
    permanent: false,
    retryAfter: 500,
  })
})

test('an invalid time counts as absent', () => {
  for (const retryAfter of [undefined, -1, Number.NaN, 'soon' as never])
    expect(outcomeOf(events, new DeliveryError('no', { retryAfter })).retryAfter).toBe(0)
})

test('a delivery error keeps its cause', () => {
  const cause = new Error('why')
  expect(new DeliveryError('no', { cause, permanent: true })).toMatchObject({
    message: 'no',
    cause,
    permanent: true,
  })
})
