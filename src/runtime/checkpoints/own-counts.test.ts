import { expect, test } from 'vitest'
import { RecordedMetrics } from '../../plugin/recorded-metrics.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { SHAPE } from '../runtime-testing.ts'
import { OwnCounts } from './own-counts.ts'

const SHAPE_OF_DELTA = deltaShapeOf(SHAPE)

test('there is nothing to commit before something is counted', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  expect(own.isEmpty).toBe(true)
  expect(own.take()).toEqual({ deltas: [], positions: [] })
})

test('counts are taken once', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.count('mood_source_refused_total', ['src', 'busy'], 2)
  own.count('mood_source_refused_total', ['src', 'busy'], 3)
  expect(own.isEmpty).toBe(false)
  const [delta] = own.take().deltas
  const counted = State.decodeBase(SHAPE_OF_DELTA, delta?.base as string)
  expect([...counted.counter('mood_source_refused_total').entries()]).toEqual([['src\u001fbusy', 5]])
  expect(own.isEmpty).toBe(true)
  own.count('mood_source_reconnects_total', ['src', 'network'], 1)
  const next = State.decodeBase(SHAPE_OF_DELTA, own.take().deltas[0]?.base as string)
  expect([...next.counter('mood_source_refused_total').entries()]).toEqual([])
})

test('dropped positions are null, and cause a commit', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.dropPosition('src', 'a')
  own.dropPosition('src', 'b')
  expect(own.isEmpty).toBe(false)
  expect(own.take()).toEqual({
    deltas: [],
    positions: [
      ['src', 'a', null],
      ['src', 'b', null],
    ],
  })
  expect(own.isEmpty).toBe(true)
})

test('partitions that are released travel in the delta', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.release('src', null)
  own.release('src', 'a')
  expect(JSON.parse(own.take().deltas[0]?.base as string).released).toEqual([
    ['src', null],
    ['src', 'a'],
  ])
})

const HISTORY = deltaShapeOf({ ...SHAPE, history: { slice: 60_000, keep: 3_600_000 } })

/** What the next commit takes, decoded. */
const taken = (own: OwnCounts, shape = SHAPE_OF_DELTA) =>
  State.decodeBase(shape, own.take().deltas[0]?.base as string)

test('the time that the exporter ran is noted in the slice of that time, with the sources that were down', () => {
  const own = new OwnCounts(HISTORY)
  own.ran(60_000, 5000, ['src'])
  own.ran(70_000, 3000, ['src', 'other'])
  own.ran(120_000, 1000, [])
  const { history } = taken(own, HISTORY)
  const slices = [...(history?.between(0, 200_000) ?? [])]
  expect(slices.map(([start, { ran, down }]) => [start, ran, [...down.entries()]])).toEqual([
    [
      60_000,
      8000,
      [
        ['src', 8000],
        ['other', 3000],
      ],
    ],
    [120_000, 1000, []],
  ])
})

test('without reports the time that the exporter ran is not noted', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.ran(60_000, 5000, ['src'])
  expect(taken(own).history).toBeNull()
})

test('recordings of plugins are part of the next commit', () => {
  const recorder = new RecordedMetrics({ calls: { type: 'counter', help: 'Calls.' } })
  recorder.metrics.calls.add(4)
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.record([['scorer one', recorder.take() ?? {}]])
  expect(taken(own).plugins.recorded('scorer one', 'calls', 'counter()')?.value('calls', {})).toBe(4)
})

test('counts and dropped positions survive a change of the configuration', () => {
  const own = new OwnCounts(SHAPE_OF_DELTA)
  own.count('mood_source_refused_total', ['src', 'busy'], 2)
  own.dropPosition('src', 'a')
  const next = own.reshaped(HISTORY)
  const { deltas, positions } = next.take()
  const counted = State.decodeBase(HISTORY, deltas[0]?.base as string)
  expect([...counted.counter('mood_source_refused_total').entries()]).toEqual([['src\u001fbusy', 2]])
  expect(positions).toEqual([['src', 'a', null]])
  expect(new OwnCounts(SHAPE_OF_DELTA).reshaped(HISTORY).isEmpty).toBe(true)
})
