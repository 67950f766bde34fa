import { expect, test } from 'vitest'
import { parseIsoTime, parseTime, parseTwitterTime, parseUnixTime, unixTime } from './time.ts'
import { parseNumericTime } from './written-time.ts'

const at = (iso: string) => new Date(iso).getTime()

test('reads ISO 8601 with and without its optional parts', () => {
  expect(parseTime('2021-11-19T03:15:30.123Z')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime('2021-11-19T03:15:30.123456789Z')).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime('2021-11-19T03:15:30.5Z')).toBe(at('2021-11-19T03:15:30.500Z'))
  expect(parseTime('2021-11-19t03:15:30,25z')).toBe(at('2021-11-19T03:15:30.250Z'))
  expect(parseTime('2021-11-19T03:15Z')).toBe(at('2021-11-19T03:15:00Z'))
  expect(parseTime('2021-11-19')).toBe(at('2021-11-19T00:00:00Z'))
})

test('reads a time without an offset as UTC, in any time zone of the machine', () => {
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

test('distinguishes Unix seconds from milliseconds', () => {
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
  ['microseconds', 1_637_291_730_123_456],
  ['nanoseconds', 1_637_291_730_123_456_800],
])('distinguishes Unix %s from milliseconds', (_, time) => {
  expect(unixTime(time)).toBe(at('2021-11-19T03:15:30.123Z'))
  expect(parseTime(String(time))).toBe(at('2021-11-19T03:15:30.123Z'))
})

test.each([
  'Fri, 19 Nov 2021 03:15:30 GMT',
  'Fri, 19 Nov 2021 12:15:30 +0900 (KST)',
  '19 Nov 21 03:15:30 UT',
  'Friday, 19-Nov-21 03:15:30 GMT',
  '19 November 2021 03:15:30',
  'Thu Nov 18 19:15:30 PST 2021',
  'Fri Nov 19 03:15:30 2021',
  'Fri Nov 19 2021 12:15:30 GMT+0900 (Korean Standard Time)',
  'November 19, 2021, 3:15:30 AM',
  'Nov 19, 2021 03:15:30 UTC',
  '2021-11-19 03:15:30 UTC',
  '2021-11-19 03:15:30 GMT',
  '2021-11-19 12:15:30 KST',
  '2021-11-19 03:15:30 +0000 UTC',
  '2021-11-19T12:15:30+09:00[Asia/Seoul]',
  '2021-11-19 12:15:30 UTC+9',
  '2021/11/19 03:15:30',
  '2021.11.19 3:15:30',
  '2021/11/19T03:15:30Z',
  '2021. 11. 19. 오전 3:15:30',
  '20211119T031530Z',
  '20211119T121530.000+0900',
  ' 2021-11-19T03:15:30Z ',
  '1.63729173E+09',
])('reads %s', text => {
  expect(parseTime(text)).toBe(at('2021-11-19T03:15:30Z'))
})

test('distinguishes AM and PM', () => {
  expect(parseTime('2021-11-19 오후 12:05')).toBe(at('2021-11-19T12:05:00Z'))
  expect(parseTime('2021/11/19 12:05 AM')).toBe(at('2021-11-19T00:05:00Z'))
  expect(parseTime('2021/11/19 3:05:07.250 p.m.')).toBe(at('2021-11-19T15:05:07.250Z'))
  expect(parseTime('2021/11/19 13:05 PM')).toBeNaN()
})

test('reads numeric days and months in the given order', () => {
  expect(parseNumericTime('19/11/2021 03:15', 'day first')).toBe(at('2021-11-19T03:15:00Z'))
  expect(parseNumericTime('5.1.21', 'day first')).toBe(at('2021-01-05T00:00:00Z'))
  expect(parseNumericTime('11/19/2021, 3:15:30 AM', 'month first')).toBe(at('2021-11-19T03:15:30Z'))
  expect(parseNumericTime('19/11/2021 03:15', 'month first')).toBeNaN()
  expect(parseNumericTime('2021-11-19', 'day first')).toBeNaN()
})

test('any text is looked at in one pass', () => {
  for (const piece of ['1', '1 ', 'Jan ', '2021-11-19 ', '1:11 ', '(', '[', '+', '오전'])
    expect(parseTime(piece.repeat(100_000))).toBeNaN()
})

test.each([
  '',
  'yesterday',
  '11/12/2021 03:15',
  '19/11/2021 03:15',
  '2021-11-19 03:15:30 IST',
  '2021-11-19 03:15:30 XYZ',
  '2021-11-19 03:15:30 UTC UTC',
  '2021-11-19 03:15:30 KST+09',
  'Fri, 31 Nov 2021 03:15:30 GMT',
  '20211119T251530Z',
  'Nov 19 2021 03:15:30 ago',
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
  '2021-11-19T03:15:30+09:0',
  '2021-11-19T03:15:30+09:000',
  '2021-11-19T03:15:30+25:00',
  '2021-11-19\x003:15:30Z',
  '2x21-11-19T03:15:30Z',
  '20x1-11-19T03:15:30Z',
  'Fri Nov 19 03:15:30 +0000 202x',
  'Fri Nov 31 03:15:30 +0000 2021',
  'Fri ovD 19 03:15:30 +0000 2021',
  '0x10',
  '.5',
])('refuses %j', text => {
  expect(parseTime(text)).toBeNaN()
})

test('rejects text that only resembles the requested format', () => {
  expect(parseIsoTime('')).toBeNaN()
  expect(parseIsoTime('1637291730')).toBeNaN()
  expect(parseTwitterTime('2021-11-19T03:15:30Z')).toBeNaN()
  expect(parseUnixTime('2021-11-19', 1000)).toBeNaN()
  expect(unixTime(Infinity)).toBeNaN()
})
