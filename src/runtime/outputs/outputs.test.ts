import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BeginRun } from './output-run.ts'
import type { OutputSpec } from './output-spec.ts'
import { Outputs, type OutputsOptions, type StoredEvent } from './outputs.ts'
import { FakeReceiver, failed, noStore, SETTINGS, specOf, windowOf } from './outputs-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

const stored = (n: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  id: n,
  event: windowOf(n),
  ...more,
})

/** Outputs whose plugins are fakes, by what `use` names, and what they reported. */
function setUp() {
  const receivers: Record<string, FakeReceiver> = {}
  const acknowledged: Record<string, number[]> = {}
  const counts: Record<string, number> = {}
  const lines: string[] = []
  const line = (level: string) => (fields: object, message: string) =>
    lines.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const options: OutputsOptions = {
    ...SETTINGS,
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    counters(metric, labels, n) {
      const key = `${metric} ${labels.join(' ')}`
      counts[key] = (counts[key] ?? 0) + n
    },
    recorded: () => {},
    store: noStore,
    acknowledged(output, ids) {
      acknowledged[output] = [...(acknowledged[output] ?? []), ...ids]
    },
  }
  const receiver = (name: string) => (receivers[name] ??= new FakeReceiver())
  const begin: BeginRun = (data, ...rest) => receiver(data.spec.name).begin(data, ...rest)
  return {
    receiver,
    acknowledged,
    counts,
    lines,
    create: (...specs: OutputSpec[]) => Outputs.create(specs, options, { begin, random: () => 1 }),
  }
}

const named = (name: string, more: Partial<OutputSpec> = {}) => specOf({ name, ...more })
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

test('every output is given every event, and acknowledges it by itself', async () => {
  const { create, receiver, acknowledged, counts } = setUp()
  const outputs = await create(named('a'), named('b'))
  receiver('b').answer = failed
  outputs.start([])
  outputs.publish([stored(1), stored(2)])
  await pass()
  expect(receiver('a').windows).toEqual([[1, 2]])
  expect(acknowledged).toEqual({ a: [1, 2] })
  outputs.publish([stored(3)])
  await pass()
  expect(acknowledged).toEqual({ a: [1, 2, 3] })
  expect([...outputs.statuses()]).toMatchObject([
    { name: 'a', isUp: true, queueEvents: 0, queueBytes: 0, deliveredAt: 1_000_000 },
    { name: 'b', isUp: false, lastError: 'no', queueEvents: 3, deliveredAt: null },
  ])
  expect(counts).toMatchObject({
    'mood_output_events_total a delivered': 3,
    'mood_output_events_total b delivered': 0,
    'mood_output_writes_total a delivered': 2,
    'mood_output_writes_total b failed': 1,
    'mood_output_retries_total b': 0,
    'mood_plugin_errors_total output b threw': 1,
    'mood_plugin_seconds_total output a': 1,
  })
})

test('events of an earlier run come before those that are published', async () => {
  const { create, receiver } = setUp()
  const outputs = await create(named('a'))
  outputs.publish([stored(3)])
  outputs.start([stored(1), stored(2)])
  await pass()
  expect(receiver('a').windows.flat()).toEqual([1, 2, 3])
})

test('an event is delivered by the outputs that it is for, and by all that take it where it does not say', async () => {
  const { create, receiver, acknowledged } = setUp()
  const outputs = await create(named('a'), named('b'))
  outputs.start([stored(1, { to: ['b'] })])
  outputs.publish([stored(2, { to: ['a'] }), stored(3)])
  await pass()
  expect(receiver('a').windows.flat()).toEqual([2, 3])
  expect(receiver('b').windows.flat()).toEqual([1, 3])
  expect(acknowledged).toEqual({ a: [2, 3], b: [1, 3] })
})

test('what an output does not take is acknowledged for it at once', async () => {
  const { create, receiver, acknowledged, counts } = setUp()
  const outputs = await create(named('minutes', { windows: ['1m'] }))
  outputs.start([stored(1)])
  outputs.publish([stored(2), stored(3, { event: windowOf(60, '1m') })])
  expect(acknowledged).toEqual({ minutes: [1, 2] })
  await pass()
  expect(receiver('minutes').windows).toEqual([[60]])
  expect(counts['mood_output_events_total minutes delivered']).toBe(1)
})

test('the age of an event counts from when it was committed', async () => {
  const { create, receiver, counts } = setUp()
  const outputs = await create(named('a', { batch: 1 }))
  receiver('a').answer = failed
  outputs.start([stored(1, { at: 1_000_000 - 3_600_001 }), stored(2)])
  await pass()
  expect(counts['mood_output_events_total a expired']).toBe(1)
})

test('an event that cannot be encoded is dropped, and does not affect others', async () => {
  const { create, receiver, acknowledged, lines } = setUp()
  const outputs = await create(named('a'))
  outputs.start([])
  const broken = { ...windowOf(1), start: 1n as unknown as number }
  outputs.publish([stored(1, { event: broken }), stored(2)])
  await pass()
  expect(receiver('a').windows).toEqual([[2]])
  expect(acknowledged).toEqual({ a: [1, 2] })
  expect(lines[0]).toMatch(/^error: an event could not be encoded/)
})

test('an output that cannot be created leaves none running', async () => {
  const { create, receiver } = setUp()
  receiver('b').failure = 'no such host'
  await expect(create(named('a'), named('b'))).rejects.toThrow('no such host')
  expect(receiver('a').closed).toBe(1)
})

test('every series is there at 0 from the start', async () => {
  const { create, counts } = setUp()
  await create(named('a'))
  const results = ['delivered', 'rejected', 'expired', 'overflow', 'failed']
  for (const result of results) expect(counts[`mood_output_events_total a ${result}`]).toBe(0)
  for (const result of ['delivered', 'rejected', 'failed'])
    expect(counts[`mood_output_writes_total a ${result}`]).toBe(0)
  for (const reason of ['threw', 'timeout', 'crash', 'memory'])
    expect(counts[`mood_plugin_errors_total output a ${reason}`]).toBe(0)
})

test('a reload keeps the thread and the queue of an output that did not change', async () => {
  const { create, receiver, acknowledged } = setUp()
  const outputs = await create(named('a'))
  receiver('a').answer = failed
  outputs.start([])
  outputs.publish([stored(1)])
  await pass()
  const next = await outputs.prepare([named('b'), named('a')], SETTINGS)
  await next.adopt()
  expect(outputs.names).toEqual(['b', 'a'])
  outputs.publish([stored(2)])
  receiver('a').answer = new FakeReceiver().answer
  await pass(1000)
  expect(receiver('a').begun).toHaveLength(1)
  expect(acknowledged).toEqual({ a: [1, 2], b: [2] })
})

test('the events of an output that changed pass to its successor, in their order', async () => {
  const { create, receiver, acknowledged } = setUp()
  const outputs = await create(named('a', { batch: 2 }))
  const { promise, resolve } = Promise.withResolvers<void>()
  receiver('a').answer = async events => {
    await promise
    return failed(events)
  }
  outputs.start([])
  outputs.publish([stored(1), stored(2), stored(3)])
  await pass()
  const next = await outputs.prepare([named('a', { options: { url: 'new' } })], SETTINGS)
  expect(receiver('a').begun).toEqual([{}, { url: 'new' }])
  const adopted = next.adopt()
  outputs.publish([stored(4)])
  receiver('a').answer = new FakeReceiver().answer
  resolve()
  await pass()
  await adopted
  await pass()
  expect(receiver('a').windows).toEqual([
    [1, 2],
    [1, 2, 3, 4],
  ])
  expect(acknowledged).toEqual({ a: [1, 2, 3, 4] })
  expect(receiver('a').closed).toBe(1)
})

test('events that the new configuration has no output for are acknowledged, and that is logged', async () => {
  const { create, receiver, acknowledged, lines } = setUp()
  const outputs = await create(named('a'), named('b'))
  receiver('a').answer = failed
  receiver('b').answer = failed
  outputs.start([])
  outputs.publish([stored(1)])
  await pass()
  const next = await outputs.prepare([named('b', { windows: ['1m'] })], SETTINGS)
  const adopted = next.adopt()
  await pass(20_000)
  await adopted
  expect(acknowledged).toEqual({ a: [1], b: [1] })
  expect(lines.filter(line => line.includes('has no output for them'))).toHaveLength(2)
  expect(outputs.names).toEqual(['b'])
})

test('a reload that is refused, or not adopted, leaves the outputs as they are', async () => {
  const { create, receiver } = setUp()
  const outputs = await create(named('a'))
  outputs.start([])
  receiver('b').failure = 'no'
  const specs = [named('a', { batch: 5 }), named('b')]
  await expect(outputs.prepare(specs, SETTINGS)).rejects.toThrow('no')
  receiver('b').failure = null
  await (await outputs.prepare(specs, SETTINGS)).abandon()
  expect(outputs.names).toEqual(['a'])
  outputs.publish([stored(1)])
  await pass()
  expect(receiver('a').windows).toEqual([[1]])
  // One that runs, one of each of the attempts.
  expect({ begun: receiver('a').begun.length, closed: receiver('a').closed }).toEqual({ begun: 3, closed: 2 })
})

test('draining waits until all queues are empty, and no longer than it may', async () => {
  const { create, receiver } = setUp()
  const outputs = await create(named('a'), named('b'))
  receiver('a').answer = failed
  outputs.start([])
  outputs.publish([stored(1)])
  await pass()
  const drained = outputs.drain(5000)
  const isDrained = vi.fn()
  void drained.then(isDrained)
  await pass(4999)
  expect(isDrained).not.toHaveBeenCalled()
  await pass(1)
  expect(isDrained).toHaveBeenCalled()
})

test('closing acknowledges nothing that was not delivered, and says how much that is', async () => {
  const { create, receiver, acknowledged, lines } = setUp()
  const outputs = await create(named('a'), named('b'))
  receiver('a').answer = failed
  outputs.start([])
  outputs.publish([stored(1), stored(2)])
  await pass()
  await outputs.close(0)
  expect(acknowledged).toEqual({ b: [1, 2] })
  expect(lines.at(-1)).toBe('warn: events were not delivered before the stop {"output":"a","events":2}')
  outputs.publish([stored(3)])
  await pass(60_000)
  expect(receiver('b').windows).toEqual([[1, 2]])
  expect([...outputs.statuses()].map(({ queueEvents }) => queueEvents)).toEqual([0, 0])
})
