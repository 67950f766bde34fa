import { expect, test } from 'vitest'
import type { ReportEvent } from '../../plugin/events/report.ts'
import { MemoryStore } from '../../plugin/memory-store.ts'
import type { OutputEvent } from '../../plugin/output.ts'
import type { Json } from '../../plugin/store.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import type { ReportSpec } from './report-spec.ts'
import { Reporter } from './reporter.ts'
import { DAY, HOUR, shapeOf, specOf, stateOf } from './reports-testing.ts'

/** Nine in the morning in Seoul. */
const NINE = Date.parse('2026-11-27T00:00Z')
const MINUTE = 60_000
const LATER = Number.POSITIVE_INFINITY

/** What is on disk, and a reporter that works on it: as often as it is made again, as after a restart. */
function setUp(...specs: ReportSpec[]) {
  const store = new MemoryStore()
  const stored: [key: string, to: string[]][] = []
  const counted: string[] = []
  const lines: string[] = []
  const logged: [level: string, fields: object][] = []
  const clock = { monotonic: 0 }
  const outputs = ['slack', 'file']
  /** Holds what is stored back until it is released, or is killed. */
  let gate: Promise<void> = Promise.resolve()
  const log = {
    debug: () => {},
    info: (fields: object, message: string) => {
      lines.push(message)
      logged.push(['info', fields])
    },
    warn: (fields: object, message: string) => {
      lines.push(message)
      logged.push(['warn', fields])
    },
    error: (fields: object, message: string) => {
      lines.push(message)
      logged.push(['error', fields])
    },
  }
  const start = async (now: number, of = specs) => {
    const state = stateOf(shapeOf(...(of.length > 0 ? of : [specOf()])), [], now)
    const reporter = new Reporter({
      log,
      outbox: {
        // One transaction: both or neither.
        async enqueue(event: OutputEvent, to: readonly string[], mark: KeptValue | null) {
          await gate
          stored.push([event.key, [...to]])
          if (mark) await store.set(mark.key, JSON.parse(mark.value) as Json)
        },
      },
      store,
      source: () => ({ state, incidents: null }),
      outputs: () => outputs,
      count: (report, result) => void counted.push(`${report} ${result}`),
      monotonic: () => clock.monotonic,
    })
    await reporter.configure(of, now)
    return {
      reporter,
      /** Looks once, and lets what it does settle. */
      async tick(at: number, watermark = LATER) {
        reporter.tick(at, watermark)
        await new Promise(resolve => setImmediate(resolve))
      },
    }
  }
  return {
    start,
    store,
    stored,
    counted,
    lines,
    logged,
    clock,
    outputs,
    get keys() {
      return stored.map(([key]) => key)
    },
    hold() {
      const held = Promise.withResolvers<void>()
      gate = held.promise
      return held.resolve
    },
  }
}

const key = (at: number, name = 'daily') => `report/${name}/${at}`

test('a report comes once it is due and event time has passed its end, and once', async () => {
  const kit = setUp(specOf({ to: ['file'] }))
  const { tick, reporter } = await kit.start(NINE - HOUR)
  await tick(NINE - 1)
  await tick(NINE, NINE)
  expect(kit.keys).toEqual([])
  await tick(NINE + 6000, NINE + 6000)
  await tick(NINE + 7000)
  await tick(NINE + DAY - 1)
  expect(kit.stored).toEqual([[key(NINE), ['file']]])
  expect([...reporter.last()]).toEqual([['daily', NINE]])
  await tick(NINE + DAY)
  expect(kit.keys).toEqual([key(NINE), key(NINE + DAY)])
  expect(kit.counted).toEqual(['daily sent', 'daily sent'])
})

test('a report without progress of event time is made after a time-out', async () => {
  const kit = setUp(specOf())
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE, NINE - HOUR)
  kit.clock.monotonic = 4 * MINUTE
  await tick(NINE + 4 * MINUTE, NINE - HOUR)
  expect(kit.keys).toEqual([])
  kit.clock.monotonic = 5 * MINUTE
  await tick(NINE + 5 * MINUTE, NINE - HOUR)
  expect(kit.keys).toEqual([key(NINE)])
})

test('a report that was missed is made at the next start, each of them, and none twice', async () => {
  const kit = setUp(specOf())
  const before = await kit.start(NINE - HOUR)
  await before.tick(NINE - MINUTE)
  const after = await kit.start(NINE + 2 * DAY + HOUR)
  for (let i = 0; i < 5; i++) await after.tick(NINE + 2 * DAY + HOUR)
  const again = await kit.start(NINE + 2 * DAY + 2 * HOUR)
  await again.tick(NINE + 2 * DAY + 2 * HOUR)
  expect(kit.keys).toEqual([key(NINE), key(NINE + DAY), key(NINE + 2 * DAY)])
})

test('of many missed reports the last ten are made', async () => {
  const kit = setUp(specOf())
  await kit.start(NINE - HOUR)
  const { tick } = await kit.start(NINE + 20 * DAY)
  for (let i = 0; i < 30; i++) await tick(NINE + 20 * DAY)
  expect(kit.keys).toEqual(Array.from({ length: 10 }, (_, i) => key(NINE + (11 + i) * DAY)))
  expect(kit.counted.filter(each => each === 'daily skipped')).toHaveLength(1)
})

test('a kill before the report is stored makes it again, one after that does not', async () => {
  const kit = setUp(specOf())
  kit.hold()
  const killed = await kit.start(NINE - HOUR)
  await killed.tick(NINE)
  expect(kit.keys).toEqual([])
  const release = kit.hold()
  release()
  const second = await kit.start(NINE + MINUTE)
  await second.tick(NINE + MINUTE)
  const third = await kit.start(NINE + 2 * MINUTE)
  await third.tick(NINE + 2 * MINUTE)
  expect(kit.keys).toEqual([key(NINE)])
})

test('while one is being stored no other is made, and a reload waits for it', async () => {
  const kit = setUp(specOf())
  const release = kit.hold()
  const { tick, reporter } = await kit.start(NINE - HOUR)
  await tick(NINE)
  await tick(NINE + 1000)
  const reloaded = reporter.configure([specOf()], NINE + 2000)
  release()
  await reloaded
  await tick(NINE + 3000)
  expect(kit.keys).toEqual([key(NINE)])
})

test('a repeated hour and a skipped hour have one report each', async () => {
  const spec = specOf({ cron: '30 1 * * *', timeZone: 'Europe/London' })
  for (const [day, due] of [
    ['2026-10-25', '2026-10-25T00:30Z'],
    ['2026-03-29', '2026-03-29T01:00Z'],
  ] as const) {
    const kit = setUp(spec)
    const midnight = Date.parse(`${day}T00:00Z`)
    const { tick } = await kit.start(midnight)
    for (let at = midnight; at < midnight + 12 * HOUR; at += 15 * MINUTE) await tick(at)
    expect(kit.keys).toEqual([key(Date.parse(due))])
  }
})

test('a clock that is set back doubles no report, and one that is set forward loses none', async () => {
  const kit = setUp(specOf())
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE)
  await tick(NINE - HOUR)
  await tick(NINE)
  expect(kit.keys).toEqual([key(NINE)])
  await tick(NINE + 2 * DAY)
  await tick(NINE + 2 * DAY)
  expect(kit.keys).toEqual([key(NINE), key(NINE + DAY), key(NINE + 2 * DAY)])
})

test('a clock that is wrong for a moment makes no report', async () => {
  const kit = setUp(specOf())
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE + DAY, NINE - HOUR)
  kit.clock.monotonic = 10 * MINUTE
  await tick(NINE - HOUR + 10 * MINUTE, NINE - HOUR)
  await tick(NINE, NINE - HOUR)
  expect(kit.keys).toEqual([])
  await tick(NINE + 6000, NINE + 6000)
  expect(kit.keys).toEqual([key(NINE)])
})

test('where the last report was made years ahead, reports begin again', async () => {
  const kit = setUp(specOf())
  await kit.store.set('last daily', NINE + 3650 * DAY)
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE)
  expect(kit.keys).toEqual([key(NINE)])
  expect(kit.lines[0]).toContain('the clock was wrong')
})

test('a report that a reload adds is first due after it, and one that it removes is deleted', async () => {
  const kit = setUp(specOf())
  const { tick, reporter } = await kit.start(NINE - HOUR)
  const hourly = specOf({ name: 'hourly', cron: '0 * * * *' })
  await reporter.configure([hourly], NINE - MINUTE)
  await tick(NINE)
  expect(kit.keys).toEqual([key(NINE, 'hourly')])
  expect(await kit.store.keys()).toEqual(['last hourly'])
})

test('a report that cannot be made is logged, and does not delay others', async () => {
  const kit = setUp(specOf(), specOf({ name: 'hourly', cron: '0 * * * *' }))
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE)
  expect(kit.keys.toSorted()).toEqual([key(NINE), key(NINE, 'hourly')])
  const none = new Reporter({
    log: {
      debug() {},
      info() {},
      warn() {},
      error: (_: object, message: string) => void kit.lines.push(message),
    },
    outbox: { enqueue: async (_: ReportEvent | OutputEvent) => {} },
    store: new MemoryStore(),
    source: () => ({ state: { history: null } as never, incidents: null }),
    outputs: () => [],
    count: (report, result) => void kit.counted.push(`${report} ${result}`),
  })
  await none.configure([specOf()], NINE - HOUR)
  none.tick(NINE, LATER)
  await new Promise(resolve => setImmediate(resolve))
  expect(kit.lines.at(-1)).toBe('a report could not be built')
  expect(kit.counted.at(-1)).toBe('daily skipped')
})

test('each report is logged with its outputs, or that no output takes it', async () => {
  const kit = setUp(specOf())
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE)
  expect([kit.lines, kit.logged]).toEqual([
    ['a report was made'],
    [['info', { report: 'daily', key: key(NINE), outputs: ['slack', 'file'] }]],
  ])
  kit.outputs.splice(0)
  await tick(NINE + DAY)
  expect([kit.lines.at(-1), kit.logged.at(-1)]).toEqual([
    'a report is due, and no output takes reports',
    ['warn', { report: 'daily', key: key(NINE + DAY) }],
  ])
})

test('reports that are left out are logged and counted, once for all of them', async () => {
  const kit = setUp(specOf())
  await kit.start(NINE - 20 * DAY - HOUR)
  const { tick } = await kit.start(NINE - HOUR)
  for (let n = 0; n < 30; n++) await tick(NINE - HOUR)
  expect(kit.keys).toHaveLength(10)
  expect(kit.counted.filter(result => result === 'daily skipped')).toHaveLength(1)
  expect(kit.logged[0]).toEqual([
    'warn',
    { report: 'daily', since: new Date(NINE - 20 * DAY - HOUR).toISOString(), made: 10 },
  ])
})

test('a last report in the future is logged with its time, and one that is a week ahead is not', async () => {
  const kit = setUp(specOf())
  await kit.store.set('last daily', NINE + 7 * DAY)
  await kit.start(NINE)
  expect(kit.lines).toEqual([])
  await kit.store.set('last daily', NINE + 9 * DAY)
  const { reporter } = await kit.start(NINE)
  expect(kit.logged).toEqual([['warn', { report: 'daily', last: new Date(NINE + 9 * DAY).toISOString() }]])
  expect([[...reporter.last()], await kit.store.get('last daily')]).toEqual([[['daily', NINE]], NINE])
})

test('a reload deletes only the times of reports that are gone', async () => {
  const kit = setUp(specOf())
  const { reporter } = await kit.start(NINE)
  await kit.store.set('incidents', [])
  await kit.store.set('last gone', NINE)
  await reporter.configure([specOf()], NINE)
  expect((await kit.store.keys()).toSorted()).toEqual(['incidents', 'last daily'])
})

test('a report waits for event time for five minutes from when it was first looked for', async () => {
  const kit = setUp(specOf())
  const { tick } = await kit.start(NINE - HOUR)
  await tick(NINE, NINE + 4999)
  kit.clock.monotonic = 5 * MINUTE - 1
  await tick(NINE + 1000, NINE + 4999)
  expect(kit.keys).toEqual([])
  await tick(NINE + 1000, NINE + 5000)
  expect(kit.keys).toEqual([key(NINE)])
  // The wait of the next one begins again.
  kit.clock.monotonic = 20 * MINUTE
  await tick(NINE + DAY, NINE)
  expect(kit.keys).toHaveLength(1)
  kit.clock.monotonic = 25 * MINUTE
  await tick(NINE + DAY, NINE)
  expect(kit.keys).toHaveLength(2)
})
