import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OutputStream } from '../../plugin/output.ts'
import type { PendingEvent } from './event-queue.ts'
import { OutputRunner } from './output-runner.ts'
import type { OutputSpec } from './output-spec.ts'
import {
  type Answer,
  crashed,
  delivered,
  FakeReceiver,
  failed,
  noStore,
  rejected,
  SETTINGS,
  said,
  specOf,
  windowOf,
} from './outputs-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

function pending(n: number, at = Date.now()): PendingEvent {
  const json = JSON.stringify(windowOf(n))
  return { id: n, kind: 'window', window: '1s', at, json, bytes: json.length, failures: 0, deaths: 0 }
}

const pendings = (...ns: number[]) => ns.map(n => pending(n))

/** A runner that was started, its receiver, and what it reported. The back-off is always as long as it may be. */
async function started({
  answer = delivered,
  spec = {},
  random = 1,
  queueBytes = 2 ** 20,
  takes = ['windows'],
}: {
  takes?: readonly OutputStream[]
  answer?: Answer
  spec?: Partial<OutputSpec>
  random?: number
  queueBytes?: number
} = {}) {
  const receiver = new FakeReceiver(answer)
  const done: Record<string, number[]> = {}
  const writes: string[] = []
  const failures: string[] = []
  const lines: string[] = []
  const fields: unknown[] = []
  const recorded: unknown[] = []
  const logged: unknown[] = []
  let retries = 0
  let seconds = 0
  const limits = { ...SETTINGS.limits, queue_bytes: queueBytes }
  const runner = new OutputRunner(
    specOf(spec),
    { ...SETTINGS, limits },
    {
      recorded: each => recorded.push(each),
      store: noStore,
      done(result, events) {
        done[result] = [...(done[result] ?? []), ...events.map(({ id }) => id)]
      },
      written(result, isRetry, took) {
        writes.push(result)
        seconds += took
        if (isRetry) retries++
      },
      failed: reason => failures.push(reason),
      say: (level, message, more) => {
        lines.push(`${level}: ${message}`)
        fields.push(more)
      },
      log: message => logged.push(message),
    },
    { begin: receiver.begin, random: () => random },
  )
  receiver.takes = takes
  await runner.create()
  const early = [['output out', {}]] as never
  receiver.say({ type: 'recorded', recorded: early })
  expect(recorded).toEqual([])
  runner.start([])
  expect(recorded).toEqual([early])
  return {
    runner,
    receiver,
    recorded,
    logged,
    fields,
    done,
    writes,
    failures,
    lines,
    get retries() {
      return retries
    },
    get seconds() {
      return seconds
    },
    async push(...events: PendingEvent[]) {
      for (const event of events) runner.push(event)
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('events are written in order, and those that come during a write go together in the next', async () => {
  const first = Promise.withResolvers<void>()
  const answer: Answer = async (events, write) => {
    if (write === 0) await first.promise
    return delivered(events)
  }
  const { runner, receiver, done, push } = await started({ answer, spec: { batch: 3 } })
  await push(pending(1))
  await push(...pendings(2, 3, 4, 5))
  expect(receiver.windows).toEqual([[1]])
  expect(runner.queued.events).toBe(5)
  first.resolve()
  await pass(0)
  expect(receiver.windows).toEqual([[1], [2, 3, 4], [5]])
  expect(done).toEqual({ delivered: [1, 2, 3, 4, 5] })
  expect(runner.queued).toEqual({ events: 0, bytes: 0 })
})

test('a write has at most a mebibyte of events', async () => {
  const { runner, receiver } = await started({ queueBytes: 2 ** 24 })
  runner.start(pendings(1, 2, 3).map(event => ({ ...event, bytes: 500_000 })))
  await pass(0)
  expect(receiver.windows).toEqual([[1, 2], [3]])
})

test('events from before the start come before those that were pushed', async () => {
  const { runner, receiver } = await started()
  runner.push(pending(3))
  runner.start(pendings(1, 2))
  await pass(0)
  expect(receiver.windows.flat()).toEqual([1, 2, 3])
})

test('a write that failed is repeated with the same events after waits that double up to the most', async () => {
  const answer: Answer = (events, write) => (write < 6 ? failed(events) : delivered(events))
  const { receiver, done, push, writes } = await started({ answer })
  await push(...pendings(1, 2))
  await push(pending(3))
  await pass(60_000)
  const [repeated, next] = [receiver.windows.slice(0, 7), receiver.windows.slice(7)]
  expect(repeated).toEqual(Array.from({ length: 7 }, () => [1, 2]))
  expect(next).toEqual([[3]])
  expect(receiver.waits).toEqual([1000, 2000, 4000, 8000, 8000, 8000, 0])
  expect(done).toEqual({ delivered: [1, 2, 3] })
  expect(writes).toEqual([...Array.from({ length: 6 }, () => 'failed'), 'delivered', 'delivered'])
})

test('the wait is a random part of its bound, and a first one again after a success', async () => {
  const answer: Answer = (events, write) => (write % 2 === 0 ? failed(events) : delivered(events))
  const { receiver, push } = await started({ answer, random: 0.5 })
  await push(pending(1))
  await pass(10_000)
  await push(pending(2))
  await pass(10_000)
  const [first = 0, , second] = receiver.waits
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(1000)
  expect(second).toBe(first)
})

test('a wait that a receiver requests replaces a shorter back-off', async () => {
  const waits = [30_000, 100, 0]
  const answer: Answer = (events, write) => {
    const retryAfter = waits[write]
    return retryAfter === undefined ? delivered(events) : said(events, { results: 'retry', retryAfter })
  }
  const { receiver, push } = await started({ answer })
  await push(pending(1))
  await pass(60_000)
  expect(receiver.waits).toEqual([30_000, 2000, 4000])
})

test('a receiver cannot ask for a wait of more than a day', async () => {
  const answer: Answer = (events, write) =>
    write === 0 ? said(events, { results: 'retry', retryAfter: 1e12 }) : delivered(events)
  const { receiver, push } = await started({ answer })
  await push(pending(1))
  await pass(86_400_000)
  expect(receiver.waits).toEqual([86_400_000])
})

test('after a write that was delivered in part, the wait is a first one again', async () => {
  const answer: Answer = (events, write) => {
    if (write < 3) return failed(events)
    return write === 3 ? said(events, { results: ['delivered', 'retry'] }) : delivered(events)
  }
  const { receiver, push } = await started({ answer })
  await push(...pendings(1, 2))
  await pass(60_000)
  expect(receiver.waits).toEqual([1000, 2000, 4000, 1000])
})

test('of a write that was delivered in part, only the rest is repeated', async () => {
  const answer: Answer = (events, write) =>
    write === 0 ? said(events, { results: ['delivered', 'retry', 'rejected', 'retry'] }) : delivered(events)
  const { receiver, done, push, writes } = await started({ answer })
  await push(...pendings(1, 2, 3, 4))
  expect(done).toEqual({ delivered: [1], rejected: [3] })
  await pass(1000)
  expect(receiver.windows).toEqual([
    [1, 2, 3, 4],
    [2, 4],
  ])
  expect(done).toEqual({ delivered: [1, 2, 4], rejected: [3] })
  expect(writes).toEqual(['failed', 'delivered'])
})

test('events that the receiver rejects by name delay nothing', async () => {
  const answer: Answer = (events, write) =>
    write === 0 ? said(events, { results: ['delivered', 'rejected'] }) : delivered(events)
  const { runner, receiver, push, writes } = await started({ answer, spec: { batch: 2 } })
  await push(...pendings(1, 2, 3))
  expect(receiver.windows).toEqual([[1, 2], [3]])
  expect(writes).toEqual(['rejected', 'delivered'])
  expect(runner.isUp).toBe(true)
})

test('one event that the receiver rejects costs none of the others, and is found at once', async () => {
  const answer: Answer = events =>
    (events.some(({ key }) => key === 'window/1s/5') ? rejected : delivered)(events)
  const { receiver, done, push } = await started({ answer, spec: { batch: 8 } })
  await push(...pendings(0, 1, 2, 3, 4, 5, 6, 7))
  expect(done).toEqual({ delivered: [0, 1, 2, 3, 4], rejected: [5] })
  await pass(1000)
  expect(done).toEqual({ delivered: [0, 1, 2, 3, 4, 6, 7], rejected: [5] })
  expect(receiver.writes.length).toBeLessThan(12)
  // The next ones go in whole writes again.
  await push(...pendings(11, 12, 13, 14, 15, 16, 17))
  await pass(0)
  await push(...pendings(21, 22, 23, 24, 25, 26, 27, 28))
  expect(receiver.windows.at(-1)).toHaveLength(8)
})

test('the waits grow while a receiver rejects everything', async () => {
  const { receiver, done, push } = await started({ answer: rejected, spec: { batch: 2 } })
  await push(...pendings(1, 2, 3, 4))
  await pass(60_000)
  expect(receiver.windows).toEqual([[1, 2], [1], [2], [3], [4]])
  expect(receiver.waits).toEqual([0, 1000, 2000, 4000])
  expect(done).toEqual({ rejected: [1, 2, 3, 4] })
})

test('an event that is too old is dropped when a write of it fails, not before', async () => {
  const retry = { initial: 1000, max: 1000, giveUp: 5000 }
  const { receiver, done, push } = await started({ answer: failed, spec: { retry } })
  await push(pending(1), pending(2, Date.now() - 5001), pending(3, Date.now() - 3000))
  expect(done).toEqual({ expired: [2] })
  await pass(10_000)
  expect(done).toEqual({ expired: [2, 3, 1] })
  receiver.answer = delivered
  await push(pending(4, Date.now() - 60_000))
  await pass(1000)
  expect(done).toEqual({ expired: [2, 3, 1], delivered: [4] })
})

test('with a full queue the oldest events are given up, but not those that are being written', async () => {
  const first = Promise.withResolvers<void>()
  const answer: Answer = async events => {
    await first.promise
    return delivered(events)
  }
  const { receiver, done, push, lines } = await started({ answer, spec: { queue: 2 } })
  await push(pending(1))
  await push(...pendings(2, 3, 4, 5))
  expect(done).toEqual({ overflow: [2, 3] })
  first.resolve()
  await pass(0)
  expect(receiver.windows).toEqual([[1], [4, 5]])
  expect(done).toEqual({ overflow: [2, 3], delivered: [1, 4, 5] })
  expect(lines).toEqual(['warn: the queue of an output is full: its oldest events are dropped'])
})

test('a write that failed comes back to a queue that filled up meanwhile: the oldest are given up', async () => {
  const answer: Answer = (events, write) => (write === 0 ? failed(events) : delivered(events))
  const { receiver, done, push } = await started({ answer, spec: { queue: 3 } })
  await push(...pendings(1, 2))
  await push(...pendings(3, 4))
  await pass(1000)
  expect(done).toEqual({ overflow: [1], delivered: [2, 3, 4] })
  expect(receiver.windows[0]).toEqual([1, 2])
})

test('the queue is bounded in bytes too', async () => {
  const size = pending(1).bytes
  const { done, push } = await started({ answer: failed, queueBytes: 3 * size })
  await push(...pendings(1, 2, 3, 4, 5))
  expect(done).toEqual({ overflow: [1, 2] })
})

test('an output whose thread ended is created again and writes the same events again', async () => {
  const answer: Answer = (events, write) => (write === 0 ? crashed() : delivered(events))
  const { runner, receiver, done, push, failures, lines } = await started({ answer })
  await push(pending(1))
  expect({ begun: receiver.begun.length, isUp: runner.isUp }).toEqual({ begun: 1, isUp: false })
  await pass(1000)
  expect({ begun: receiver.begun.length, isUp: runner.isUp }).toEqual({ begun: 2, isUp: true })
  expect(done).toEqual({ delivered: [1] })
  expect(failures).toEqual(['crash'])
  expect(lines).toEqual([
    'error: the thread of an output ended and is replaced',
    'info: an output delivers again',
  ])
})

test('an event that ends the thread three times is given up, and costs none of the others', async () => {
  const answer: Answer = events =>
    events.some(({ key }) => key === 'window/1s/2') ? crashed() : delivered(events)
  const { done, push, failures } = await started({ answer, spec: { batch: 8 } })
  await push(...pendings(1, 2, 3, 4, 5, 6, 7, 8))
  await pass(120_000)
  expect(done).toEqual({ delivered: [1, 3, 4, 5, 6, 7, 8], failed: [2] })
  expect(failures.length).toBeLessThan(6)
})

test('an output whose thread ended while there was nothing to write is created for the next event', async () => {
  const { runner, receiver, done, push, failures } = await started()
  receiver.die({ message: 'a timer of it threw', reason: 'threw' })
  await pass(0)
  expect({ failures, isUp: runner.isUp, error: runner.lastError }).toEqual({
    failures: ['threw'],
    isUp: false,
    error: 'a timer of it threw',
  })
  await push(pending(1))
  await pass(1000)
  expect(done).toEqual({ delivered: [1] })
  expect(receiver.begun).toHaveLength(2)
})

test('an output that cannot be created again is tried again after a back-off', async () => {
  const { receiver, done, push, failures } = await started()
  receiver.failure = 'no'
  receiver.die({ message: 'gone', reason: 'crash' })
  await pass(0)
  await push(pending(1))
  await pass(1000 + 2000 + 3999)
  expect(receiver.begun).toHaveLength(3)
  receiver.failure = null
  await pass(1)
  expect(receiver.begun).toHaveLength(4)
  expect(done).toEqual({ delivered: [1] })
  expect(failures).toEqual(['crash', 'threw', 'threw'])
})

test('a write that does not settle ends the thread of the output, and keeps the event', async () => {
  const answer: Answer = (events, write) =>
    write < 4 ? said(events, { results: 'retry', pending: true }) : delivered(events)
  const { receiver, done, push, failures } = await started({ answer })
  await push(pending(1))
  await pass(60_000)
  expect(receiver.begun).toHaveLength(5)
  expect(receiver.closed).toBe(4)
  expect(failures).toEqual(['timeout', 'timeout', 'timeout', 'timeout'])
  expect(done).toEqual({ delivered: [1] })
})

test('an outage is reported once, and its end too', async () => {
  const answer: Answer = (events, write) => (write < 5 ? failed(events) : delivered(events))
  const outage = await started({ answer })
  await outage.push(pending(1))
  expect(outage.runner).toMatchObject({ isUp: false, lastError: 'no', deliveredAt: null })
  await pass(60_000)
  expect(outage.runner).toMatchObject({ isUp: true, lastError: '', deliveredAt: 1_023_000 })
  expect(outage.lines).toEqual([
    'warn: an output failed; its events are kept and retried',
    'info: an output delivers again',
  ])
  expect(outage.failures).toEqual(Array.from({ length: 5 }, () => 'threw'))
  expect({ retries: outage.retries, seconds: outage.seconds }).toEqual({ retries: 5, seconds: 3 })
})

test('draining ends a back-off and resolves when nothing is left', async () => {
  const answer: Answer = (events, write) => (write < 3 ? failed(events) : delivered(events))
  const { runner, receiver, push } = await started({ answer, spec: { batch: 1 } })
  await push(...pendings(1, 2))
  await pass(1000)
  expect(receiver.writes).toHaveLength(2)
  let isDrained = false
  const drained = runner.drained().then(() => {
    isDrained = true
  })
  await pass(0)
  expect({ isDrained, writes: receiver.writes.length }).toEqual({ isDrained: false, writes: 3 })
  await pass(4000)
  await drained
  expect(receiver.windows.slice(3)).toEqual([[1], [2]])
  await runner.drained()
})

test('draining does not shorten a wait that the receiver asked for', async () => {
  const answer: Answer = (events, write) =>
    write === 0 ? said(events, { results: 'retry', retryAfter: 60_000 }) : delivered(events)
  const { runner, receiver, push } = await started({ answer })
  await push(pending(1))
  void runner.drained()
  await pass(59_999)
  expect(receiver.writes).toHaveLength(1)
  await pass(1)
  expect(receiver.writes).toHaveLength(2)
})

test('closing waits for a write that is under way, and gives back what was not written', async () => {
  const first = Promise.withResolvers<void>()
  const answer: Answer = async events => {
    await first.promise
    return delivered(events)
  }
  const { runner, receiver, done, push } = await started({ answer, spec: { batch: 1 } })
  await push(...pendings(1, 2))
  const closing = runner.close(1000, 0)
  await pass(500)
  first.resolve()
  expect((await closing).map(({ id }) => id)).toEqual([2])
  expect(done).toEqual({ delivered: [1] })
  expect(receiver.windows).toEqual([[1]])
})

test('events of a stopped write are returned, without counting as a failure', async () => {
  const { runner, done, push, failures, writes } = await started({ answer: () => new Promise(() => {}) })
  await push(...pendings(1, 2))
  const closing = runner.close(1000, 0)
  await pass(1000)
  expect((await closing).map(({ id }) => id)).toEqual([1, 2])
  expect({ done, failures, writes }).toEqual({ done: {}, failures: [], writes: [] })
})

test('windows that the configuration does not name are not wanted', async () => {
  const { runner } = await started({ spec: { windows: ['1m'] } })
  expect(runner.wants(windowOf(1, '1m'))).toBe(true)
  expect(runner.wants(windowOf(1, '1s'))).toBe(false)
})

test('only streams that the plugin takes and the configuration names are wanted', async () => {
  const { runner } = await started({ takes: ['windows', 'alerts'], spec: { events: ['alerts', 'reports'] } })
  expect([runner.takes('alerts'), runner.takes('windows'), runner.takes('reports')]).toEqual([
    true,
    false,
    false,
  ])
  expect(runner.wants({ kind: 'alert' })).toBe(true)
  expect(runner.wants(windowOf(1))).toBe(false)
  const all = await started({ takes: ['windows', 'alerts'] })
  expect([all.runner.takes('alerts'), all.runner.takes('reports')]).toEqual([true, false])
})

test('posts are wanted only where the configuration says which', async () => {
  const posts = { share: 1 } as unknown as OutputSpec['posts']
  expect((await started({ takes: ['posts'] })).runner.takes('posts')).toBe(false)
  expect((await started({ takes: ['posts'], spec: { posts } })).runner.takes('posts')).toBe(true)
})

test('recordings and lines of the plugin are passed on', async () => {
  const { receiver, recorded, logged } = await started()
  const later = [['output out', {}]] as never
  receiver.say({ type: 'recorded', recorded: later })
  expect(recorded).toHaveLength(2)
  const line = { type: 'suppressed', cause: 'output out', lines: 2 } as const
  receiver.say(line)
  expect(logged).toEqual([line])
})

test('events that are being written take room of the queue', async () => {
  const first = Promise.withResolvers<void>()
  const answer: Answer = async events => {
    await first.promise
    return delivered(events)
  }
  const { runner, push } = await started({ answer, spec: { batch: 2 } })
  const events = pendings(1, 2, 3)
  await push(events[0] as PendingEvent)
  await push(...events.slice(1))
  expect(runner.queued).toEqual({ events: 3, bytes: events.reduce((sum, { bytes }) => sum + bytes, 0) })
  first.resolve()
  await pass(0)
  expect(runner.queued).toEqual({ events: 0, bytes: 0 })
})

test('each reason for which events are dropped is logged, with their number', async () => {
  const giveUp = { initial: 1000, max: 1000, giveUp: 5000 }
  const rejecting = await started({ answer: rejected })
  await rejecting.push(pending(1))
  expect(rejecting.lines).toContain('warn: events were rejected by their receiver')
  expect(rejecting.fields).toContainEqual({ events: 1, error: 'no' })
  const old = await started({ answer: failed, spec: { retry: giveUp } })
  await old.push(pending(1, Date.now() - 5001), pending(2, Date.now() - 5001))
  await pass(2000)
  expect(old.lines).toContain('warn: events were dropped: they are older than retry.give_up')
  expect(old.fields).toContainEqual({ events: 2, error: 'no' })
  const dying = await started({ answer: crashed })
  await dying.push(pending(1))
  await pass(60_000)
  expect(dying.lines).toContain(
    'error: an event was dropped: writing it ended the thread of its output three times',
  )
  expect(dying.lines).toContain('error: the thread of an output ended and is replaced')
  expect(dying.fields).toContainEqual({ reason: 'crash', error: 'its thread ended' })
  const fine = await started()
  await fine.push(pending(1))
  expect([fine.lines, fine.runner.lastError, fine.retries]).toEqual([[], '', 0])
})
