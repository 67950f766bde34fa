import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import type { BatchGroup, TrackedBatch } from '../batch.ts'
import {
  batchesOf,
  countedIn,
  isSettled,
  KNOWN,
  SHAPE,
  testDelta,
  testGroup,
  testStore,
} from '../runtime-testing.ts'
import { type CheckpointOptions, Checkpoints, type Commit } from './checkpoints.ts'
import type { EpochRecord } from './epoch-record.ts'

const NOW = 1_000_000
const INTERVAL = 200

beforeEach(() => vi.useFakeTimers({ now: NOW }))
afterEach(() => vi.useRealTimers())

/** Checkpoints whose commits wait for the test, and what they sent to the runtime. */
function made(more: Partial<CheckpointOptions> = {}) {
  const store = testStore()
  const state = new State(SHAPE)
  const commits: Commit[] = []
  const delivered: TrackedBatch[] = []
  const failures: string[] = []
  const ports = {
    cut: vi.fn(),
    delivered: vi.fn((batches: readonly TrackedBatch[]) => void delivered.push(...batches)),
    dispatch: vi.fn(),
    committed: (commit: Commit) => void commits.push(commit),
    closed: vi.fn(),
    failed: (error: Error) => void failures.push(error.message),
  }
  const checkpoints = new Checkpoints(
    state,
    { interval: INTERVAL, collect: () => true, store, lastRecord: 0, random: () => 1, ...more },
    ports,
  )
  /** Gives all batches of groups to a worker. */
  const give = (...groups: BatchGroup[]) => batchesOf(...groups).map(batch => checkpoints.epochOf(batch))
  /** A worker delivers what it counted of groups. */
  const deliver = (...groups: BatchGroup[]) =>
    checkpoints.deliver(testDelta(batchesOf(...groups)), batchesOf(...groups))
  const posts = (source = 'src') => state.counter('mood_source_posts_total').get(source)
  const restarts = () => state.counter('mood_worker_restarts_total').get('crash')
  return { checkpoints, store, state, commits, delivered, failures, ports, give, deliver, posts, restarts }
}

type Made = ReturnType<typeof made>

const positionsIn = ({ record }: { record: EpochRecord }) =>
  Object.fromEntries(
    record.positions.map(([source, partition, position]) => [`${source}/${partition}`, position]),
  )

/** Resolves what the store was last asked to commit. */
async function commitNext({ store: { commits } }: Made): Promise<void> {
  commits.at(-1)?.resolve()
  await vi.advanceTimersByTimeAsync(0)
}

/** Ends the epoch at hand, which is to be complete, and commits it. */
async function commitEpoch(made: Made): Promise<void> {
  made.checkpoints.cut()
  await commitNext(made)
}

test('recordings of plugins and the time that the exporter ran cause a commit of their own', async () => {
  const recording = made()
  recording.checkpoints.record([])
  await vi.advanceTimersByTimeAsync(INTERVAL)
  expect(recording.store.commits).toHaveLength(1)
  const running = made()
  running.checkpoints.ran(NOW, 1000, [])
  await vi.advanceTimersByTimeAsync(INTERVAL)
  expect(running.store.commits).toHaveLength(1)
})

test('nothing is committed while paused, and all of it after that', async () => {
  const all = made()
  const { checkpoints, give, deliver, store } = all
  const group = testGroup([{ position: 1 }])
  give(group)
  checkpoints.cut()
  checkpoints.pause()
  deliver(group)
  await vi.advanceTimersByTimeAsync(10 * INTERVAL)
  expect(store.commits).toHaveLength(0)
  checkpoints.resume()
  await vi.advanceTimersByTimeAsync(0)
  expect(store.commits).toHaveLength(1)
  await commitNext(all)
  expect(all.commits).toHaveLength(1)
})

test('without a store many batches end an epoch sooner than a long interval', async () => {
  const { give, ports } = made({ store: null, interval: 10_000 })
  give(...Array.from({ length: 15 }, () => testGroup()))
  await vi.advanceTimersByTimeAsync(200)
  expect(ports.cut).not.toHaveBeenCalled()
  give(testGroup())
  await vi.advanceTimersByTimeAsync(199)
  expect(ports.cut).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(ports.cut).toHaveBeenCalledOnce()
})

test('with a store many batches do not end an epoch sooner', async () => {
  const { give, ports } = made({ interval: 10_000 })
  give(...Array.from({ length: 100 }, () => testGroup()))
  await vi.advanceTimersByTimeAsync(9999)
  expect(ports.cut).not.toHaveBeenCalled()
})

describe('epochs', () => {
  test('one begins with its first batch and is cut after the interval', async () => {
    const { give, ports, checkpoints } = made()
    await vi.advanceTimersByTimeAsync(10 * INTERVAL)
    expect(ports.cut).not.toHaveBeenCalled()
    expect(give(testGroup())).toEqual([1])
    await vi.advanceTimersByTimeAsync(INTERVAL - 1)
    expect(give(testGroup())).toEqual([1])
    expect(ports.cut).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(ports.cut).toHaveBeenCalledOnce()
    expect(checkpoints.uncommitted).toBe(1)
    expect(give(testGroup())).toEqual([2])
  })

  test('the next one takes the whole interval, too', async () => {
    const { give, ports } = made()
    give(testGroup())
    await vi.advanceTimersByTimeAsync(1.5 * INTERVAL)
    give(testGroup())
    await vi.advanceTimersByTimeAsync(INTERVAL - 1)
    expect(ports.cut).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(1)
    expect(ports.cut).toHaveBeenCalledTimes(2)
  })

  test('all batches of a group belong to the epoch that took the first of them on', async () => {
    const { checkpoints, give, deliver, store } = made()
    const group = testGroup([{}, {}, { position: 3 }])
    const [first, second, third] = group.batches as [TrackedBatch, TrackedBatch, TrackedBatch]
    expect(checkpoints.epochOf(first)).toBe(1)
    checkpoints.cut()
    expect(checkpoints.epochOf(second)).toBe(1)
    expect(give(testGroup())).toEqual([2])
    checkpoints.deliver(testDelta([first]), [first])
    checkpoints.deliver(testDelta([second]), [second])
    expect(store.commits).toHaveLength(0)
    expect(checkpoints.epochOf(third)).toBe(1)
    checkpoints.deliver(testDelta([third]), [third])
    expect(store.commits).toHaveLength(1)
    expect(group.delivered).toBe(3)
    deliver()
  })

  test('at most four wait for their commit, then batches of new groups wait', async () => {
    const all = made()
    const { checkpoints, give, deliver, ports } = all
    const waiting: BatchGroup[] = []
    for (let epoch = 1; epoch <= 4; epoch++) {
      const group = testGroup([{}, {}])
      expect(checkpoints.epochOf(group.batches[0] as TrackedBatch)).toBe(epoch)
      waiting.push(group)
      checkpoints.cut()
    }
    const fifth = testGroup()
    expect(give(fifth)).toEqual([null])
    expect(fifth.epoch).toBeNull()
    // What has begun is finished all the same: otherwise nothing could be committed.
    expect(give(waiting[3] as BatchGroup)).toEqual([4, 4])
    deliver(waiting[0] as BatchGroup)
    expect(ports.dispatch).not.toHaveBeenCalled()
    await commitNext(all)
    expect(ports.dispatch).toHaveBeenCalledOnce()
    expect(give(fifth)).toEqual([5])
  })

  test('an epoch is shorter while a sender waits for its commit', async () => {
    const { give, ports } = made()
    give(testGroup())
    give(testGroup([{ acknowledge: 'committed' }]))
    await vi.advanceTimersByTimeAsync(20)
    expect(ports.cut).toHaveBeenCalledOnce()
  })

  test('an epoch is not shorter for a sender that waits only for workers, nor without a store', async () => {
    const written = made()
    written.give(testGroup([{ acknowledge: 'decoded' }]))
    const unwritten = made({ store: null })
    unwritten.give(testGroup([{ acknowledge: 'committed' }]))
    await vi.advanceTimersByTimeAsync(INTERVAL - 1)
    expect(written.ports.cut).not.toHaveBeenCalled()
    expect(unwritten.ports.cut).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(written.ports.cut).toHaveBeenCalledOnce()
    expect(unwritten.ports.cut).toHaveBeenCalledOnce()
  })

  test('batches that come later do not lengthen one that a sender waits for', async () => {
    const { give, ports } = made()
    give(testGroup([{ acknowledge: 'committed' }]))
    await vi.advanceTimersByTimeAsync(10)
    give(testGroup())
    give(testGroup([{ acknowledge: 'committed' }]))
    await vi.advanceTimersByTimeAsync(10)
    expect(ports.cut).toHaveBeenCalledOnce()
  })
})

describe('commits', () => {
  test('nothing is merged, shown or reported before the record is on disk', async () => {
    const all = made()
    const { give, deliver, store, state, commits, checkpoints, posts } = all
    const group = testGroup([{ position: 5 }])
    give(group)
    deliver(group)
    const before = state.version
    await vi.advanceTimersByTimeAsync(INTERVAL)
    expect(store.commits).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([posts(), state.version, commits.length, checkpoints.lastRecord]).toEqual([0, before, 0, 0])
    await commitNext(all)
    expect([posts(), commits.length, checkpoints.lastRecord, checkpoints.uncommitted]).toEqual([1, 1, 1, 0])
    expect(commits[0]?.batches.get('src')).toEqual(group.batches)
    expect(positionsIn(commits[0] as Commit)).toEqual({ 'src/': 5 })
  })

  test('records are numbered on from those of an earlier run, and made when they are committed', async () => {
    const all = made({ lastRecord: 41 })
    const { give, deliver, store, checkpoints } = all
    for (let i = 0; i < 2; i++) {
      const group = testGroup()
      give(group)
      deliver(group)
      await vi.advanceTimersByTimeAsync(1000)
      await commitNext(all)
    }
    expect(store.commits.map(({ record }) => [record.epoch, record.now])).toEqual([
      [42, NOW + INTERVAL],
      [43, NOW + 1000 + INTERVAL],
    ])
    expect(checkpoints.lastRecord).toBe(43)
  })

  test('commits are in the order of epochs, one at a time', async () => {
    const all = made()
    const { checkpoints, give, deliver, store, posts } = all
    const [first, second] = [testGroup([{ position: 1 }]), testGroup([{ position: 2 }])]
    give(first)
    checkpoints.cut()
    give(second)
    checkpoints.cut()
    deliver(second)
    await vi.advanceTimersByTimeAsync(0)
    expect(store.commits).toHaveLength(0)
    deliver(first)
    expect(store.commits).toHaveLength(1)
    expect(store.commits.map(positionsIn)).toEqual([{ 'src/': 1 }])
    await vi.advanceTimersByTimeAsync(1000)
    expect(store.commits).toHaveLength(1)
    await commitNext(all)
    expect(store.commits.map(positionsIn)).toEqual([{ 'src/': 1 }, { 'src/': 2 }])
    expect(posts()).toBe(1)
    await commitNext(all)
    expect(posts()).toBe(2)
  })

  test('an epoch is not committed before it is cut, nor before each of its batches is counted', async () => {
    const { checkpoints, give, deliver, store } = made()
    const [first, second] = [testGroup(), testGroup([{}], 'other')]
    give(first, second)
    deliver(first)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    expect(store.commits).toHaveLength(0)
    checkpoints.deliver(testDelta(second.batches), second.batches)
    expect(store.commits).toHaveLength(1)
    expect(countedIn(store.commits[0]?.record as EpochRecord, 'mood_source_posts_total', 'src')).toBe(1)
    expect(countedIn(store.commits[0]?.record as EpochRecord, 'mood_source_posts_total', 'other')).toBe(1)
  })

  test('a failed commit is retried with the same record and growing waits, and nothing is shown until it succeeds', async () => {
    const all = made()
    const { give, deliver, store, failures, commits, posts, state } = all
    const group = testGroup()
    give(group)
    deliver(group)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    const before = state.version
    const waits = [200, 400, 800, 1600, 3200, 5000, 5000]
    for (const wait of waits) {
      const tries = store.commits.length
      store.commits.at(-1)?.reject(new Error('disk full'))
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(store.commits).toHaveLength(tries)
      await vi.advanceTimersByTimeAsync(1)
      expect(store.commits).toHaveLength(tries + 1)
    }
    expect(failures).toEqual(waits.map(() => 'disk full'))
    expect([posts(), commits.length, state.version]).toEqual([0, 0, before])
    expect(new Set(store.commits.map(({ record }) => record)).size).toBe(1)
    await commitNext(all)
    expect([posts(), commits.length]).toEqual([1, 1])
    // The next failure begins with the shortest wait again.
    const next = testGroup()
    give(next)
    deliver(next)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    store.commits.at(-1)?.reject(new Error('disk full'))
    const tries = store.commits.length
    await vi.advanceTimersByTimeAsync(199)
    expect(store.commits).toHaveLength(tries)
    await vi.advanceTimersByTimeAsync(1)
    expect(store.commits).toHaveLength(tries + 1)
  })

  test('a commit that fails during closing is not retried', async () => {
    const { give, deliver, store, checkpoints, commits } = made()
    const group = testGroup()
    give(group)
    deliver(group)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    store.commits[0]?.reject(new Error('disk full'))
    await vi.advanceTimersByTimeAsync(50)
    checkpoints.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([store.commits.length, commits.length, checkpoints.isClosed]).toEqual([1, 0, true])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('without a store an epoch is merged once it is complete', async () => {
    const { give, deliver, checkpoints, posts, commits } = made({ store: null })
    const group = testGroup([{ position: 1 }])
    give(group)
    deliver(group)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    expect([posts(), commits.length, checkpoints.lastRecord]).toEqual([1, 1, 1])
    expect(positionsIn(commits[0] as Commit)).toEqual({ 'src/': 1 })
  })

  test('windows that close with an epoch are reported with it', async () => {
    const all = made()
    const { give, checkpoints, commits, state } = all
    const group = testGroup()
    give(group)
    const delta = new State(deltaShapeOf(SHAPE))
    delta.windows.get('1m')?.slices.at(0).mood(labelKey('all', 'one')).add(0, 0.5)
    delta.observe('src', '', 60_000)
    checkpoints.deliver({ ...testDelta(group.batches), ...delta.encode() }, group.batches)
    await commitEpoch(all)
    expect(commits[0]?.closed.map(({ label, end }) => [label, end])).toEqual([['1m', 60_000]])
    expect(state.windows.get('1m')?.complete?.end).toBe(60_000)
  })

  test('slots of seen ids belong to the epoch that saw them', async () => {
    const { give, checkpoints, store } = made()
    const group = testGroup([{}, {}])
    const [a, b] = group.batches as [TrackedBatch, TrackedBatch]
    give(group)
    checkpoints.deliver({ ...testDelta([a]), ids: Int32Array.of(1, 2) }, [a])
    checkpoints.deliver({ ...testDelta([b]), ids: Int32Array.of(3, 4) }, [b])
    checkpoints.cut()
    expect(store.commits[0]?.record.ids).toEqual([Int32Array.of(1, 2), Int32Array.of(3, 4)])
  })
})

describe('positions', () => {
  test('an epoch ends where the last group that was given to workers ends, by partition', async () => {
    const all = made()
    const { give, deliver, store } = all
    const groups = [
      testGroup([{ partition: 'a', position: 1 }]),
      testGroup([{ partition: 'b', position: 10 }]),
      testGroup([{ partition: 'a' }, { partition: 'a', position: 2 }]),
      testGroup([{ position: 'x' }], 'other'),
    ]
    give(...groups)
    // Workers deliver in any order.
    deliver(groups[2] as BatchGroup, groups[0] as BatchGroup)
    for (const group of [groups[1], groups[3]] as BatchGroup[])
      all.checkpoints.deliver(testDelta(group.batches), group.batches)
    await commitEpoch(all)
    const notGiven = testGroup([{ partition: 'a', position: 3 }])
    expect(store.commits.map(positionsIn)).toEqual([{ 'src/a': 2, 'src/b': 10, 'other/': 'x' }])
    expect(notGiven.epoch).toBeNull()
  })

  test('a partition without a position is not moved', async () => {
    const all = made()
    const { give, deliver, store } = all
    const group = testGroup()
    give(group)
    deliver(group)
    await commitEpoch(all)
    expect(store.commits.map(positionsIn)).toEqual([{}])
  })

  test('a partition that is released keeps its position, unless it is dropped', async () => {
    const all = made()
    const { give, deliver, store, checkpoints } = all
    const groups = ['a', 'b'].map(partition => testGroup([{ partition, position: 7 }]))
    give(...groups)
    deliver(...groups)
    await commitEpoch(all)
    checkpoints.release('src', 'a', false)
    checkpoints.release('src', 'b', true)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    await commitNext(all)
    expect(positionsIn(store.commits[1] as { record: EpochRecord })).toEqual({ 'src/b': null })
    // Opened again without a position, neither has the old one.
    const again = testGroup([{ partition: 'b' }])
    give(again)
    deliver(again)
    await commitEpoch(all)
    expect(positionsIn(store.commits[2] as { record: EpochRecord })).toEqual({})
  })

  test('a source that was removed and is added again begins without positions', async () => {
    const all = made()
    const { give, deliver, checkpoints } = all
    const before = testGroup([{ partition: 'a', position: 7 }])
    give(before)
    deliver(before)
    await commitEpoch(all)
    checkpoints.release('src', null, true)
    await commitEpoch(all)
    const after = testGroup([{ partition: 'a' }])
    give(after)
    deliver(after)
    await commitEpoch(all)
    expect(all.commits.map(positionsIn)).toEqual([{ 'src/a': 7 }, {}, {}])
  })

  test('a released partition does not hold back event time', async () => {
    const all = made({ store: null })
    const { give, checkpoints, state } = all
    const group = testGroup()
    give(group)
    const delta = new State(deltaShapeOf(SHAPE))
    delta.observe('src', 'slow', 60_000)
    delta.observe('src', 'fast', 600_000)
    checkpoints.deliver({ ...testDelta(group.batches), ...delta.encode() }, group.batches)
    await commitEpoch(all)
    expect(state.windows.get('1m')?.complete?.end).toBe(60_000)
    checkpoints.release('src', 'slow', false)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    checkpoints.tick(NOW + INTERVAL)
    expect(state.windows.get('1m')?.complete?.end).toBe(600_000)
  })
})

describe('counts of the main thread', () => {
  test('are in the next commit', async () => {
    const all = made()
    const { checkpoints, give, deliver, store, restarts } = all
    const group = testGroup()
    give(group)
    checkpoints.count('mood_worker_restarts_total', ['crash'], 3)
    deliver(group)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    expect(store.commits).toHaveLength(1)
    const { record } = store.commits[0] as { record: EpochRecord }
    expect(countedIn(record, 'mood_worker_restarts_total', 'crash')).toBe(3)
    expect(countedIn(record, 'mood_source_posts_total', 'src')).toBe(1)
    expect(restarts()).toBe(0)
    await commitNext(all)
    expect(restarts()).toBe(3)
    await vi.advanceTimersByTimeAsync(10 * INTERVAL)
    expect(store.commits).toHaveLength(1)
  })

  test('has a commit of its own after the interval while an epoch is incomplete, and where there is none', async () => {
    const all = made()
    const { checkpoints, give, deliver, store, restarts, posts, commits } = all
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    await vi.advanceTimersByTimeAsync(INTERVAL)
    await commitNext(all)
    expect(restarts()).toBe(1)
    const group = testGroup([{ position: 1 }])
    give(group)
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    await vi.advanceTimersByTimeAsync(INTERVAL)
    await commitNext(all)
    expect([restarts(), posts()]).toEqual([2, 0])
    expect(store.commits.map(positionsIn)).toEqual([{}, {}])
    expect(commits[1]?.batches.size).toBe(0)
    deliver(group)
    await commitNext(all)
    expect([restarts(), posts()]).toEqual([2, 1])
    expect(checkpoints.lastRecord).toBe(3)
  })

  test('during a commit are in the next one', async () => {
    const all = made()
    const { checkpoints, store, restarts } = all
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    checkpoints.cut()
    checkpoints.count('mood_worker_restarts_total', ['crash'], 10)
    await vi.advanceTimersByTimeAsync(INTERVAL)
    expect(store.commits).toHaveLength(1)
    await commitNext(all)
    expect(restarts()).toBe(1)
    await commitNext(all)
    expect(restarts()).toBe(11)
  })
})

describe('a group that is postponed', () => {
  test('leaves its epoch, which is complete without it, and is taken on by a later one', async () => {
    const all = made()
    const { checkpoints, give, deliver, posts } = all
    const [first, second] = [testGroup([{}, { position: 1 }]), testGroup([{}], 'other')]
    give(first, second)
    checkpoints.deliver(testDelta(second.batches), second.batches)
    checkpoints.cut()
    expect(checkpoints.postpone(first)).toBe(true)
    expect(first.epoch).toBeNull()
    await commitNext(all)
    expect([posts('other'), posts()]).toEqual([1, 0])
    expect(all.commits[0]?.batches.has('src')).toBe(false)
    expect(give(first)).toEqual([2, 2])
    deliver(first)
    await commitEpoch(all)
    expect(posts()).toBe(2)
    expect(positionsIn(all.commits[1] as Commit)).toEqual({ 'src/': 1 })
  })

  test('is one of which nothing is counted yet', () => {
    const { checkpoints, give } = made()
    const group = testGroup([{}, {}])
    const [first] = group.batches as [TrackedBatch]
    expect(checkpoints.postpone(group)).toBe(true)
    expect(group.isPostponed).toBe(false)
    give(group)
    checkpoints.deliver(testDelta([first]), [first])
    expect(checkpoints.postpone(group)).toBe(false)
    expect(group.epoch).toBe(1)
  })

  test('is never passed by positions, though groups that follow it are committed first', async () => {
    const all = made()
    const { checkpoints, give, deliver, commits } = all
    const [first, second, third] = [1, 2, 3].map(position => testGroup([{ position }])) as [
      BatchGroup,
      BatchGroup,
      BatchGroup,
    ]
    give(first, second)
    checkpoints.cut()
    give(third)
    deliver(second)
    expect(checkpoints.postpone(first)).toBe(true)
    await commitNext(all)
    deliver(third)
    await commitEpoch(all)
    expect(commits.map(positionsIn)).toEqual([{}, {}])
    give(first)
    deliver(first)
    await commitEpoch(all)
    // All that had overtaken it is counted, too.
    expect(positionsIn(commits[2] as Commit)).toEqual({ 'src/': 3 })
  })

  test('is not passed with another one that is taken on before it', async () => {
    const all = made()
    const { checkpoints, give, deliver, commits } = all
    const [first, second, third] = [1, 2, 3].map(position => testGroup([{ position }])) as [
      BatchGroup,
      BatchGroup,
      BatchGroup,
    ]
    give(first, second, third)
    deliver(third)
    expect([checkpoints.postpone(first), checkpoints.postpone(second)]).toEqual([true, true])
    await commitEpoch(all)
    give(first)
    deliver(first)
    await commitEpoch(all)
    expect(commits.map(positionsIn)).toEqual([{}, {}])
    give(second)
    deliver(second)
    await commitEpoch(all)
    expect(positionsIn(commits[2] as Commit)).toEqual({ 'src/': 3 })
  })

  test('of one partition holds back no other', async () => {
    const all = made()
    const { checkpoints, give, deliver, commits } = all
    const [a, b] = ['a', 'b'].map(partition => testGroup([{ partition, position: 1 }])) as [
      BatchGroup,
      BatchGroup,
    ]
    give(a, b)
    deliver(b)
    checkpoints.postpone(a)
    await commitEpoch(all)
    expect(commits.map(positionsIn)).toEqual([{ 'src/b': 1 }])
  })
})

describe('a batch that is abandoned', () => {
  test('counts its records and its drops as dropped, frees its memory and completes its epoch', async () => {
    const all = made()
    const { checkpoints, give, delivered, state } = all
    const drops = [{ reason: 'oversized', records: 2, bytes: 900 }]
    const group = testGroup([{ records: 5, drops, position: 4 }])
    give(group)
    checkpoints.cut()
    checkpoints.abandon(group.batches[0] as TrackedBatch, 'plugin')
    expect(delivered).toEqual(group.batches)
    expect(group.delivered).toBe(1)
    await commitNext(all)
    expect(state.counter('mood_source_records_total').get('src')).toBe(7)
    expect(Object.fromEntries(state.counter('mood_posts_dropped_total').entries())).toEqual({
      [labelKey('src', 'plugin')]: 5,
      [labelKey('src', 'oversized')]: 2,
    })
    expect(positionsIn(all.commits[0] as Commit)).toEqual({ 'src/': 4 })
  })

  test('that no worker was given belongs to the epoch at hand', async () => {
    const all = made()
    const { checkpoints, state } = all
    const group = testGroup([{ records: 5 }])
    checkpoints.abandon(group.batches[0] as TrackedBatch, 'plugin')
    expect(group.epoch).toBe(1)
    await commitEpoch(all)
    expect(state.counter('mood_source_records_total').get('src')).toBe(5)
    expect(all.commits[0]?.batches.get('src')).toEqual(group.batches)
  })
})

describe('waiting for all to be committed', () => {
  test('is over at once where there is nothing', async () => {
    const { checkpoints, store } = made()
    expect(await isSettled(checkpoints.settled())).toBe(true)
    expect(store.commits).toHaveLength(0)
  })

  test('cuts the epoch, and is over once it is merged', async () => {
    const all = made()
    const { checkpoints, give, deliver, ports, posts } = all
    const group = testGroup()
    give(group)
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    const settled = checkpoints.settled()
    expect(ports.cut).toHaveBeenCalledOnce()
    // Its own counts are committed first, since the epoch is incomplete.
    await commitNext(all)
    deliver(group)
    expect(await isSettled(settled)).toBe(false)
    await commitNext(all)
    expect(await isSettled(settled)).toBe(true)
    expect([posts(), all.restarts(), checkpoints.uncommitted]).toEqual([1, 1, 0])
  })

  test('waits for what is counted while it waits', async () => {
    const all = made()
    const { checkpoints } = all
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    const settled = checkpoints.settled()
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    await commitNext(all)
    expect(await isSettled(settled)).toBe(false)
    await commitNext(all)
    expect(await isSettled(settled)).toBe(true)
    expect(all.restarts()).toBe(2)
  })

  test('does not poll while nothing happens', async () => {
    const { checkpoints, give, ports } = made()
    give(testGroup())
    const settled = checkpoints.settled()
    expect(ports.cut).toHaveBeenCalledOnce()
    const cut = vi.spyOn(checkpoints, 'cut')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(cut).not.toHaveBeenCalled()
    expect(await isSettled(settled)).toBe(false)
    checkpoints.close()
    expect(await isSettled(settled)).toBe(true)
  })

  test('is over while a commit of nothing but ticks is under way only once that is merged', async () => {
    const all = made()
    for (let tick = 0; tick < 600; tick++) all.checkpoints.tick(NOW + tick)
    const settled = all.checkpoints.settled()
    expect(await isSettled(settled)).toBe(false)
    await commitNext(all)
    expect(await isSettled(settled)).toBe(true)
  })
})

describe('ticks', () => {
  /** Merges a post at event time 0 of a partition that is idle after 10 s. */
  async function withOpenWindow() {
    const all = made()
    const { give, checkpoints } = all
    const group = testGroup()
    give(group)
    const delta = new State(deltaShapeOf(SHAPE))
    delta.windows.get('1m')?.slices.at(NOW).mood(labelKey('all', 'one')).add(0, 0.5)
    delta.observe('src', '', NOW)
    checkpoints.deliver({ ...testDelta(group.batches), ...delta.encode() }, group.batches)
    await commitEpoch(all)
    return all
  }

  test('move event time with the clock, and report the windows that close', async () => {
    const { checkpoints, ports, state } = await withOpenWindow()
    checkpoints.tick(NOW + 5000)
    expect(ports.closed).not.toHaveBeenCalled()
    checkpoints.tick(NOW + 30_000)
    checkpoints.tick(NOW + 120_000)
    expect(ports.closed).toHaveBeenCalledOnce()
    expect(ports.closed.mock.calls[0]?.[0]).toMatchObject([{ label: '1m', end: 1_020_000 }])
    expect(state.windows.get('1m')?.complete?.end).toBeGreaterThanOrEqual(1_020_000)
  })

  test('go with the next record, in order, once', async () => {
    const all = await withOpenWindow()
    const { checkpoints, store } = all
    checkpoints.tick(NOW + 100)
    checkpoints.tick(NOW + 200)
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    await commitEpoch(all)
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    await commitEpoch(all)
    expect(store.commits.map(({ record }) => record.ticks)).toEqual([[], [NOW + 100, NOW + 200], []])
  })

  test('do not occur between the commit of a record and its merge', async () => {
    const all = await withOpenWindow()
    const { checkpoints, state, ports, store } = all
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    checkpoints.cut()
    const before = state.version
    checkpoints.tick(NOW + 120_000)
    expect([state.version, ports.closed.mock.calls.length]).toEqual([before, 0])
    await commitNext(all)
    checkpoints.tick(NOW + 30_000)
    checkpoints.tick(NOW + 120_000)
    expect(ports.closed).toHaveBeenCalledOnce()
    checkpoints.count('mood_worker_restarts_total', ['crash'])
    checkpoints.cut()
    expect(store.commits.at(-1)?.record.ticks).toEqual([NOW + 30_000, NOW + 120_000])
  })

  test('are committed by themselves when there are many, and not kept where nothing is written', async () => {
    const written = made()
    for (let tick = 0; tick < 599; tick++) written.checkpoints.tick(NOW + tick)
    expect(written.store.commits).toHaveLength(0)
    written.checkpoints.tick(NOW + 599)
    expect(written.store.commits[0]?.record.ticks).toHaveLength(600)
    const unwritten = made({ store: null })
    for (let tick = 0; tick < 1000; tick++) unwritten.checkpoints.tick(NOW + tick)
    unwritten.checkpoints.count('mood_worker_restarts_total', ['crash'])
    await commitEpoch(unwritten)
    expect(unwritten.commits.map(({ record }) => record.ticks)).toEqual([[]])
  })

  test('and commits count terms that they evict at once, so that a replay of records counts them too', async () => {
    const all = made()
    const { give, checkpoints, state } = all
    const shape = { ...SHAPE, slices: 1 }
    state.reshape(shape, KNOWN)
    checkpoints.reshape()
    const group = testGroup()
    give(group)
    const delta = new State(deltaShapeOf(shape))
    for (let minute = 0; minute < 3; minute++)
      delta.terms
        .get('terms')?.[0]
        ?.slices.at(minute * 60_000, 'all')
        .observe('#a', 1)
    delta.observe('src', '', 180_000)
    checkpoints.deliver({ ...testDelta(group.batches), ...delta.encode() }, group.batches)
    await commitEpoch(all)
    expect(state.counter('mood_slices_evicted_total').get('')).toBe(2)
  })
})

test('after another configuration is taken on, epochs and counts are of its shape', async () => {
  const all = made()
  const { checkpoints, state, give, store } = all
  const first = testGroup()
  give(first)
  all.deliver(first)
  await commitEpoch(all)
  const shape = { ...SHAPE, windows: [{ label: '5m', size: 300_000, slide: 300_000, lateness: 0 }] }
  state.reshape(shape, KNOWN)
  checkpoints.reshape()
  const group = testGroup()
  expect(give(group)).toEqual([3])
  checkpoints.count('mood_worker_restarts_total', ['crash'])
  checkpoints.abandon(group.batches[0] as TrackedBatch, 'plugin')
  checkpoints.cut()
  const decoded = store.commits
    .at(-1)
    ?.record.deltas.map(({ base }) => State.decodeBase(deltaShapeOf(shape), base))
  expect(decoded).toHaveLength(2)
  await commitNext(all)
  expect(state.counter('mood_source_records_total').get('src')).toBe(1)
})
