import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { TrackedBatch } from '../batch.ts'
import { batchesOf, isSettled, testDelta, testGroup } from '../runtime-testing.ts'
import type { FromWorker, WorkerData } from '../threads/messages.ts'
import { FakeThread } from '../threads/threads-testing.ts'
import { type EndReason, type PooledWorker, WorkerHandle } from './worker-handle.ts'

const MIB = 2 ** 20
const TIMEOUT = 500

describe('a worker in a thread', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  const CREATE_TIMEOUT = 3000
  const READY: FromWorker = {
    type: 'ready',
    headers: [true],
    framings: [{ kind: 'lines' }],
    stride: 8,
    metrics: [{ owner: 'scorer one', plugin: 'one', metrics: {} }],
    clamped: [{ owner: 'scorer one', message: 'too high' }],
  }

  function made({ ready = true }: { ready?: boolean } = {}) {
    const thread = new FakeThread()
    const messages: FromWorker[] = []
    const ends: EndReason[] = []
    const workerConfig = testWorkerConfig({ createTimeout: CREATE_TIMEOUT, logLines: 7 })
    const declared = [{ owner: 'format fmt', plugin: 'fmt', metrics: {} }]
    const handle: WorkerHandle = new WorkerHandle(
      workerConfig,
      declared,
      { threaded: true, workerMemory: 10 * MIB },
      {
        message: (worker: PooledWorker, message) => {
          expect(worker).toBe(handle)
          messages.push(message)
        },
        ended: (worker, reason) => {
          expect(worker).toBe(handle)
          ends.push(reason)
        },
      },
      thread.start,
    )
    /** What the thread writes to shared memory. */
    const activity = new ThreadActivity((thread.data as WorkerData).activity)
    if (ready) thread.say(READY)
    /** Looks at it ten times a second for so long. */
    const watchFor = (ms: number, between = () => {}) => {
      for (let passed = 0; passed < ms; passed += 100) {
        vi.advanceTimersByTime(100)
        between()
        handle.watch(TIMEOUT)
      }
    }
    return { handle, thread, activity, messages, ends, workerConfig, declared, watchFor }
  }

  /** The same with a batch that it maps. */
  function mapping() {
    const all = made()
    const [batch] = batchesOf(testGroup()) as [never]
    all.handle.send(batch, 1, 0)
    return all
  }

  test('starts with the configuration, the limit of its memory and the declarations of earlier workers', () => {
    const { thread, workerConfig, declared, handle } = made()
    expect(thread.data).toEqual({ workerConfig, declared, activity: handle.activity.memory })
    expect(thread.options).toEqual({
      module: 'src/runtime/workers/worker-thread',
      role: 'worker',
      name: 'worker',
      workerMemory: 10 * MIB,
      cause: 'stray',
      logLines: 7,
    })
  })

  test('is ready once its plugins are created, and knows what they need', async () => {
    const { handle, thread, messages } = made({ ready: false })
    expect(handle.isReady).toBe(false)
    expect(await isSettled(handle.ready)).toBe(false)
    thread.say(READY)
    await handle.ready
    expect(handle).toMatchObject({
      isReady: true,
      headers: READY.headers,
      framings: READY.framings,
      stride: 8,
      metrics: READY.metrics,
      clamped: READY.clamped,
    })
    expect(messages).toEqual([])
  })

  test('whose plugins cannot be created says why, and ends', async () => {
    const { handle, thread, ends, messages } = made({ ready: false })
    thread.say({ type: 'unready', code: 'ERR_PLUGIN_FAILED', message: 'no model' })
    await expect(handle.ready).rejects.toMatchObject({ code: 'ERR_PLUGIN_FAILED', message: 'no model' })
    expect(thread.isTerminated).toBe(true)
    expect([ends, messages]).toEqual([[], []])
  })

  test.each([
    ['ERR_WORKER_OUT_OF_MEMORY', 'it needs more than limits.worker_memory'],
    [undefined, 'it broke'],
  ])('that ends while it starts says why: %s', async (code, why) => {
    const { handle, thread, ends } = made({ ready: false })
    thread.error('it broke', code)
    thread.exit()
    await expect(handle.ready).rejects.toMatchObject({
      code: 'ERR_WORKER_ENDED',
      message: `a worker ended while it started: ${why}`,
    })
    expect(ends).toEqual([])
  })

  test('that ends without an error while it starts says so', async () => {
    const { handle, thread } = made({ ready: false })
    thread.exit()
    await expect(handle.ready).rejects.toThrow('a worker ended while it started: the thread ended')
  })

  test('has a limited time to create its plugins', async () => {
    const { handle, thread, watchFor } = made({ ready: false })
    watchFor(CREATE_TIMEOUT)
    expect(handle.isKilled).toBe(false)
    expect(handle.watch(TIMEOUT)).toBe(true)
    watchFor(200)
    expect(thread.isTerminated).toBe(true)
    await expect(handle.ready).rejects.toMatchObject({
      code: 'ERR_WORKER_TIMEOUT',
      message: 'the plugins of a worker were not created within limits.create_timeout, 3 s',
    })
  })

  test('is sent batches with their epoch and place, and holds them until a delta counts them', () => {
    const { handle, thread, messages } = made()
    const skips = [{ record: 0, plugin: 1, reason: 'timeout' }] as never
    const [first, second, third] = batchesOf(testGroup([{}, { header: 'id,text' }, {}])) as [
      TrackedBatch,
      TrackedBatch,
      TrackedBatch,
    ]
    second.skips = skips
    handle.send(first, 3, 1)
    handle.send(second, 4, 1)
    handle.send(third, 4, 1)
    const numbers = [...handle.held.keys()] as [number, number, number]
    expect(handle.unmapped).toBe(3)
    expect(thread.sent[0]).toMatchObject({ type: 'batch', number: numbers[0], epoch: 3, place: 1, skips: [] })
    expect(thread.sent[1]).toMatchObject({ type: 'batch', number: numbers[1], epoch: 4, place: 1, skips })
    const { batch } = thread.sent[1] as { batch: object }
    // What only the main thread needs is not cloned.
    expect(Object.keys(batch)).toEqual(expect.arrayContaining(['memory', 'records', 'partition', 'header']))
    for (const key of ['group', 'source', 'number', 'skips', 'attempts', 'stalls', 'rejected'])
      expect(batch).not.toHaveProperty(key)

    const done: FromWorker = { type: 'done', number: numbers[0], rejections: null, ms: 5 }
    thread.say(done)
    expect(handle.unmapped).toBe(2)
    expect(handle.held.size).toBe(3)
    const delta = testDelta([first, second])
    thread.say(delta)
    expect(handle.unmapped).toBe(2)
    expect(messages).toEqual([done, delta])
    expect(handle.deliver([numbers[0], 999, numbers[1]])).toEqual([first, second])
    expect([...handle.held.values()]).toEqual([third])
  })

  test('is notified of the end of an epoch', () => {
    const { handle, thread } = made()
    handle.cut()
    handle.post({ type: 'trends', trends: [] as never })
    expect(thread.sent).toEqual([{ type: 'cut' }, { type: 'trends', trends: [] }])
  })

  describe('is killed', () => {
    test('when one call takes longer than the timeout', () => {
      const { activity, watchFor, ends, handle, thread } = mapping()
      activity.enter(0, 0, 0)
      watchFor(TIMEOUT)
      expect(handle.isKilled).toBe(false)
      // The first look saw the call begin.
      watchFor(200)
      expect([handle.isKilled, thread.isTerminated]).toEqual([true, true])
      expect(ends).toEqual(['timeout'])
    })

    test('not while calls follow each other, or while it waits for a promise and its event loop turns', () => {
      const { activity, watchFor, ends } = mapping()
      watchFor(4 * TIMEOUT, () => {
        activity.enter(0, 0, 0)
      })
      activity.enter(0, 0, 0)
      activity.waiting(true)
      watchFor(10 * TIMEOUT, () => activity.beat())
      expect(ends).toEqual([])
    })

    test('not while its event loop waits between calls', () => {
      const { watchFor, thread, ends } = mapping()
      watchFor(10 * TIMEOUT, () => {
        thread.idleMs += 1
      })
      expect(ends).toEqual([])
    })

    test('although its event loop has waited, if it is in a call', () => {
      const { activity, watchFor, thread, ends } = mapping()
      activity.enter(0, 0, 0)
      watchFor(TIMEOUT + 200, () => {
        thread.idleMs += 1
      })
      expect(ends).toEqual(['timeout'])
    })

    test('when its event loop is blocked during a promise, or between calls, for a second more', () => {
      for (const wait of [true, false]) {
        const { activity, watchFor, ends } = mapping()
        activity.enter(0, 0, 0)
        if (wait) activity.waiting(true)
        else activity.leave()
        watchFor(TIMEOUT + 1000)
        expect(ends).toEqual([])
        watchFor(300)
        expect(ends).toEqual(['timeout'])
      }
    })

    test('only after a minute while it loads data', () => {
      const { activity, watchFor, ends } = mapping()
      activity.enter(0, 0, 0)
      const words = new Int32Array(activity.memory)
      let loading = -1
      activity.loading(() => {
        loading = words.lastIndexOf(1)
      })
      words[loading] = 1
      watchFor(60_000)
      expect(ends).toEqual([])
      watchFor(300)
      expect(ends).toEqual(['timeout'])
    })

    test.each([
      [1, 2],
      [3, 8],
      [6, 64],
      [9, 64],
    ])('later if a batch of it was blamed on the machine before: %i times', (stalls, factor) => {
      const { handle, activity, watchFor, ends } = made()
      const [a, b] = batchesOf(testGroup([{}, {}])) as [TrackedBatch, TrackedBatch]
      a.stalls = stalls
      handle.send(a, 1, 0)
      handle.send(b, 1, 0)
      activity.enter(0, 0, 0)
      watchFor(TIMEOUT * factor)
      expect(ends).toEqual([])
      watchFor(200)
      expect(ends).toEqual(['timeout'])
    })

    test('when it holds too much memory', async () => {
      const { handle, thread, ends } = made()
      const young = 48 * MIB
      const look = async (heap: number, external: number) => {
        thread.memory = { heap, external }
        handle.watch(TIMEOUT)
        await vi.advanceTimersByTimeAsync(0)
        return ends
      }
      expect(await look(young + 4 * MIB, 6 * MIB)).toEqual([])
      expect(await look(young + 4 * MIB, 6 * MIB + 1)).toEqual(['memory'])
    })

    test('once, and its later messages are ignored', () => {
      const { handle, thread, ends, messages } = mapping()
      handle.kill('timeout')
      handle.kill('memory')
      thread.say({ type: 'done', number: 1, rejections: null, ms: 1 })
      expect([ends, messages, handle.unmapped]).toEqual([['timeout'], [], 1])
    })

    test('for good if its thread does not end within two seconds', () => {
      const { handle, thread, ends } = mapping()
      thread.isStuck = true
      handle.kill('timeout')
      vi.advanceTimersByTime(1999)
      expect(ends).toEqual([])
      vi.advanceTimersByTime(1)
      expect(ends).toEqual(['timeout'])
      thread.exit()
      expect(ends).toEqual(['timeout'])
    })
  })

  test('is looked at often while it has work, and does not rest', () => {
    const { handle, thread } = made()
    const look = (idleMs: number) => {
      vi.advanceTimersByTime(100)
      thread.idleMs += idleMs
      return handle.watch(TIMEOUT)
    }
    expect(look(100)).toBe(false)
    expect(look(50)).toBe(true)
    const reads = thread.reads
    expect(look(100)).toBe(false)
    // The memory of a thread that does nothing is not read: that would wake it.
    expect(thread.reads).toBe(reads)
    handle.send(batchesOf(testGroup())[0] as never, 1, 0)
    expect(look(100)).toBe(true)
  })

  test.each([
    [undefined, 'crash'],
    ['ERR_WORKER_OUT_OF_MEMORY', 'memory'],
  ])('that ends by itself is reported: %s', (code, reason) => {
    const { thread, ends } = mapping()
    thread.error('it broke', code)
    thread.exit()
    thread.exit()
    expect(ends).toEqual([reason])
  })

  describe('that is stopped', () => {
    test('finishes its batches first, and is not reported', async () => {
      const { handle, thread, ends } = mapping()
      const stopped = handle.stop(1000)
      expect(thread.sent.at(-1)).toEqual({ type: 'stop' })
      await vi.advanceTimersByTimeAsync(500)
      expect([await isSettled(stopped), thread.isTerminated]).toEqual([false, false])
      thread.say({ type: 'stopped' })
      await stopped
      expect(thread.isTerminated).toBe(true)
      expect(ends).toEqual([])
    })

    test('is ended after its grace', async () => {
      const { handle, thread, ends } = mapping()
      const stopped = handle.stop(1000)
      await vi.advanceTimersByTimeAsync(999)
      expect(thread.isTerminated).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await stopped
      expect([thread.isTerminated, ends]).toEqual([true, []])
    })

    test('is abandoned if it does not end', async () => {
      const { handle, thread } = mapping()
      thread.isStuck = true
      const stopped = handle.stop(1000)
      await vi.advanceTimersByTimeAsync(2999)
      expect(await isSettled(stopped)).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await stopped
    })

    test('is not ended a second time if it ends by itself', async () => {
      const { handle, thread, ends } = mapping()
      const stopped = handle.stop(1000)
      thread.exit()
      await stopped
      expect([thread.isTerminated, ends]).toEqual([false, []])
    })
  })
})

describe('a worker in the main thread', () => {
  const spec = (use: string) => ({ use, name: use, options: {} })

  function made(scorer = spec('afinn')) {
    const messages: FromWorker[] = []
    const workerConfig = testWorkerConfig({
      sources: [{ name: 'src', format: spec('post'), dedupe: false }],
      scorers: [scorer],
      extractors: [],
    })
    const handle = new WorkerHandle(
      { ...workerConfig, shape: { ...workerConfig.shape, extractors: [] } },
      null,
      { threaded: false, workerMemory: 0 },
      {
        message: (_, message) => void messages.push(message),
        ended: reason => expect.unreachable(`${reason}`),
      },
    )
    return { handle, messages }
  }

  test('maps batches as one in a thread does, and stops', async () => {
    const { handle, messages } = made()
    await handle.ready
    expect(handle).toMatchObject({ isReady: true, framings: [{ kind: 'json' }] })
    const [batch] = batchesOf(testGroup([{ records: 0 }])) as [never]
    handle.send(batch, 1, 0)
    await handle.stop(60_000)
    expect(messages.map(({ type }) => type)).toEqual(['done', 'delta'])
    expect(handle.unmapped).toBe(0)
  })

  test('says why its plugins cannot be created', async () => {
    const { handle } = made({ ...spec('afinn'), options: { unknown: 1 } as never })
    await expect(handle.ready).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })

  test('is not killed', async () => {
    const { handle } = made()
    await handle.ready
    handle.kill('timeout')
    expect(handle.isKilled).toBe(false)
    await handle.stop(60_000)
  })
})
