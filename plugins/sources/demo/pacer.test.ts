import { expect, test } from 'vitest'
import { Pacer } from './pacer.ts'

test('the first tick is due at once, and each later one a tick after', () => {
  const pacer = new Pacer(50, 0, 1000)
  expect(pacer.due(1000)).toEqual({ first: 0, end: 1 })
  expect(pacer.wait(1000)).toBe(50)
  expect(pacer.due(1049)).toEqual({ first: 1, end: 1 })
  expect(pacer.due(1050)).toEqual({ first: 1, end: 2 })
})

test('late timers do not slow the pace', () => {
  const pacer = new Pacer(50, 0, 0)
  let ticks = 0
  for (let now = 0; now <= 60_000; now += 63) {
    const { first, end } = pacer.due(now)
    ticks += end - first
  }
  expect(ticks).toBe(Math.floor((952 * 63) / 50) + 1)
})

test('after a long stall the stream continues where it was, a second behind at most', () => {
  const pacer = new Pacer(50, 0, 0)
  pacer.due(0)
  expect(pacer.due(3_600_000)).toEqual({ first: 1, end: 21 })
  expect(pacer.due(3_600_000)).toEqual({ first: 21, end: 21 })
  expect(pacer.due(3_600_050)).toEqual({ first: 21, end: 22 })
})

test('a stream resumed at a tick is paced as if it had run from its start', () => {
  const pacer = new Pacer(50, 100, 10_000)
  expect(pacer.due(10_000)).toEqual({ first: 100, end: 101 })
  expect(pacer.startedAt).toBe(5000)
})
