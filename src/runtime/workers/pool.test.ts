import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import type { BatchGroup, TrackedBatch } from '../batch.ts'
import { batchesOf, testDelta, testGroup } from '../runtime-testing.ts'
import type { DeclaredMetrics, Delta } from '../threads/messages.ts'
import { type PoolPorts, WorkerPool } from './pool.ts'
import { BatchQueue } from './queue.ts'
import { FakeWorker } from './worker-testing.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const spec = (name: string) => ({ use: name, name, options: {} })
const WORKER_CONFIG = testWorkerConfig({
  sources: ['a', 'b'].map(name => ({ name, format: spec(`fmt-${name}`), dedupe: false })),
  scorers: [spec('one')],
  extractors: [spec('terms')],
})

/** A pool of workers that do what the test says. Every batch that is asked for belongs to epoch 1. */
async function made({
  size = 1,
  first,
  ready = true,
}: {
  size?: number
  first?: number
  ready?: boolean
} = {}) {
  const workers: FakeWorker[] = []
  /** With which declared metrics and options each was made. */
  const begun: [readonly DeclaredMetrics[] | null, object][] = []
  const delivered: [Delta, TrackedBatch[]][] = []
  const abandoned: [TrackedBatch, string][] = []
  const restarted: string[][] = []
  const ports = {
    epochOf: vi.fn<PoolPorts['epochOf']>(({ group }) => {
      group.epoch ??= 1
      return group.epoch
    }),
    delta: (delta: Delta, batches: TrackedBatch[]) => void delivered.push([delta, batches]),
    mapped: vi.fn<PoolPorts['mapped']>(),
    recorded: vi.fn<PoolPorts['recorded']>(),
    sampled: vi.fn<PoolPorts['sampled']>(),
    abandoned: (batch: TrackedBatch, why: string) => void abandoned.push([batch, why]),
    restarted: (...of: string[]) => void restarted.push(of),
    store: vi.fn<PoolPorts['store']>(async ({ id }) => ({ type: 'stored', id, value: 7 })),
    log: vi.fn<PoolPorts['log']>(),
  } satisfies PoolPorts
  const queue = new BatchQueue()
  const pool = new WorkerPool(
    WORKER_CONFIG,
    queue,
    { size, first: first ?? size, workerMemory: 0 },
    ports,
    (_workerConfig, declared, options, events) => {
      begun.push([declared, options])
      const worker = new FakeWorker(events)
      workers.push(worker)
      return worker
    },
  )
  const started = pool.start()
  started.catch(() => {})
  if (ready) {
    for (const worker of workers) worker.begin({ headers: [true, false], stride: 8 })
    await started
  }
  const push = (...groups: BatchGroup[]) => {
    for (const group of groups) queue.push(group)
    pool.dispatch()
    return batchesOf(...groups)
  }
  const worker = (n: number) => workers[n] as FakeWorker
  /** Numbers of the batches that workers were sent, by worker. */
  const sent = () =>
    workers.map(({ sent }) => sent.flatMap(each => (each as { number?: number }).number ?? []))
  return { pool, queue, workers, begun, worker, ports, delivered, abandoned, restarted, started, push, sent }
}

const groupsOf = (n: number, source = 'a') => Array.from({ length: n }, () => testGroup([{}], source))
const numbersOf = (batches: TrackedBatch[]) => batches.map(({ number }) => number)

describe('a pool that starts', () => {
  test('is ready when all workers are, and knows which formats need a header and how many records are mapped together', async () => {
    const { pool, worker, started } = await made({ size: 2, ready: false })
    worker(0).begin({ headers: [true, false], stride: 8 })
    await vi.advanceTimersByTimeAsync(0)
    expect(pool.ready).toBe(1)
    worker(1).begin()
    await started
    expect([pool.ready, pool.stride]).toEqual([2, 8])
    expect([...pool.headers]).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  test('is closed where a worker could not make its plugins', async () => {
    const { worker, workers, started } = await made({ size: 2, ready: false })
    worker(0).begin()
    worker(1).fail('no such plugin')
    await expect(started).rejects.toThrow('no such plugin')
    expect(workers.map(({ stopped }) => stopped)).toContainEqual([0])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has one worker at least, in a thread unless there is to be none', async () => {
    const without = await made({ size: 0 })
    expect(without.begun).toEqual([[null, { threaded: false, workerMemory: 0 }]])
    const { begun } = await made({ size: 1 })
    expect(begun).toEqual([[null, { threaded: true, workerMemory: 0 }]])
  })

  test('knows how formats split streams, and what its plugins declare', async () => {
    const { pool, worker, started, ports } = await made({ size: 2, ready: false })
    expect([...pool.framings.values(), pool.declared]).toEqual([{ kind: 'lines' }, { kind: 'lines' }, []])
    const metrics = [declaring('scorer one', 'calls')]
    const clamped = [{ owner: 'scorer one', message: 'batchSize: at most 1000' }]
    for (const n of [0, 1]) worker(n).begin({ framings: [{ kind: 'whole' }], metrics, clamped })
    await started
    expect([...pool.framings]).toEqual([
      ['a', { kind: 'whole' }],
      ['b', { kind: 'lines' }],
    ])
    expect(pool.declared).toEqual(metrics)
    // Once, and not by each worker.
    expect(ports.log.mock.calls).toEqual([
      [
        {
          type: 'log',
          level: 'warn',
          cause: 'scorer one',
          message: 'batchSize: at most 1000',
          fields: {},
        },
      ],
    ])
  })
})

/** The declaration of one counter. */
const declaring = (owner: string, name: string): DeclaredMetrics => ({
  owner,
  plugin: 'probe',
  metrics: { [name]: { type: 'counter', help: 'Of a test.' } },
})

describe('a pool grows', () => {
  /** A pool of up to three workers that begins with one, which takes 100 ms over a batch. */
  async function behind() {
    const all = await made({ size: 3, first: 1 })
    const [a] = numbersOf(all.push(...groupsOf(1))) as [number]
    all.worker(0).map(a, null, 100)
    all.worker(0).say(testDelta([]))
    return all
  }

  test('by one worker at a time, while more batches wait than the workers soon finish', async () => {
    const { push, workers, worker, pool } = await behind()
    push(...groupsOf(2 + 8))
    await vi.advanceTimersByTimeAsync(249)
    expect(workers).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(151)
    // No third before it is known what the second does.
    await vi.advanceTimersByTimeAsync(900)
    expect([workers.length, pool.workers, pool.ready]).toEqual([2, 2, 1])
    worker(1).begin()
    await vi.advanceTimersByTimeAsync(500)
    expect([workers.length, pool.ready]).toEqual([3, 2])
    worker(2).begin()
    await vi.advanceTimersByTimeAsync(5000)
    expect([workers.length, pool.ready]).toEqual([3, 3])
    await pool.close(0)
  })

  test('not of a burst, and not of a little that waits', async () => {
    const { push, workers, worker, sent, pool } = await behind()
    push(...groupsOf(2 + 8))
    await vi.advanceTimersByTimeAsync(200)
    for (let n = 0; n < 11; n++) worker(0).map(sent()[0]?.[n] as number, null, 10)
    await vi.advanceTimersByTimeAsync(900)
    push(...groupsOf(2 + 1))
    await vi.advanceTimersByTimeAsync(900)
    expect(workers).toHaveLength(1)
    await pool.close(0)
  })

  test('of anything that waits for a second, as where the first batch takes long', async () => {
    const { push, workers, pool } = await made({ size: 2, first: 1 })
    push(...groupsOf(3))
    await vi.advanceTimersByTimeAsync(999)
    expect(workers).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(201)
    expect(workers).toHaveLength(2)
    await pool.close(0)
  })

  test('not while batches wait for a commit and not for a worker', async () => {
    const { push, workers, ports, pool } = await made({ size: 2, first: 1 })
    ports.epochOf.mockReturnValue(null)
    push(...groupsOf(100))
    await vi.advanceTimersByTimeAsync(5000)
    expect(workers).toHaveLength(1)
    await pool.close(0)
  })

  test('a second later where a worker could not be started', async () => {
    const { push, workers, worker, ports, pool } = await made({ size: 2, first: 1 })
    push(...groupsOf(3))
    await vi.advanceTimersByTimeAsync(1200)
    worker(1).fail('no connection')
    await vi.advanceTimersByTimeAsync(900)
    expect(workers).toHaveLength(2)
    expect(ports.log.mock.calls).toMatchObject([[{ level: 'error', fields: { reason: 'no connection' } }]])
    await vi.advanceTimersByTimeAsync(300)
    expect(workers).toHaveLength(3)
    await pool.close(0)
  })

  test('and shrinks again to the workers that there is something to do for, and to one', async () => {
    const { push, workers, worker, pool, sent } = await made({ size: 3 })
    push(...groupsOf(4))
    for (const [n, numbers] of sent().entries()) for (const number of numbers) worker(n).map(number)
    const held = [...worker(1).held.values()]
    for (const n of [0, 2]) worker(n).say(testDelta([...worker(n).held.values()]))
    // With little to do it is the first that does it.
    for (let second = 0; second < 61; second++) {
      const [batch] = push(...groupsOf(1)) as [TrackedBatch]
      worker(0).map(batch.number)
      worker(0).say(testDelta([batch]))
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(workers.map(({ stopped }) => stopped.length)).toEqual([0, 0, 1])
    expect(pool.ready).toBe(2)
    worker(1).say(testDelta(held))
    await vi.advanceTimersByTimeAsync(200_000)
    expect(workers.map(({ stopped }) => stopped.length)).toEqual([0, 1, 1])
    expect([pool.workers, pool.ready]).toEqual([1, 1])
    await pool.close(0)
  })
})

test('of idle workers one that is being killed, is not ready or holds batches is not ended', async () => {
  const { push, workers, worker, pool, sent } = await made({ size: 3 })
  push(...groupsOf(4))
  for (const [n, numbers] of sent().entries()) for (const number of numbers) worker(n).map(number)
  worker(2).say(testDelta([...worker(2).held.values()]))
  expect(workers.map(({ held }) => held.size > 0)).toEqual([true, true, false])
  worker(2).isKilled = true
  await vi.advanceTimersByTimeAsync(200_000)
  expect(workers.map(({ stopped }) => stopped)).toEqual([[], [], []])
  expect([pool.workers, pool.ready]).toEqual([3, 3])
  worker(2).isKilled = false
  worker(2).isReady = false
  await vi.advanceTimersByTimeAsync(200_000)
  expect(pool.workers).toBe(3)
  worker(2).isReady = true
  // The pool looks at its workers while one has work.
  push(...groupsOf(1))
  await vi.advanceTimersByTimeAsync(200_000)
  expect(workers.map(({ stopped }) => stopped.length)).toEqual([0, 0, 1])
  await pool.close(0)
})

test('a pool that is resumed assigns what waited', async () => {
  const { push, pool, sent } = await made()
  pool.pause()
  const [batch] = push(...groupsOf(1)) as [TrackedBatch]
  expect(sent()).toEqual([[]])
  pool.resume()
  expect(sent()).toEqual([[batch.number]])
})

describe('batches', () => {
  test('go to the worker with the least to do, two to each ahead of what it has mapped', async () => {
    const { push, sent, queue, worker } = await made({ size: 2 })
    const [a, b, c, d, e] = numbersOf(push(...groupsOf(6))) as [number, number, number, number, number]
    expect(sent()).toEqual([
      [a, c],
      [b, d],
    ])
    expect(queue.size).toBe(2)
    worker(1).map(b)
    expect(sent()[1]).toEqual([b, d, e])
  })

  test('are sent with their epoch and the place of their source in the workerConfig', async () => {
    const { push, worker } = await made()
    const [a, b] = numbersOf(push(...groupsOf(1, 'b'), ...groupsOf(1, 'a')))
    expect(worker(0).sent).toEqual([
      { number: a, epoch: 1, place: 1 },
      { number: b, epoch: 1, place: 0 },
    ])
  })

  test('stay in the queue while they have no epoch', async () => {
    const { push, ports, sent, queue, pool } = await made()
    ports.epochOf.mockReturnValue(null)
    const [number] = numbersOf(push(...groupsOf(1)))
    expect([sent(), queue.size]).toEqual([[[]], 1])
    ports.epochOf.mockReturnValue(3)
    pool.dispatch()
    expect(sent()).toEqual([[number]])
  })

  test('are not asked for an epoch while no worker has room for them', async () => {
    const { push, ports } = await made()
    push(...groupsOf(5))
    expect(ports.epochOf).toHaveBeenCalledTimes(2)
  })

  test('are not sent to a worker that is being ended or is not ready', async () => {
    const { push, worker, sent } = await made({ size: 2 })
    worker(0).kill()
    worker(1).isReady = false
    push(...groupsOf(1))
    expect(sent()).toEqual([[], []])
  })

  test('of a source that the configuration does not have are given up', async () => {
    const { push, abandoned, sent } = await made()
    const [foreign] = push(...groupsOf(1, 'gone'))
    const [own] = push(...groupsOf(1))
    expect(abandoned).toEqual([[foreign, 'the configuration no longer has their source']])
    expect(sent()).toEqual([[own?.number]])
  })

  test('of no kind are sent while the pool is paused, and of some kinds while it finishes', async () => {
    const { pool, push, sent } = await made()
    pool.pause()
    const begun = testGroup([{}], 'a')
    const [first, second] = push(begun, ...groupsOf(1, 'b')) as [TrackedBatch, TrackedBatch]
    expect(sent()).toEqual([[]])
    pool.finish(new Set(['b']))
    expect(sent()).toEqual([[second.number]])
    // Of a group that has begun, as what a dead worker held.
    begun.epoch = 1
    pool.dispatch()
    expect(sent()).toEqual([[second.number, first.number]])
    pool.pause()
    pool.resume()
    expect(sent()[0]).toHaveLength(2)
  })
})

describe('what workers say', () => {
  test('a delta is passed on with the batches that it counts, which the worker then holds no longer', async () => {
    const { push, worker, delivered } = await made()
    const [a, b] = push(...groupsOf(2)) as [TrackedBatch, TrackedBatch]
    worker(0).map(a.number)
    worker(0).map(b.number)
    const delta = testDelta([a])
    worker(0).say(delta)
    expect(delivered).toEqual([[delta, [a]]])
    expect([...worker(0).held.values()]).toEqual([b])
  })

  test('that a batch is mapped is reported once, with what was refused and how long it took', async () => {
    const { push, worker, ports } = await made()
    const [a] = push(...groupsOf(1)) as [TrackedBatch]
    const rejections = [{ record: 0, reason: 'invalid', message: 'no' }]
    worker(0).map(a.number, rejections, 42)
    expect(ports.mapped.mock.calls).toEqual([[a, rejections, 42]])
    worker(0).map(12_345)
    expect(ports.mapped).toHaveBeenCalledOnce()
  })

  test('calls of a store are answered to the worker that made them, and lines are passed on', async () => {
    const { worker, ports } = await made({ size: 2 })
    worker(1).say({ type: 'store', id: 3, owner: 'scorer one', operation: 'get', key: 'k' })
    const line = { type: 'suppressed', cause: 'scorer one', lines: 2 } as const
    worker(0).say(line)
    await vi.advanceTimersByTimeAsync(0)
    expect([worker(0).sent, worker(1).sent]).toEqual([[], ['stored']])
    expect(ports.log.mock.calls).toEqual([[line]])
  })
})

test('posts for outputs are passed on', async () => {
  const { worker, ports } = await made()
  worker(0).say({ type: 'sampled', posts: [] })
  expect(ports.sampled.mock.calls).toEqual([[[]]])
})

test('recordings are kept until the pool is in use, and then passed on in order', async () => {
  const { pool, worker, ports } = await made()
  const recorded = ['early', 'second', 'later'].map(owner => [[owner, {}]] as never)
  const [early, second, later] = recorded
  worker(0).say({ type: 'recorded', recorded: early as never })
  worker(0).say({ type: 'recorded', recorded: second as never })
  expect(ports.recorded).not.toHaveBeenCalled()
  pool.use()
  worker(0).say({ type: 'recorded', recorded: later as never })
  expect(ports.recorded.mock.calls).toEqual([[early], [second], [later]])
  pool.use()
  expect(ports.recorded).toHaveBeenCalledTimes(3)
})

test('the terms of rankings are sent to each worker once it is ready, and again when they change', async () => {
  const { pool, worker, started } = await made({ size: 2, ready: false })
  const first = { hashtags: ['nova'] } as never
  worker(0).begin()
  await vi.advanceTimersByTimeAsync(0)
  pool.trends(first)
  pool.trends({ hashtags: ['nova'] } as never)
  expect([worker(0).posted, worker(1).posted]).toEqual([[{ type: 'trends', trends: first }], []])
  worker(1).begin()
  await started
  expect(worker(1).posted).toEqual([{ type: 'trends', trends: first }])
  const next = {} as never
  pool.trends(next)
  expect(worker(0).posted.at(-1)).toEqual({ type: 'trends', trends: next })
  expect(worker(0).posted).toHaveLength(2)
})

test('a worker that is ready without terms of rankings is sent none', async () => {
  const { worker } = await made()
  expect(worker(0).posted).toEqual([])
})

test('a plugin that declares other metrics when it is created again is logged, and keeps those of the start', async () => {
  const { pool, worker, started, ports } = await made({ ready: false })
  worker(0).begin({ metrics: [declaring('scorer one', 'calls'), declaring('format fmt-a', 'rows')] })
  await started
  worker(0).end()
  worker(1).begin({ metrics: [declaring('scorer one', 'calls'), declaring('format fmt-a', 'rows')] })
  await vi.advanceTimersByTimeAsync(0)
  expect(ports.log).not.toHaveBeenCalled()
  worker(1).end()
  worker(2).begin({ metrics: [declaring('format fmt-a', 'rows'), declaring('scorer one', 'errors')] })
  await vi.advanceTimersByTimeAsync(0)
  expect(ports.log.mock.calls).toMatchObject([
    [{ level: 'warn', cause: 'scorer one', fields: { plugin: 'probe' } }],
  ])
  expect(pool.declared.map(({ metrics }) => Object.keys(metrics))).toEqual([['calls'], ['rows']])
})

describe('a worker that dies', () => {
  test('is replaced, and what it held is mapped again in order, before all else; what it delivered is not', async () => {
    const { push, worker, workers, restarted, sent, pool } = await made()
    const [a, b, c, d] = push(...groupsOf(4)) as [TrackedBatch, TrackedBatch, TrackedBatch, TrackedBatch]
    worker(0).map(a.number)
    worker(0).say(testDelta([a]))
    worker(0).map(b.number)
    worker(0).activity.batch(c.number)
    worker(0).end('memory')
    expect(restarted).toEqual([['memory', 'none']])
    expect([pool.ready, workers.length]).toEqual([0, 2])
    worker(1).begin()
    await vi.advanceTimersByTimeAsync(0)
    expect(pool.ready).toBe(1)
    expect(sent()[1]).toEqual([b.number, c.number])
    worker(1).map(b.number)
    expect(sent()[1]).toEqual([b.number, c.number, d.number])
  })

  test('leaves what it held to the others at once', async () => {
    const { push, worker, sent } = await made({ size: 2 })
    const [a] = push(...groupsOf(1)) as [TrackedBatch]
    expect(sent()).toEqual([[a.number], []])
    worker(0).end()
    expect(sent()[1]).toEqual([a.number])
  })

  test('in a call of a plugin: that call is not made again, and no batch is to blame', async () => {
    const { push, worker, restarted } = await made()
    const [a, b] = push(...groupsOf(2)) as [TrackedBatch, TrackedBatch]
    b.attempts = 2
    worker(0).activity.batch(a.number)
    worker(0).activity.enter(2, 5, 1, 6)
    worker(0).end('timeout')
    expect(a.skips).toEqual([{ plugin: 2, record: 5, lastRecord: 6, post: 1, reason: 'timeout' }])
    expect([a.attempts, b.attempts]).toEqual([0, 0])
    expect(restarted).toEqual([['timeout', 'scorer one']])
  })

  test.each([
    [0, 'format fmt-a'],
    [1, 'format fmt-b'],
    [3, 'extractor terms'],
  ])('in a call of plugin %i: the cause is %s', async (place, blame) => {
    const { push, worker, restarted } = await made()
    const [a] = push(...groupsOf(1)) as [TrackedBatch]
    worker(0).activity.batch(a.number)
    worker(0).activity.enter(place, 0, 0)
    worker(0).end()
    expect(restarted).toEqual([['crash', blame]])
  })

  test('between calls, three times over one batch: that batch is given up, the others are not', async () => {
    const { push, worker, workers, abandoned, sent } = await made()
    const [a, b] = push(...groupsOf(2)) as [TrackedBatch, TrackedBatch]
    for (let death = 0; death < 3; death++) {
      expect(abandoned).toEqual([])
      worker(death).activity.batch(a.number)
      worker(death).end()
      worker(death + 1).begin()
      await vi.advanceTimersByTimeAsync(0)
    }
    expect(abandoned).toEqual([[a, 'workers kept dying over them']])
    expect([a.attempts, b.attempts]).toEqual([3, 0])
    expect(sent()[workers.length - 1]).toEqual([b.number])
  })

  test('from a stall between calls: its batch is kept, with more time at each retry', async () => {
    const { push, worker, abandoned, sent } = await made()
    const [a] = push(...groupsOf(1)) as [TrackedBatch]
    for (let death = 0; death < 8; death++) {
      worker(death).activity.batch(a.number)
      worker(death).end('timeout')
      worker(death + 1).begin()
      await vi.advanceTimersByTimeAsync(0)
      expect(sent()[death + 1]).toEqual([a.number])
    }
    expect(abandoned).toEqual([])
    expect([a.attempts, a.stalls]).toEqual([0, 8])
  })

  test('with nothing to map has no plugin to blame', async () => {
    const { worker, restarted } = await made()
    worker(0).activity.enter(2, 0, 0)
    worker(0).end()
    expect(restarted).toEqual([['crash', 'none']])
  })

  test('is replaced again and again, a second apart, while its plugins cannot be made', async () => {
    const { worker, workers, ports, pool } = await made()
    worker(0).end()
    worker(1).fail('no connection')
    await vi.advanceTimersByTimeAsync(999)
    expect(workers).toHaveLength(2)
    expect(ports.log.mock.calls[0]?.[0]).toMatchObject({
      level: 'error',
      fields: { reason: 'no connection' },
    })
    await vi.advanceTimersByTimeAsync(1)
    expect(workers).toHaveLength(3)
    worker(2).begin()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([workers.length, pool.ready]).toEqual([3, 1])
  })

  test('is not replaced once the pool is closed, nor while it waits to be', async () => {
    const first = await made()
    await first.pool.close(0)
    first.worker(0).end()
    const second = await made()
    second.worker(0).end()
    second.worker(1).fail('no connection')
    await vi.advanceTimersByTimeAsync(0)
    await second.pool.close(0)
    await vi.advanceTimersByTimeAsync(10_000)
    expect([first.workers.length, second.workers.length, first.restarted]).toEqual([1, 2, []])
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('the end of an epoch is announced to all workers that are ready', async () => {
  const { pool, worker } = await made({ size: 2 })
  worker(1).isReady = false
  pool.cut()
  expect([worker(0).sent, worker(1).sent]).toEqual([['cut'], []])
})

test('workers are looked at while the pool runs, with the time that a plugin has: often while they work', async () => {
  const { pool, worker, push } = await made()
  await vi.advanceTimersByTimeAsync(3100)
  expect(worker(0).watched).toEqual(Array.from({ length: 4 }, () => WORKER_CONFIG.pluginTimeout))
  push(...groupsOf(1))
  await vi.advanceTimersByTimeAsync(300)
  expect(worker(0).watched).toHaveLength(7)
  await pool.close(0)
  await vi.advanceTimersByTimeAsync(5000)
  expect(worker(0).watched).toHaveLength(7)
})

test('a pool that is closed gives its workers the grace that it was given', async () => {
  const { pool, workers } = await made({ size: 2 })
  await pool.close(1234)
  expect(workers.map(({ stopped }) => stopped)).toEqual([[1234], [1234]])
  expect(pool.ready).toBe(0)
})

describe('taking back what workers hold', () => {
  test('returns all that is not delivered, mapped or not, and ends the workers', async () => {
    const { pool, push, worker, workers } = await made({ size: 2 })
    const [a, b, c] = push(...groupsOf(3)) as [TrackedBatch, TrackedBatch, TrackedBatch]
    worker(0).map(a.number)
    worker(1).map(b.number)
    worker(1).say(testDelta([b]))
    expect(pool.abandonAll()).toEqual([a, c])
    expect(workers.map(({ stopped }) => stopped)).toEqual([[0], [0]])
  })

  test('a delta that comes after it is not counted: its batches are given up', async () => {
    const { pool, push, worker, delivered } = await made()
    const [a] = push(...groupsOf(1)) as [TrackedBatch]
    worker(0).map(a.number)
    pool.abandonAll()
    worker(0).say(testDelta([a]))
    expect(delivered).toEqual([])
  })

  test('nothing more is taken from the queue', async () => {
    const { pool, push, worker, sent, queue } = await made()
    const [a, b] = push(...groupsOf(3)) as [TrackedBatch, TrackedBatch]
    pool.abandonAll()
    worker(0).map(a.number)
    expect([sent(), queue.size]).toEqual([[[a.number, b.number]], 1])
  })
})
