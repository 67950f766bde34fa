import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MoodError } from '../../catalogue/errors.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import { isSettled } from '../runtime-testing.ts'
import type { FromSource, SourceData, ToSource } from '../threads/messages.ts'
import { FakeThread } from '../threads/threads-testing.ts'
import { beginRun, type RunMessage } from './source-run.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const MIB = 2 ** 20
const DATA: Omit<SourceData, 'heartbeat'> = {
  spec: { use: 'probe', name: 'src', options: {} },
  baseDir: '/',
  positions: [],
  topics: '[]',
  maxRecordBytes: 100,
  queueBytes: 1000,
  logLines: 7,
}
const OPTIONS = { threaded: true, workerMemory: 10 * MIB, pluginTimeout: 200, createTimeout: 3000 }
const METRICS = [{ owner: 'source src', plugin: 'probe', metrics: {} }]
const CREATED: FromSource = { type: 'created', replayable: true, changeable: ['list'], metrics: METRICS }

/** A run of a source whose thread does what a test says. */
function made(options: Partial<typeof OPTIONS> = {}) {
  const thread = new FakeThread()
  const received: RunMessage[] = []
  const run = beginRun(
    DATA,
    { ...OPTIONS, ...options },
    (message, reply) => {
      received.push(message)
      if (message.type === 'up') reply({ type: 'pace', records: 5 } as ToSource)
    },
    thread.start,
  )
  run.catch(() => {})
  const activity = new ThreadActivity((thread.data as SourceData).heartbeat)
  const created = async () => {
    thread.say(CREATED)
    return await run
  }
  return { thread, received, run, activity, created }
}

test('a source runs in a thread of its own, with what it needs and its memory', async () => {
  const { thread, created } = made()
  expect(thread.data).toMatchObject(DATA)
  expect(thread.options).toEqual({
    module: 'src/runtime/sources/source-thread',
    role: 'source',
    name: 'source src',
    workerMemory: 10 * MIB,
    cause: 'source src',
    logLines: 7,
  })
  const { metrics, changeable } = await created()
  expect({ metrics, changeable }).toEqual({ metrics: METRICS, changeable: ['list'] })
})

test('its messages are received, also before it is created, and answered', async () => {
  const { thread, received, created } = made()
  thread.say({ type: 'up' })
  await created()
  thread.say({ type: 'lag', records: 3 })
  expect(received).toEqual([{ type: 'up' }, { type: 'lag', records: 3 }])
  expect(thread.sent).toEqual([{ type: 'pace', records: 5 }])
})

test('messages are sent to it', async () => {
  const { thread, created } = made()
  const { post } = await created()
  post({ type: 'pace', records: 9 } as ToSource)
  expect(thread.sent).toEqual([{ type: 'pace', records: 9 }])
})

test('a source that cannot be created is an error with its code, and its thread is ended', async () => {
  const { thread, run } = made()
  thread.say({ type: 'failed', code: 'ERR_PLUGIN_OPTIONS', message: 'list: required' })
  await expect(run).rejects.toEqual(new MoodError('ERR_PLUGIN_OPTIONS' as never, 'list: required'))
  expect(thread.isTerminated).toBe(true)
})

test.each<[string, (thread: FakeThread) => void, string]>([
  ['ends', thread => thread.exit(), 'its thread ended'],
  [
    'throws',
    thread => {
      thread.error('no')
      thread.exit()
    },
    'no',
  ],
])('a thread that %s before the source is created is an error that names it', async (_, end, reason) => {
  const { thread, run } = made()
  end(thread)
  const error = await run.catch((error: MoodError) => error)
  expect(error).toMatchObject({ code: 'ERR_PLUGIN_FAILED' })
  expect((error as Error).message).toContain('src')
  expect((error as Error).message).toContain(reason)
})

test('a run ends without a failure when its source has read everything', async () => {
  const { thread, created } = made()
  const { ended } = await created()
  expect(await isSettled(ended)).toBe(false)
  thread.say({ type: 'ended' })
  await expect(ended).resolves.toBeNull()
})

test('a source that throws has failed, with its message', async () => {
  const { thread, created } = made()
  const { ended } = await created()
  thread.say({ type: 'failed', code: 'ERR_PLUGIN_FAILED', message: 'no' })
  await expect(ended).resolves.toEqual({ message: 'no', reason: 'threw' })
})

test.each([
  [undefined, 'threw'],
  ['ERR_WORKER_OUT_OF_MEMORY', 'memory'],
])('a thread that ends with the error %s has failed: %s', async (code, reason) => {
  const { thread, created } = made()
  const { ended } = await created()
  thread.error('no more', code)
  thread.exit()
  await expect(ended).resolves.toEqual({ message: 'no more', reason })
})

test('a thread that ends by itself is a crash', async () => {
  const { thread, created } = made()
  const { ended } = await created()
  thread.exit()
  await expect(ended).resolves.toEqual({ message: 'its thread ended', reason: 'crash' })
})

test('a source that is not created in time is ended, and the message has the limit', async () => {
  const { thread, run } = made()
  await vi.advanceTimersByTimeAsync(3000)
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(500)
  expect(thread.isTerminated).toBe(true)
  await expect(run).rejects.toThrow('it was not created within limits.create_timeout, 3 s')
})

test('a thread whose event loop neither turns nor waits is ended after ten times the limit of plugins', async () => {
  const { thread, created } = made()
  const { ended } = await created()
  await vi.advanceTimersByTimeAsync(1900)
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(600)
  await expect(ended).resolves.toEqual({
    message: 'its thread has not answered for too long',
    reason: 'timeout',
  })
  expect(thread.isTerminated).toBe(true)
})

test.each<[string, (thread: FakeThread, activity: ThreadActivity) => void]>([
  ['turns', (_, activity) => activity.beat()],
  [
    'waits',
    thread => {
      thread.idleMs += 1
    },
  ],
])('a thread whose event loop %s is not ended', async (_, alive) => {
  const { thread, activity, created } = made()
  await created()
  for (let second = 0; second < 30; second++) {
    alive(thread, activity)
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(3000)
  expect(thread.isTerminated).toBe(true)
})

test('a short limit of plugins still leaves a thread two heartbeats', async () => {
  const { thread, activity, created } = made({ pluginTimeout: 1 })
  await created()
  for (let beat = 0; beat < 10; beat++) {
    await vi.advanceTimersByTimeAsync(500)
    activity.beat()
  }
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(1500)
  expect(thread.isTerminated).toBe(true)
})

test('a thread with too much memory is ended', async () => {
  const { thread, created } = made()
  const { ended } = await created()
  thread.memory = { heap: 40 * MIB, external: 30 * MIB }
  await vi.advanceTimersByTimeAsync(200)
  await expect(ended).resolves.toEqual({
    message: 'it holds more memory than limits.worker_memory',
    reason: 'memory',
  })
  expect(thread.isTerminated).toBe(true)
})

test('a thread that only waits is looked at once a second, and its memory is not', async () => {
  const { thread, created } = made()
  await created()
  thread.idleMs = 1e9
  await vi.advanceTimersByTimeAsync(100)
  const { reads } = thread
  for (let second = 0; second < 5; second++) {
    thread.idleMs += 1e9
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(thread.reads).toBe(reads)
})

test('a close is asked for, and the thread ends when the source is closed', async () => {
  const { thread, created } = made()
  const { close, ended } = await created()
  const done = close(1000)
  expect(thread.sent).toEqual([{ type: 'close' }])
  await vi.advanceTimersByTimeAsync(500)
  expect(await isSettled(done)).toBe(false)
  thread.say({ type: 'closed' })
  await done
  expect(thread.isTerminated).toBe(true)
  await expect(ended).resolves.toEqual({ message: 'its thread ended', reason: 'crash' })
})

test('a source that does not close is ended after the grace time, even if its thread does not end', async () => {
  const { thread, created } = made()
  const { close } = await created()
  thread.isStuck = true
  const done = close(1000)
  await vi.advanceTimersByTimeAsync(2500)
  expect(await isSettled(done)).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await isSettled(done)).toBe(true)
})

test('a thread that has ended is looked at no more', async () => {
  const { thread, created } = made()
  await created()
  thread.exit()
  const { reads } = thread
  await vi.advanceTimersByTimeAsync(10_000)
  expect(thread.reads).toBe(reads)
  expect(thread.isTerminated).toBe(false)
})
