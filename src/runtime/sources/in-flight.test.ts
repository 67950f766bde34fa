import { expect, test } from 'vitest'
import type { Position } from '../../plugin/source.ts'
import { BATCH_OVERHEAD, type Batch } from '../batch.ts'
import { isSettled, testBatch } from '../runtime-testing.ts'
import { InFlight } from './in-flight.ts'

const batch = (id: number, more: Partial<Batch> = {}): Batch => testBatch({ id, ...more })

const positions = (...entries: [string, Position | null][]) => new Map(entries)

test('batches between two positions of a partition become one group', () => {
  const inFlight = new InFlight('src')
  expect(inFlight.track(batch(1, { endsGroup: false }), 1)).toBeNull()
  expect(inFlight.track(batch(2, { partition: 'other', position: 5 }), 2)?.batches).toHaveLength(1)
  const group = inFlight.track(batch(3, { position: 7 }), 3)
  expect(group?.batches.map(({ id, number }) => [id, number])).toEqual([
    [1, 1],
    [3, 3],
  ])
  expect(group?.batches.every(each => each.group === group)).toBe(true)
})

test('memory is held until the workers are done with it, and a position moves with the commit only', () => {
  const inFlight = new InFlight('src')
  const [tracked] = inFlight.track(batch(1, { position: 7 }), 1)?.batches ?? []
  if (!tracked) return expect.unreachable()
  expect([inFlight.batches, inFlight.bytes]).toEqual([1, BATCH_OVERHEAD + 10])
  inFlight.release(tracked)
  expect([inFlight.batches, inFlight.bytes]).toEqual([0, 0])
  expect(inFlight.positions.get('')).toBeUndefined()
  inFlight.commit([tracked], positions(['', 7]))
  expect(inFlight.positions.get('')).toBe(7)
})

test('a header counts as memory, and neither is kept until the commit', () => {
  const inFlight = new InFlight('src')
  const [tracked] = inFlight.track(batch(1, { header: 'id,text' }), 1)?.batches ?? []
  if (!tracked) return expect.unreachable()
  expect(inFlight.bytes).toBe(BATCH_OVERHEAD + 10 + 2 * 'id,text'.length)
  inFlight.release(tracked)
  expect([inFlight.bytes, tracked.header, tracked.memory.byteLength]).toEqual([0, undefined, 0])
})

test('a partition is empty once its batches are committed, whatever other partitions have in flight', async () => {
  const inFlight = new InFlight('src')
  const [a] = inFlight.track(batch(1, { partition: 'a' }), 1)?.batches ?? []
  const [b] = inFlight.track(batch(2, { partition: 'b' }), 2)?.batches ?? []
  if (!a || !b) return expect.unreachable()
  const [emptyA, empty] = [inFlight.empty('a'), inFlight.empty()]
  inFlight.commit([a], [])
  expect(await isSettled(emptyA)).toBe(true)
  expect(await isSettled(empty)).toBe(false)
  inFlight.commit([b], [])
  expect(await isSettled(empty)).toBe(true)
})

test('what lies behind the last position of a run that ended is discarded: the next run reads it again', async () => {
  const inFlight = new InFlight('src', positions(['', 3]) as Map<string, Position>)
  inFlight.track(batch(1, { endsGroup: false }), 1)
  expect(await isSettled(inFlight.empty())).toBe(false)
  expect(inFlight.discardOpen().map(({ id }) => id)).toEqual([1])
  expect(await isSettled(inFlight.empty())).toBe(true)
  expect([inFlight.bytes, inFlight.positions.get('')]).toEqual([0, 3])
})

test('waiting for an empty partition ends when its batches are discarded', async () => {
  const inFlight = new InFlight('src')
  inFlight.track(batch(1, { endsGroup: false }), 1)
  const empty = inFlight.empty('')
  inFlight.discardOpen()
  expect(await isSettled(empty)).toBe(true)
  expect(inFlight.openPartitions()).toEqual([])
})

test('batches are counted by partition from when it is opened', () => {
  const inFlight = new InFlight('src')
  for (let id = 1; id <= 3; id++) inFlight.track(batch(id, { partition: 'a' }), id)
  inFlight.track(batch(4, { partition: 'b' }), 4)
  expect([inFlight.tracked('a'), inFlight.tracked('b'), inFlight.tracked('c')]).toEqual([3, 1, 0])
  inFlight.close('a')
  expect([inFlight.tracked('a'), inFlight.tracked('b')]).toEqual([0, 1])
})

test('a group of batches begins without an epoch, whole or not', () => {
  const inFlight = new InFlight('src')
  const fresh = { epoch: null, delivered: 0, isPostponed: false }
  expect(inFlight.track(batch(1), 1)).toMatchObject(fresh)
  inFlight.track(batch(2, { endsGroup: false }), 2)
  const group = inFlight.split('')
  expect(group).toMatchObject(fresh)
  expect(group?.batches[0]).toMatchObject({ attempts: 0, stalls: 0, skips: [], rejected: [] })
})

test('a group that is split goes without a position', () => {
  const inFlight = new InFlight('src')
  expect(inFlight.split('')).toBeNull()
  inFlight.track(batch(1, { endsGroup: false }), 1)
  expect(inFlight.openPartitions()).toEqual([''])
  expect(inFlight.split('')?.batches).toHaveLength(1)
  expect(inFlight.openPartitions()).toEqual([])
})

test('a partition that is closed drops its position, and waiting ends with the signal', async () => {
  const inFlight = new InFlight('src', positions(['a', 3]) as Map<string, Position>)
  inFlight.commit([], positions(['a', null]))
  expect(inFlight.positions.size).toBe(0)
  inFlight.track(batch(1), 1)
  const controller = new AbortController()
  const waiting = inFlight.empty(undefined, controller.signal)
  controller.abort()
  expect(await isSettled(waiting)).toBe(true)
})
