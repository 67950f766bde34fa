import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import type { ReportEvent } from '../../plugin/events/report.ts'
import type { WindowEvent } from '../../plugin/output.ts'
import type { ClosedWindow } from '../../state/event-window.ts'
import { MoodCell } from '../../state/window-slices.ts'
import type { Store } from '../checkpoints/store/store.ts'
import { Outbox } from './outbox.ts'
import type { StoredEvent } from './outputs.ts'
import { specOf } from './outputs-testing.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const OUTPUTS = [specOf({ name: 'all' }), specOf({ name: 'minutes', windows: ['1m'] })]

function closed(label: string, end: number): ClosedWindow {
  const mood = new MoodCell()
  mood.add(0, 0.5)
  mood.add(2, -1)
  mood.add(3, 0)
  const silent = new MoodCell()
  return {
    label,
    start: end - 1000,
    end,
    moods: new Map([
      [labelKey('galaxy', 'afinn'), mood],
      [labelKey('silent', 'afinn'), silent],
    ]),
  }
}

type Asked = { record: number; events: { output: string; event: unknown }[] }

/** An outbox with a store that fails as long as `isFull`. */
function made(hasStore = true) {
  const delivered: StoredEvent[] = []
  const asked: Asked[] = []
  const acknowledged: [string, number[]][] = []
  const store = {
    isFull: false,
    nextId: 100,
    async publish(record: number, events: Asked['events']) {
      asked.push({ record, events })
      await Promise.resolve()
      if (this.isFull) throw new Error('disk full')
      return events.map(({ output, event }) => ({ id: this.nextId++, output, event }))
    },
    marks: [] as unknown[],
    async enqueue(events: Asked['events'], mark: unknown) {
      this.marks.push(mark)
      if (this.isFull) throw new Error('disk full')
      return events.map(({ output, event }) => ({ id: this.nextId++, output, event }))
    },
    acknowledge: (output: string, ids: number[]) => void acknowledged.push([output, ids]),
  }
  const outbox = new Outbox(hasStore ? (store as unknown as Store) : null, events =>
    delivered.push(...events),
  )
  const keys = () => delivered.map(({ id, event, to }) => [id, event.key, to?.join()])
  return { outbox, store, delivered, asked, acknowledged, keys }
}

test('a window becomes an event for each output that wants it, with a key that is always the same', () => {
  const { outbox, keys, delivered } = made(false)
  outbox.publish(1, [closed('1s', 5000), closed('1m', 60_000)], OUTPUTS)
  outbox.publish(7, [closed('1m', 60_000)], OUTPUTS)
  expect(keys()).toEqual([
    [1, 'window/1s/5000', 'all'],
    [2, 'window/1m/60000', 'all'],
    [3, 'window/1m/60000', 'minutes'],
    [4, 'window/1m/60000', 'all'],
    [5, 'window/1m/60000', 'minutes'],
  ])
  expect(delivered[0]?.event).toEqual({
    kind: 'window',
    key: 'window/1s/5000',
    window: '1s',
    start: 4000,
    end: 5000,
    rows: [
      {
        topic: 'galaxy',
        scorer: 'afinn',
        posts: { positive: 1, neutral: 0, negative: 1, unknown: 1 },
        score: -0.25,
      },
      {
        topic: 'silent',
        scorer: 'afinn',
        posts: { positive: 0, neutral: 0, negative: 0, unknown: 0 },
        score: null,
      },
    ],
  } satisfies WindowEvent)
})

test('without a store nothing is handed over where nothing closed, and nothing is acknowledged', () => {
  const deliver = vi.fn()
  const outbox = new Outbox(null, deliver)
  outbox.publish(1, [], OUTPUTS)
  outbox.publish(1, [closed('1s', 5000)], [specOf({ windows: ['1m'] })])
  outbox.acknowledge('all', [1])
  expect(deliver).not.toHaveBeenCalled()
})

test('with a store an event is stored before an output sees it, and keeps the id that it was stored with', async () => {
  const { outbox, keys, asked, delivered } = made()
  outbox.publish(3, [closed('1m', 60_000)], OUTPUTS)
  expect([asked.length, delivered.length]).toEqual([1, 0])
  await vi.advanceTimersByTimeAsync(0)
  expect(asked[0]?.record).toBe(3)
  expect(keys()).toEqual([
    [100, 'window/1m/60000', 'all'],
    [101, 'window/1m/60000', 'minutes'],
  ])
})

test('records are stored in order, one after the other, those without events too', async () => {
  const { outbox, asked, keys } = made()
  outbox.publish(1, [closed('1s', 1000)], OUTPUTS)
  outbox.publish(2, [], OUTPUTS)
  outbox.publish(3, [closed('1s', 3000)], OUTPUTS)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(asked.map(({ record, events }) => [record, events.length])).toEqual([
    [1, 1],
    [2, 0],
    [3, 1],
  ])
  expect(keys().map(([, key]) => key)).toEqual(['window/1s/1000', 'window/1s/3000'])
})

test('what cannot be stored is tried again every second, in order, and delivered once', async () => {
  const { outbox, store, asked, keys } = made()
  store.isFull = true
  outbox.publish(1, [closed('1s', 1000)], OUTPUTS)
  outbox.publish(2, [closed('1s', 2000)], OUTPUTS)
  await vi.advanceTimersByTimeAsync(2500)
  expect(asked.map(({ record }) => record)).toEqual([1, 1, 1])
  expect(keys()).toEqual([])
  store.isFull = false
  await vi.advanceTimersByTimeAsync(500)
  expect(keys()).toEqual([
    [100, 'window/1s/1000', 'all'],
    [101, 'window/1s/2000', 'all'],
  ])
  // What comes later is stored at once again.
  outbox.publish(3, [closed('1s', 3000)], OUTPUTS)
  await vi.advanceTimersByTimeAsync(0)
  expect(keys()).toHaveLength(3)
})

test('an event of no epoch is handed over once it is stored with its mark, however often that takes', async () => {
  const { outbox, store, keys } = made()
  const report = { kind: 'report', key: 'report/daily/7' } as ReportEvent
  const mark = { plugin: 'reports', key: 'daily', value: '7' }
  store.isFull = true
  const enqueued = outbox.enqueue(report, ['slack', 'file'], mark)
  await vi.advanceTimersByTimeAsync(2500)
  expect([store.marks.length, keys()]).toEqual([3, []])
  store.isFull = false
  await vi.advanceTimersByTimeAsync(1000)
  await enqueued
  expect(store.marks.at(-1)).toEqual(mark)
  expect(keys()).toEqual([
    [100, 'report/daily/7', 'slack'],
    [101, 'report/daily/7', 'file'],
  ])
})

test('stores nothing after it is closed', async () => {
  const { outbox, store, asked } = made()
  store.isFull = true
  outbox.publish(1, [closed('1s', 1000)], OUTPUTS)
  await vi.advanceTimersByTimeAsync(0)
  outbox.close()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toHaveLength(1)
})

test('an output removes finished events from the store', () => {
  const { outbox, acknowledged } = made()
  outbox.acknowledge('all', [3, 4])
  expect(acknowledged).toEqual([['all', [3, 4]]])
})

test('events of an earlier run are each for the output that was not done with them', () => {
  const event = { kind: 'window', key: 'window/1s/1000' }
  expect(Outbox.pending(null)).toEqual([])
  expect(Outbox.pending({ outbox: [{ id: 9, output: 'all', event }] } as never)).toEqual([
    { id: 9, event, to: ['all'] },
  ])
})
