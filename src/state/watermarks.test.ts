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

test('the watermark never goes back', () => {
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

test('setting the clock back by less than limits.future changes nothing', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(0), at(0))
  watermarks.current(at(0))
  expect(watermarks.current(at(-59))).toBe(at(0))
  expect(watermarks.hasComeBack).toBe(false)
})

test('sources that the configuration no longer has are removed, with their partitions', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('gone', '0', at(-500), at(0))
  watermarks.observe('kept', '0', at(-100), at(0))
  watermarks.retain(source => source === 'kept')
  expect(watermarks.of('gone')).toBeNull()
  expect(watermarks.of('kept')).toBe(at(-100))
  expect(watermarks.current(at(0))).toBe(at(-100))
})

test('a partition that is released no longer holds back the others of its source', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('kafka', '0', at(-500), at(0))
  watermarks.observe('kafka', '1', at(-100), at(0))
  watermarks.observe('other', '0', at(-200), at(0))
  watermarks.release('kafka', '0')
  expect(watermarks.current(at(0))).toBe(at(-200))
  watermarks.release('other')
  expect(watermarks.current(at(0))).toBe(at(-100))
})

test('a partition does not go back, and is idle from its last post on', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('a', '', at(-5), at(0))
  watermarks.observe('a', '', at(-90), at(8))
  watermarks.observe('b', '', at(9), at(9))
  expect(watermarks.of('a')).toBe(at(-5))
  expect(watermarks.current(at(17))).toBe(at(-5))
  expect(watermarks.current(at(18))).toBe(at(9))
})

test('a partition that was idle holds the others back again from its next post on, by that alone', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('a', '', at(0), at(0))
  watermarks.observe('b', '', at(10), at(10))
  expect(watermarks.current(at(10))).toBe(at(10))
  watermarks.observe('a', '', at(11), at(12))
  watermarks.observe('b', '', at(15), at(15))
  expect(watermarks.current(at(15))).toBe(at(11))
})

test('exactly as far ahead of the clock as event time may lie, it stays', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(0), at(0))
  watermarks.current(at(0))
  expect(watermarks.current(at(-60))).toBe(at(0))
  expect(watermarks.hasComeBack).toBe(false)
  expect(watermarks.current(at(-61))).toBe(at(-61))
  expect(watermarks.hasComeBack).toBe(true)
})

test('without partitions it comes back to the clock, and moves on with it', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(3600), at(3600))
  watermarks.current(at(3600))
  watermarks.release('a')
  expect(watermarks.current(at(5))).toBe(at(5))
  expect(watermarks.current(at(8))).toBe(at(8))
})

test('a partition that a wrong clock saw is idle once the right clock says so', () => {
  const watermarks = new Watermarks(IDLE, 60_000)
  watermarks.observe('a', '', at(3600), at(3600))
  watermarks.current(at(3600))
  expect(watermarks.current(at(5))).toBe(at(5))
  watermarks.observe('b', '', at(14), at(14))
  expect(watermarks.current(at(14))).toBe(at(5))
  expect(watermarks.current(at(15))).toBe(at(14))
})

test('a copy from an encoding continues in the same way', () => {
  const watermarks = new Watermarks(IDLE)
  watermarks.observe('kafka', '0', at(-500), at(0))
  watermarks.observe('kafka', '1', at(-100), at(4))
  watermarks.current(at(5))
  const copy = new Watermarks(IDLE)
  copy.decode(JSON.parse(JSON.stringify(watermarks.encode())))
  expect(copy.encode()).toEqual(watermarks.encode())
  expect(copy.latest).toBe(at(-500))
  expect(copy.hasComeBack).toBe(false)
  expect(copy.of('kafka')).toBe(at(-100))
  expect(copy.current(at(11))).toBe(at(-100))
  expect(copy.current(at(17))).toBe(at(-94))
  const empty = new Watermarks(IDLE)
  empty.decode(JSON.parse(JSON.stringify(new Watermarks(IDLE).encode())))
  expect(empty.latest).toBe(Number.NEGATIVE_INFINITY)
})
