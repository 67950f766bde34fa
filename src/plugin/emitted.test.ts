import { expect, test } from 'vitest'
import { checkDrop, checkedLag, checkedPartition, checkPosition, shortened } from './emitted.ts'

test('records are dropped for one of three reasons, and there may be none', () => {
  for (const reason of ['invalid', 'oversized', 'overflow']) checkDrop(reason, 3)
  checkDrop('invalid', 0)
  expect(() => checkDrop('tired', 3)).toThrow(
    new TypeError('expected to drop as "invalid", "oversized" or "overflow", got "tired"'),
  )
  for (const [records, shown] of [
    [-1, '-1'],
    [1.5, '1.5'],
    [2 ** 53, '9007199254740992'],
    ['3', '"3"'],
    [undefined, 'nothing'],
  ])
    expect(() => checkDrop('invalid', records), `${records}`).toThrow(
      new TypeError(`expected a number of records that were dropped, got ${shown}`),
    )
})

test('a lag is a number of records, and none if it is negative', () => {
  expect([checkedLag(5), checkedLag(0.5), checkedLag(0), checkedLag(-2)]).toEqual([5, 0.5, 0, 0])
  for (const lag of [Number.NaN, Number.POSITIVE_INFINITY, '5', 5n, null])
    expect(() => checkedLag(lag), `${lag}`).toThrow(/^expected a lag in records, got /)
})

test('a partition has a name of at most a thousand characters', () => {
  expect(checkedPartition('')).toBe('')
  expect(checkedPartition('a'.repeat(1000))).toHaveLength(1000)
  for (const partition of ['a'.repeat(1001), 5, undefined])
    expect(() => checkedPartition(partition)).toThrow(
      /^expected the name of a partition, of at most 1000 characters, got /,
    )
})

test('a position is JSON of at most 65536 characters', () => {
  for (const position of [undefined, null, 5, Number.NaN, false, 'a', { a: [1] }, 'a'.repeat(65_534)])
    checkPosition(position as never)
  for (const position of ['a'.repeat(65_535), () => 5, Symbol('a')])
    expect(() => checkPosition(position as never)).toThrow(
      /^expected a position of at most 65536 characters as JSON, got /,
    )
})

test('text for people is cut after a thousand characters', () => {
  expect(shortened('a'.repeat(1001))).toBe('a'.repeat(1000))
  expect(shortened(undefined)).toBe('undefined')
  expect(shortened(5)).toBe('5')
})
