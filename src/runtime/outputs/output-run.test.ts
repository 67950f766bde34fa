import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MoodError } from '../../catalogue/errors.ts'
import { isSettled } from '../runtime-testing.ts'
import { FakeThread } from '../threads/threads-testing.ts'
import type { FromOutput, OutputData, WriteReport } from './messages.ts'
import { beginRun } from './output-run.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const MIB = 2 ** 20
const DATA: OutputData = { spec: { use: 'probe', name: 'out', options: {} }, baseDir: '/', logLines: 7 }
const METRICS = [{ owner: 'output out', plugin: 'probe', metrics: {} }]
const CREATED: FromOutput = { type: 'created', takes: ['windows'], batch: 2.5, metrics: METRICS, thread: 0 }
const REPORT: WriteReport = { outcome: {} as never, error: null, seconds: 0.1, pending: false }

/** A run of an output whose thread does what a test says. */
function made() {
  const thread = new FakeThread()
  const logged: unknown[] = []
  const stop = new AbortController()
  const run = beginRun(
    DATA,
    { threaded: true, workerMemory: 10 * MIB, createTimeout: 3000, signal: stop.signal },
    {
      log: message => logged.push(message),
      store: async ({ id }) => ({ type: 'stored', id, value: 'found' }) as never,
    },
    thread.start,
  )
  run.catch(() => {})
  const created = async (message: object = CREATED) => {
    thread.say(message)
    return await run
  }
  return { thread, logged, stop, run, created }
}

test('an output runs in a thread of its own, and says what it takes', async () => {
  const { thread, created } = made()
  expect(thread.data).toMatchObject(DATA)
  expect(thread.options).toMatchObject({
    module: 'src/runtime/outputs/output-thread',
    role: 'output',
    name: 'output out',
    workerMemory: 10 * MIB,
    logLines: 7,
  })
  const run = await created()
  expect(run).toMatchObject({ takes: new Set(['windows']), metrics: METRICS, batch: 2 })
})

test.each([undefined, 0, 0.5, Number.NaN])('a batch of %s is no limit', async batch => {
  const { created } = made()
  expect((await created({ ...CREATED, batch })).batch).toBe(Number.POSITIVE_INFINITY)
})

test('a batch may be of one event', async () => {
  const { created } = made()
  expect((await created({ ...CREATED, batch: 1 })).batch).toBe(1)
})

test('an output that cannot be created is an error with its code, and its thread is ended', async () => {
  const { thread, run } = made()
  thread.say({ type: 'failed', code: 'ERR_PLUGIN_OPTIONS', message: 'url: required' })
  await expect(run).rejects.toEqual(new MoodError('ERR_PLUGIN_OPTIONS' as never, 'url: required'))
  expect(thread.isTerminated).toBe(true)
})

test('a thread that ends before the output is created is an error that names it', async () => {
  const { thread, run } = made()
  thread.error('no')
  thread.exit()
  const error = await run.catch((error: MoodError) => error)
  expect(error).toMatchObject({ code: 'ERR_PLUGIN_FAILED' })
  expect((error as Error).message).toMatch(/out.*no/)
})

test('an output that is not created in time is ended, and the message has the limit', async () => {
  const { thread, run } = made()
  await vi.advanceTimersByTimeAsync(2999)
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(thread.isTerminated).toBe(true)
  await expect(run).rejects.toThrow('it was not created within limits.create_timeout, 3 s')
})

test('a stop ends the creation, and has no effect after it', async () => {
  const { stop, run } = made()
  stop.abort()
  await expect(run).rejects.toThrow('it was stopped while it was created')
  const other = made()
  await other.created()
  other.stop.abort()
  expect(other.thread.isTerminated).toBe(false)
})

test('a run that begins after the stop ends at once', async () => {
  const thread = new FakeThread()
  const run = beginRun(
    DATA,
    { threaded: true, workerMemory: MIB, createTimeout: 3000, signal: AbortSignal.abort() },
    { log: () => {}, store: async () => ({}) as never },
    thread.start,
  )
  await expect(run).rejects.toThrow('it was stopped while it was created')
})

test('what the thread logs and records is passed on, and its calls to the store are answered', async () => {
  const { thread, logged, created } = made()
  await created()
  thread.say({ type: 'log', level: 'info', message: 'hello' })
  thread.say({ type: 'store', id: 3, op: 'get' })
  await vi.advanceTimersByTimeAsync(0)
  expect(logged).toEqual([{ type: 'log', level: 'info', message: 'hello' }])
  expect(thread.sent).toEqual([{ type: 'stored', id: 3, value: 'found' }])
})

test('a write is sent to the thread, and ends with its report', async () => {
  const { thread, created } = made()
  const { write } = await created()
  const first = write(['a', 'b'], 1000)
  expect(thread.sent).toEqual([{ type: 'write', id: 1, events: ['a', 'b'] }])
  thread.say({ type: 'written', id: 99, report: REPORT })
  expect(await isSettled(first)).toBe(false)
  thread.say({ type: 'written', id: 1, report: REPORT })
  await expect(first).resolves.toEqual({ report: REPORT, timedOut: false })
  void write(['c'], 1000)
  expect(thread.sent.at(-1)).toEqual({ type: 'write', id: 2, events: ['c'] })
})

test('a write that takes too long is aborted, and its report says so', async () => {
  const { thread, created } = made()
  const { write } = await created()
  const written = write(['a'], 1500)
  await vi.advanceTimersByTimeAsync(1499)
  expect(thread.sent).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(thread.sent.at(-1)).toEqual({
    type: 'abort',
    id: 1,
    reason: 'it took longer than its time-out of 1.5 s',
  })
  thread.say({ type: 'written', id: 1, report: { ...REPORT, error: 'aborted' } })
  await vi.advanceTimersByTimeAsync(200)
  await expect(written).resolves.toEqual({ report: { ...REPORT, error: 'aborted' }, timedOut: true })
})

test('a thread that says nothing after an abort is ended', async () => {
  const { thread, created } = made()
  const { write, ended } = await created()
  const written = write(['a'], 1000)
  await vi.advanceTimersByTimeAsync(4500)
  expect(thread.isTerminated).toBe(false)
  await vi.advanceTimersByTimeAsync(2000)
  const failure = { message: 'its thread has not answered for too long', reason: 'timeout' }
  await expect(written).resolves.toEqual({ died: failure })
  await expect(ended).resolves.toEqual(failure)
})

test('a write without an end in sight does not overflow the timer', async () => {
  const { thread, created } = made()
  const { write } = await created()
  void write(['a'], Number.MAX_SAFE_INTEGER)
  await vi.advanceTimersByTimeAsync(1000)
  expect(thread.sent).toHaveLength(1)
})

test('a thread that ends during a write ends the write, and each one after it', async () => {
  const { thread, created } = made()
  const { write } = await created()
  const written = write(['a'], 1000)
  thread.error(`no${' more'.repeat(10_000)}`)
  thread.exit()
  const end = await written
  expect(end).toMatchObject({ died: { reason: 'threw' } })
  expect('died' in end && end.died.message.length).toBeLessThan(10_000)
  await expect(write(['b'], 1000)).resolves.toEqual(end)
  expect(thread.sent).toHaveLength(1)
})

test('a close is asked for, and the thread ends when the output is closed, or after the grace time', async () => {
  const { thread, created } = made()
  const { close } = await created()
  const done = close(1000)
  expect(thread.sent).toEqual([{ type: 'close' }])
  await vi.advanceTimersByTimeAsync(500)
  expect(thread.isTerminated).toBe(false)
  thread.say({ type: 'closed' })
  await done
  expect(thread.isTerminated).toBe(true)
  const other = made()
  const { close: closeOther } = await other.created()
  const ended = closeOther(1000)
  await vi.advanceTimersByTimeAsync(1000)
  await ended
  expect(other.thread.isTerminated).toBe(true)
})
