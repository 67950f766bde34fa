import { expect, test } from 'vitest'
import type { BatchFromSource } from '../threads/messages.ts'
import { Ledger, receiptOf } from './in-flight.ts'

const batch = (id: number, position?: number): BatchFromSource => ({
  type: 'batch',
  id,
  memory: new SharedArrayBuffer(10),
  records: 4,
  receivedAt: 0,
  partition: '',
  header: undefined,
  position,
  posts: false,
  receipt: false,
})

const whole = (id: number, maxEventTime: number | null = null) => ({ id, upTo: 4, whole: true, maxEventTime })

function holding(...positions: number[]): Ledger {
  const ledger = new Ledger('src')
  positions.forEach((position, i) => {
    ledger.hold(i + 1, batch(100 + i, position))
  })
  return ledger
}

const sourceIds = (settled: { sourceId: number }[]) => settled.map(({ sourceId }) => sourceId)

test('it counts what is on its way', () => {
  const ledger = holding(10, 20)
  expect([ledger.batches, ledger.bytes]).toEqual([2, 20])
  ledger.cover(whole(1))
  expect([ledger.batches, ledger.bytes]).toEqual([1, 10])
})

test('a position moves only past what is counted without a gap', () => {
  const ledger = holding(10, 20, 30)
  expect(sourceIds(ledger.cover(whole(3)))).toEqual([])
  expect(sourceIds(ledger.cover(whole(2)))).toEqual([])
  expect(ledger.position).toBe(undefined)
  expect(sourceIds(ledger.cover(whole(1)))).toEqual([100, 101, 102])
  expect(ledger.position).toBe(30)
})

test('it begins at the position that it is given, and keeps it past batches that have none', () => {
  const ledger = new Ledger('src', 7)
  ledger.hold(1, batch(1))
  ledger.cover(whole(1))
  expect(ledger.position).toBe(7)
})

test('a batch that is counted in part settles once it is whole, with the latest time of all its parts', () => {
  const ledger = new Ledger('src')
  ledger.hold(1, batch(1, 10))
  expect(ledger.cover({ id: 1, upTo: 3, whole: false, maxEventTime: 50 })).toEqual([])
  expect([ledger.batches, ledger.bytes, ledger.position]).toEqual([1, 10, undefined])
  expect(ledger.cover(whole(1, 40))).toMatchObject([{ sourceId: 1, maxEventTime: 50 }])
})

test('what it does not hold is none of its business', () => {
  const ledger = holding(10)
  expect(ledger.cover(whole(99))).toEqual([])
  ledger.cover(whole(1))
  expect(ledger.cover(whole(1))).toEqual([])
  expect(ledger.bytes).toBe(0)
})

test('it can be awaited to be empty, or until a signal', async () => {
  const ledger = holding(10, 20)
  let isEmpty = false
  const empty = ledger.empty().then(() => {
    isEmpty = true
  })
  ledger.cover(whole(1))
  await Promise.resolve()
  expect(isEmpty).toBe(false)
  const aborter = new AbortController()
  const aborted = ledger.empty(aborter.signal)
  aborter.abort()
  await aborted
  await ledger.empty(aborter.signal)
  ledger.cover(whole(2))
  await empty
  await ledger.empty()
})

test('a receipt says how many records were taken', () => {
  const refused = [{ record: 2, reason: 'invalid', message: 'no' }]
  expect(receiptOf(4, refused)).toEqual({ accepted: 3, refused })
})
