import { expect, test } from 'vitest'
import { EventQueue, type PendingEvent } from './event-queue.ts'

const event = (id: number, bytes = 10): PendingEvent => ({
  id,
  kind: 'window',
  window: '1s',
  at: 0,
  json: '{}',
  bytes,
  failures: 0,
  deaths: 0,
})

const ids = (events: readonly PendingEvent[]) => events.map(({ id }) => id)

const ALL = { events: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

function filled(limits: { events: number; bytes: number }, ...events: PendingEvent[]) {
  const queue = new EventQueue(limits)
  const dropped = events.flatMap(event => queue.push(event))
  return { queue, dropped: ids(dropped) }
}

test('events are returned in order, at most the requested number', () => {
  const { queue } = filled(ALL, event(1), event(2), event(3))
  expect(ids(queue.take({ events: 2, bytes: 1000 }))).toEqual([1, 2])
  expect({ events: queue.events, bytes: queue.bytes }).toEqual({ events: 1, bytes: 10 })
  expect(ids(queue.take(ALL))).toEqual([3])
  expect(queue.take(ALL)).toEqual([])
})

test('a write is limited in bytes, but has at least one event', () => {
  const { queue } = filled(ALL, event(1, 40), event(2, 40), event(3, 500))
  expect(ids(queue.take({ events: 9, bytes: 100 }))).toEqual([1, 2])
  expect(ids(queue.take({ events: 9, bytes: 100 }))).toEqual([3])
})

test('with too many events the oldest are dropped', () => {
  const { queue, dropped } = filled({ events: 2, bytes: 1000 }, event(1), event(2), event(3), event(4))
  expect(dropped).toEqual([1, 2])
  expect(ids(queue.take(ALL))).toEqual([3, 4])
})

test('with too many bytes the oldest are dropped, but never the last event', () => {
  const { queue, dropped } = filled({ events: 9, bytes: 100 }, event(1, 60), event(2, 30), event(3, 60))
  expect(dropped).toEqual([1])
  expect(ids(queue.push(event(4, 500)))).toEqual([2, 3])
  expect({ events: queue.events, bytes: queue.bytes }).toEqual({ events: 1, bytes: 500 })
})

test('returned events are first in the queue, and are dropped first', () => {
  const { queue } = filled({ events: 3, bytes: 1000 }, event(3), event(4))
  expect(ids(queue.pushFront([event(1), event(2)]))).toEqual([1])
  expect(ids(queue.take(ALL))).toEqual([2, 3, 4])
})
