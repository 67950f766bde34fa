import { expect, test } from 'vitest'
import { parseIsoTime, parseTime, parseTwitterTime, parseUnixTime, unixTime } from './time.ts'

const at = (iso: string) => new Date(iso).getTime()

test('reads ISO 8601 with and without its optional parts', () => {
  expect(parseTime('2021-11-19T03:15:30.123Z')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime('2021-11-19T03:15:30.123456789Z')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime('2021-11-19T03:15:30.5Z')).toBe(at('2021-11-19T03:15:30.500Z'))
  expect(parseTime('2021-11-19t03:15:30,25z')).toBe(at('2021-11-19T03:15:30.250Z'))
  expect(parseTime('2021-11-19T03:15Z')).toBe(at('2021-11-19T03:15:00Z'))
  expect(parseTime('2021-11-19')).toBe(at('2021-11-19T00:00:00Z'))
})

test('takes a time without an offset for UTC, whatever the time zone of the machine', () => {
  expect(parseTime('2021-11-19T03:15:30')).toBe(at('2021-11-19T03:15:30Z'))
  expect(parseTime('2021-11-19 03:15:30.123')).toBe(at('2021-11-19T03:15:30.123Z'))
})

test('subtracts an offset', () => {
  for (const offset of ['+09:00', '+0900', '+09', ' +0900'])
    expect(parseTime(`2021-11-19T03:15:30${offset}`)).toBe(at('2021-11-18T18:15:30Z'))
  expect(parseTime('2021-11-19T03:15:30-05:30')).toBe(at('2021-11-19T08:45:30Z'))
})

test('agrees with Date on days of five centuries', () => {
  const disagreements: string[] = []
  for (let ms = Date.UTC(1800, 0, 1); ms < Date.UTC(2300, 0, 1); ms += 86_400_000) {
    const iso = new Date(ms).toISOString()
    if (parseTime(iso) !== ms) disagreements.push(iso)
  }
  expect(disagreements).toEqual([])
})

test('reads the times of the Twitter API v1.1', () => {
  expect(parseTime('Fri Nov 19 03:15:30 +0000 2021')).toBe(at('2021-11-19T03:15:30Z'))
  expect(parseTime('Mon Feb 29 23:59:59 +0000 2016')).toBe(at('2016-02-29T23:59:59Z'))
  expect(parseTime('Fri Nov 19 03:15:30 +0900 2021')).toBe(at('2021-11-18T18:15:30Z'))
})

test('counts a leap second as the first of the next minute', () => {
  expect(parseTime('2016-12-31T23:59:60Z')).toBe(at('2017-01-01T00:00:00Z'))
})

test('tells Unix seconds from milliseconds', () => {
  expect(unixTime(1_637_291_730)).toBe(at('2021-11-19T03:15:30Z'))
  expect(unixTime(1_637_291_730.123)).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(unixTime(1_637_291_730_123)).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(unixTime(0)).toBe(0)
  expect(unixTime(-1.5)).toBe(-1500)
  expect(parseTime('1637291730.123')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime('1637291730123')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseUnixTime('5000', 1)).toBe(5000)
  expect(parseUnixTime('163729173000', 1000)).toBe(163_729_173_000_000)
})

test.each([
  '',
  'yesterday',
  '2021-11',
  '2021-13-01',
  '2021-02-30T00:00:00Z',
  '2021-02-29',
  '1900-02-29',
  '2021-11-00',
  '0000-01-01',
  '2021-11-19T24:00:00Z',
  '2021-11-19T03:60:00Z',
  '2021-11-19T03:15:61Z',
  '2021-11-19T03',
  '2021-11-19T03:15:30.Z',
  '2021-11-19T03:15:30Zulu',
  '2021-11-19T03:15:30+9',
  '2021-11-19T03:15:30+09:0',
  '2021-11-19T03:15:30+09:000',
  '2021-11-19T03:15:30+25:00',
  '2021-11-19\x003:15:30Z',
  '2021-11-19T03:15:30 ',
  '2x21-11-19T03:15:30Z',
  '20x1-11-19T03:15:30Z',
  '19.11.2021 03:15',
  'Fri Nov 19 03:15:30 +0000 202x',
  'Fri Nov 31 03:15:30 +0000 2021',
  'Fri nov 19 03:15:30 +0000 2021',
  'Fri ovD 19 03:15:30 +0000 2021',
  'Fri Nov 19 03:15:30 PST   2021',
  '0x10',
  '1e3',
  '12 ',
  '.5',
  '9999999999999999',
])('refuses %j', text => {
  expect(parseTime(text)).toBeNaN()
})

test('refuses what only looks like the one format asked for', () => {
  expect(parseIsoTime('')).toBeNaN()
  expect(parseIsoTime('1637291730')).toBeNaN()
  expect(parseTwitterTime('2021-11-19T03:15:30Z')).toBeNaN()
  expect(parseUnixTime('2021-11-19', 1000)).toBeNaN()
  expect(unixTime(Infinity)).toBeNaN()
})
