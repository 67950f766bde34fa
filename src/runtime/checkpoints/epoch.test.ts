import { expect, test } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import type { TrackedBatch } from '../batch.ts'
import { SHAPE, testDelta, testGroup } from '../runtime-testing.ts'
import { Epoch } from './epoch.ts'

const SHAPE_OF_DELTA = deltaShapeOf(SHAPE)
const made = () => new Epoch(1, SHAPE_OF_DELTA)

test('an epoch is complete once it is cut and each of its batches is counted or given up', () => {
  const epoch = made()
  expect([epoch.isEmpty, epoch.isCut, epoch.isComplete]).toEqual([true, false, false])
  const group = testGroup([{}, {}, {}])
  epoch.add(group)
  const [a, b, c] = group.batches as [TrackedBatch, TrackedBatch, TrackedBatch]
  epoch.deliver(testDelta([a, b]), 2)
  epoch.cut()
  expect([epoch.isEmpty, epoch.isCut, epoch.isComplete]).toEqual([false, true, false])
  epoch.abandon(c, 'plugin')
  expect(epoch.isComplete).toBe(true)
})

test('an epoch whose batches are counted is not complete before it is cut', () => {
  const epoch = made()
  const group = testGroup()
  epoch.add(group)
  epoch.deliver(testDelta(group.batches), 1)
  expect(epoch.isComplete).toBe(false)
})

test('batches are kept by source, and leave with their group', () => {
  const epoch = made()
  const [a, b, c] = [testGroup([{}, {}]), testGroup(), testGroup([{}], 'other')] as const
  for (const group of [a, b, c]) epoch.add(group)
  epoch.remove(a)
  expect(epoch.batches.get('src')).toEqual(b.batches)
  epoch.remove(c)
  expect([...epoch.batches.keys()]).toEqual(['src'])
  epoch.cut()
  expect(epoch.isComplete).toBe(false)
  epoch.deliver(testDelta(b.batches), 1)
  expect(epoch.isComplete).toBe(true)
  epoch.remove(b)
  expect(epoch.isEmpty).toBe(true)
})

test('a position is where its partition was last moved to; undefined leaves it as the epoch before left it', () => {
  const epoch = made()
  epoch.move('src', 'a', 1)
  epoch.move('src', 'b', 2)
  epoch.move('src', 'a', 3)
  epoch.move('other', 'a', 4)
  epoch.move('src', 'b', undefined)
  epoch.move('unknown', 'a', undefined)
  expect([...epoch.positions].map(([source, of]) => [source, [...of]])).toEqual([
    ['src', [['a', 3]]],
    ['other', [['a', 4]]],
  ])
})

test('abandoned batches are a separate delta, after those of the workers', () => {
  const epoch = made()
  const group = testGroup([
    {},
    { records: 3, drops: [{ reason: 'overflow', records: 4, bytes: 9 }] },
    { records: 2 },
  ])
  const [a, b, c] = group.batches as [TrackedBatch, TrackedBatch, TrackedBatch]
  epoch.add(group)
  const { base, terms, ...rest } = testDelta([a])
  epoch.deliver({ base, terms, ...rest, ids: Int32Array.of(1, 2) }, 1)
  expect(epoch.deltas).toEqual([{ base, terms }])
  epoch.abandon(b, 'plugin')
  epoch.abandon(c, 'plugin')
  expect(epoch.deltas).toHaveLength(2)
  expect(epoch.deltas[0]).toEqual({ base, terms })
  const abandoned = State.decodeBase(SHAPE_OF_DELTA, epoch.deltas[1]?.base as string)
  expect(abandoned.counter('mood_source_records_total').get('src')).toBe(9)
  expect(abandoned.counter('mood_source_bytes_total').get('src')).toBe(29)
  expect(abandoned.counter('mood_posts_dropped_total').get(labelKey('src', 'plugin'))).toBe(5)
  expect(abandoned.counter('mood_posts_dropped_total').get(labelKey('src', 'overflow'))).toBe(4)
  expect(epoch.ids).toEqual([Int32Array.of(1, 2)])
})
