import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isSettled } from '../runtime-testing.ts'
import { type Failure, startPluginThread } from './plugin-thread.ts'
import { FakeThread } from './threads-testing.ts'

const MIB = 2 ** 20

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const OPTIONS = {
  module: 'src/runtime/threads/echo-testing',
  role: 'echo',
  name: 'output file',
  workerMemory: 10 * MIB,
  logLines: 7,
}

function made() {
  const fake = new FakeThread()
  const messages: object[] = []
  const gone: Failure[] = []
  const thread = startPluginThread<object>(
    { a: 1 },
    { ...OPTIONS, threaded: true },
    { message: message => void messages.push(message), gone: failure => void gone.push(failure) },
    fake.start,
  )
  return { fake, thread, messages, gone }
}

describe('a thread of a plugin', () => {
  test('has the data, the limits and the name that its lines are logged under', () => {
    const { fake, thread, messages } = made()
    expect(fake.data).toEqual({ a: 1 })
    expect(fake.options).toEqual({ ...OPTIONS, cause: 'output file' })
    thread.post({ type: 'write' })
    expect(fake.sent).toEqual([{ type: 'write' }])
    fake.say({ type: 'written' })
    expect(messages).toEqual([{ type: 'written' }])
  })

  test.each<[string, (fake: FakeThread) => void, Failure]>([
    ['exits', () => {}, { message: 'its thread ended', reason: 'crash' }],
    ['throws', fake => fake.error('no luck'), { message: 'no luck', reason: 'threw' }],
    [
      'reaches the limit of V8',
      fake => fake.error('out of memory', 'ERR_WORKER_OUT_OF_MEMORY'),
      { message: 'out of memory', reason: 'memory' },
    ],
  ])('that %s is gone once, and says nothing more', (_, fail, failure) => {
    const { fake, gone, messages } = made()
    fail(fake)
    fake.exit()
    fake.exit()
    fake.say({ type: 'late' })
    expect([gone, messages]).toEqual([[failure], []])
    // Nothing watches it any more.
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is ended for the given reason', async () => {
    const { fake, thread, gone } = made()
    await thread.end({ message: 'it hung', reason: 'timeout' })
    expect(gone).toEqual([{ message: 'it hung', reason: 'timeout' }])
    expect(fake.isTerminated).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is ended without a reason was so for that of its error', async () => {
    const { fake, thread, gone } = made()
    fake.error('no luck')
    await thread.end()
    expect(gone).toEqual([{ message: 'no luck', reason: 'threw' }])
  })

  test('is abandoned after two seconds if it does not end', async () => {
    const { fake, thread, gone } = made()
    fake.isStuck = true
    const ended = thread.end({ message: 'it hung', reason: 'timeout' })
    await vi.advanceTimersByTimeAsync(1999)
    expect([gone, await isSettled(ended)]).toEqual([[], false])
    await vi.advanceTimersByTimeAsync(1)
    await ended
    expect(gone).toEqual([{ message: 'it hung', reason: 'timeout' }])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is ended when it holds too much memory', async () => {
    const { fake, gone } = made()
    fake.memory = { heap: 48 * MIB, external: 10 * MIB }
    await vi.advanceTimersByTimeAsync(1000)
    expect(gone).toEqual([])
    fake.memory = { heap: 48 * MIB, external: 10 * MIB + 1 }
    await vi.advanceTimersByTimeAsync(100)
    expect(gone).toEqual([{ message: 'it holds more memory than limits.worker_memory', reason: 'memory' }])
  })

  test('is looked at ten times a second while it works, and hardly while it rests', async () => {
    const { fake, thread } = made()
    await vi.advanceTimersByTimeAsync(1000)
    expect(fake.reads).toBe(10)
    // It waits for all of the time, and its memory is not read.
    const waiting = setInterval(() => {
      fake.idleMs += 10
    }, 10)
    await vi.advanceTimersByTimeAsync(10_000)
    clearInterval(waiting)
    expect(fake.reads).toBeLessThanOrEqual(11)
    await thread.end()
  })
})

describe('a plugin in the main thread', () => {
  beforeEach(() => vi.useRealTimers())

  function inMainThread(module: string) {
    const messages: object[] = []
    const gone = Promise.withResolvers<Failure>()
    const failures: Failure[] = []
    const said = Promise.withResolvers<void>()
    const thread = startPluginThread<{ type: string }>(
      { a: 1 },
      { ...OPTIONS, module, threaded: false },
      {
        message: message => {
          messages.push(message)
          said.resolve()
        },
        gone: failure => {
          failures.push(failure)
          gone.resolve(failure)
        },
      },
      () => expect.unreachable('no thread is started'),
    )
    return { thread, messages, said: said.promise, gone: gone.promise, failures }
  }

  test('is served by the module, until it is ended', async () => {
    const { thread, messages, said, failures } = inMainThread(OPTIONS.module)
    await said
    expect(messages).toEqual([{ type: 'data', data: { a: 1 } }])
    expect(failures).toEqual([])
    await thread.end()
    await thread.end()
    expect(failures).toEqual([{ message: 'its thread ended', reason: 'crash' }])
  })

  test('receives messages', async () => {
    const { thread, messages, said } = inMainThread(OPTIONS.module)
    await said
    thread.post({ type: 'echo', value: 1 })
    await vi.waitFor(() => expect(messages.at(-1)).toEqual({ type: 'echo', value: 1 }), { timeout: 60_000 })
    await thread.end({ message: 'done', reason: 'crash' })
  })

  test('is gone if the module cannot be loaded', async () => {
    const { gone } = inMainThread('src/runtime/nonesuch')
    expect(await gone).toEqual({ message: expect.stringContaining('nonesuch'), reason: 'crash' })
  })
})
