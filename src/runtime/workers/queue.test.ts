import { expect, test } from 'vitest'
import type { TrackedBatch } from '../batch.ts'
import { batchesOf, testGroup } from '../runtime-testing.ts'
import { BatchQueue } from './queue.ts'

/** A queue in which sources have this number of groups, of one batch each. */
function made(waiting: Record<string, number>) {
  const queue = new BatchQueue()
  const groups = Object.fromEntries(
    Object.entries(waiting).map(([source, n]) => [
      source,
      Array.from({ length: n }, () => testGroup([{}], source)),
    ]),
  )
  for (const group of Object.values(groups).flat()) queue.push(group)
  return { queue, batches: (source: string) => batchesOf(...(groups[source] ?? [])) }
}

function drained(queue: BatchQueue, wanted?: (batch: TrackedBatch) => boolean): string[] {
  const sources: string[] = []
  for (let next = queue.next(wanted); next; next = queue.next(wanted)) sources.push(next.source)
  return sources
}

test('sources take turns, whatever each of them has waiting', () => {
  const { queue } = made({ a: 4, b: 2, c: 1 })
  expect(drained(queue)).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a'])
  expect(queue.next()).toBeUndefined()
})

test('a source that had its turn comes after a newer one', () => {
  const { queue } = made({ a: 3 })
  expect(queue.next()?.source).toBe('a')
  queue.push(testGroup([{}], 'b'))
  expect(drained(queue)).toEqual(['a', 'b', 'a'])
})

test('batches of a source come in order, those that are put back before all others', () => {
  const { queue, batches } = made({ a: 3 })
  const [first, second, third] = batches('a') as [TrackedBatch, TrackedBatch, TrackedBatch]
  expect([queue.next(), queue.next()]).toEqual([first, second])
  // As a pool does with what a worker held.
  queue.unshift(second)
  queue.unshift(first)
  expect(queue.size).toBe(3)
  expect([queue.next(), queue.next(), queue.next()]).toEqual([first, second, third])
})

test('a source whose next batch is not wanted loses neither its place nor its order, and the others are not held up', () => {
  const { queue, batches } = made({ a: 2, b: 2 })
  const [first] = batches('a') as [TrackedBatch]
  expect(queue.next(batch => batch !== first)?.source).toBe('b')
  expect(queue.next(batch => batch !== first)?.source).toBe('b')
  expect(queue.next(batch => batch !== first)).toBeUndefined()
  expect([queue.size, queue.sizeOf('a'), queue.sizeOf('b')]).toEqual([2, 2, 0])
  expect(queue.next()).toBe(first)
})

test('does not ask for batches that are not queued', () => {
  const asked: TrackedBatch[] = []
  const { queue, batches } = made({ a: 2, b: 1 })
  queue.next(batch => asked.push(batch) > 0)
  expect(asked).toEqual([batches('a')[0]])
})

test('a source can be taken out whole, and a batch alone', () => {
  const { queue, batches } = made({ a: 3, b: 1 })
  const [, second] = batches('a') as [TrackedBatch, TrackedBatch]
  queue.remove(second)
  queue.remove(second)
  expect([queue.size, queue.sizeOf('a')]).toEqual([3, 2])
  expect(queue.take('a')).toEqual(batches('a').filter(batch => batch !== second))
  expect(queue.take('a')).toEqual([])
  expect([queue.size, queue.sizeOf('a')]).toEqual([1, 0])
  queue.remove(batches('b')[0] as TrackedBatch)
  expect([queue.size, queue.next()]).toEqual([0, undefined])
})

test('batches of groups that belong to an epoch are found, those that wait behind others too', () => {
  const { queue, batches } = made({ a: 2, b: 2 })
  const [, second] = batches('a') as [TrackedBatch, TrackedBatch]
  const [third] = batches('b') as [TrackedBatch]
  second.group.epoch = 4
  third.group.epoch = 0
  expect(queue.ofEpochs()).toEqual([second, third])
})
