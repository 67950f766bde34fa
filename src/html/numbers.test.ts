import { expect, test, vi } from 'vitest'
import { bytes, count, moment, rate, score, share, span } from './numbers.ts'

test('numbers are written for a reader', () => {
  expect(count(1234567)).toBe('1,234,567')
  expect([rate(0), rate(9.96), rate(1234.5)]).toEqual(['0.0', '10.0', '1,235'])
  expect([score(0.216), score(-0.5), score(0), score(-0.001)]).toEqual(['+0.22', '−0.50', '0.00', '0.00'])
})

test('a small share is not shown as none', () => {
  expect([share(1, 1000), share(0, 10), share(1, 3), share(0, 0)]).toEqual(['<1%', '0%', '33%', '0%'])
})

test('sizes and spans have units that fit', () => {
  expect([bytes(0), bytes(1023), bytes(1024), bytes(3.4 * 2 ** 20), bytes(2 ** 42)]).toEqual([
    '0 B',
    '1,023 B',
    '1.0 KiB',
    '3.4 MiB',
    '4,096.0 GiB',
  ])
  expect([0, 1234, 59_999, 61_000, 3 * 3600e3 + 12 * 60e3, 25 * 3600e3].map(span)).toEqual([
    '0.0 s',
    '1.2 s',
    '59 s',
    '1 min 1 s',
    '3 h 12 min',
    '1 d 1 h',
  ])
})

test('an invalid time does not break the page', () => {
  expect(moment(Number.NaN).markup).toBe('–')
  expect(moment(0).markup).toBe('<time datetime="1970-01-01T00:00:00.000Z">1970-01-01 00:00:00 UTC</time>')
})

test('no formatter is made before a number is written', async () => {
  let made = 0
  class Counted extends Intl.NumberFormat {
    constructor(...of: ConstructorParameters<typeof Intl.NumberFormat>) {
      super(...of)
      made++
    }
  }
  vi.stubGlobal('Intl', Object.create(Intl, { NumberFormat: { value: Counted } }))
  vi.resetModules()
  const { count } = await import('./numbers.ts')
  expect(made).toBe(0)
  expect([count(1234), count(5)]).toEqual(['1,234', '5'])
  expect(made).toBe(1)
  vi.unstubAllGlobals()
})
