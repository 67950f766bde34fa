import { expect, test } from 'vitest'
import { Watermarks } from './watermarks.ts'

const IDLE = 10_000
/** Noon of some day: event times are given as seconds after it. */
const NOON = 1_700_000_000_000
const at = (seconds: number) => NOON + seconds * 1000

test('it is the slowest of the partitions', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('kafka', '0', at(-100), at(0))
  watermarks.observe('kafka', '1', at(-900), at(0))
  watermarks.observe('tcp', '', at(-1), at(0))
  expect(watermarks.current(at(0))).toBe(at(-900))
  watermarks.observe('kafka', '1', at(-50), at(1))
  expect(watermarks.current(at(1))).toBe(at(-100))
})

test('an idle partition does not hold back the watermark', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('a', '', at(-500), at(0))
  watermarks.observe('b', '', at(0), at(0))
  watermarks.observe('b', '', at(9), at(9))
  expect(watermarks.current(at(9))).toBe(at(-500))
  expect(watermarks.current(at(10))).toBe(at(9))
})

test('it never goes back', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('a', '', at(5), at(5))
  expect(watermarks.current(at(5))).toBe(at(5))
  watermarks.observe('late', '', at(-1000), at(6))
  expect(watermarks.current(at(6))).toBe(at(5))
})

test('while all are idle it moves with the clock, and no faster', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('archive', '', at(-1_000_000), at(0))
  expect(watermarks.current(at(0))).toBe(at(-1_000_000))
  expect(watermarks.current(at(9))).toBe(at(-1_000_000))
  expect(watermarks.current(at(12))).toBe(at(-1_000_000 + 3))
  expect(watermarks.current(at(20))).toBe(at(-1_000_000 + 11))
})

test('a post from the future moves it no further than now', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('a', '', at(50), at(0))
  expect(watermarks.current(at(0))).toBe(at(0))
})

test('before the first post there is no watermark', () => {
  const watermarks = new Watermarks(IDLE)
  expect(watermarks.current(at(0))).toBe(Number.NEGATIVE_INFINITY)
  expect(watermarks.of('a')).toBeNull()
})

test('a finished source does not hold back the watermark', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('archive', 'a.gz', at(-500), at(0))
  watermarks.observe('tcp', '', at(0), at(0))
  watermarks.release('archive')
  expect(watermarks.current(at(0))).toBe(at(0))
  expect(watermarks.of('archive')).toBe(at(-500))
})

test('it comes back from where a clock that was wrong had brought it, and event time continues from there', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(0), at(0))
  watermarks.current(at(0))
  // The clock is an hour ahead for some seconds.
  expect(watermarks.current(at(3600))).toBe(at(3600))
  watermarks.observe('a', '', at(3601), at(3601))
  expect(watermarks.current(at(3601))).toBe(at(3601))
  expect(watermarks.hasComeBack).toBe(false)
  expect(watermarks.current(at(5))).toBe(at(5))
  expect(watermarks.hasComeBack).toBe(true)
  expect(watermarks.of('a')).toBe(at(5))
  watermarks.observe('a', '', at(6), at(7))
  expect(watermarks.current(at(7))).toBe(at(6))
  expect(watermarks.hasComeBack).toBe(false)
})

test('a clock that is set back by less than event time may lie ahead changes nothing', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(0), at(0))
  watermarks.current(at(0))
  expect(watermarks.current(at(-59))).toBe(at(0))
  expect(watermarks.hasComeBack).toBe(false)
})
