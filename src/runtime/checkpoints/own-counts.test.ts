import { expect, test } from 'vitest'
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
