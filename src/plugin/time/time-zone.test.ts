import { expect, test } from 'vitest'
import { TimeZone, timeZoneOption } from './time-zone.ts'

const at = (iso: string) => new Date(iso).getTime()

test('converts between a time and what the clocks of a zone show', () => {
  for (const [zone, local, time] of [
    ['UTC', '2021-11-19T03:15:30Z', '2021-11-19T03:15:30Z'],
    ['Asia/Seoul', '2021-11-19T12:15:30Z', '2021-11-19T03:15:30Z'],
    ['Asia/Kolkata', '2021-11-19T08:45:30Z', '2021-11-19T03:15:30Z'],
    ['America/St_Johns', '2021-11-18T23:45:30Z', '2021-11-19T03:15:30Z'],
    ['+09:00', '2021-11-19T12:15:30Z', '2021-11-19T03:15:30Z'],
    ['Europe/Berlin', '2021-07-01T12:00:00Z', '2021-07-01T10:00:00Z'],
    ['Europe/Berlin', '2021-12-01T12:00:00Z', '2021-12-01T11:00:00Z'],
  ] as const) {
    expect(new TimeZone(zone).timeOf(at(local)), zone).toBe(at(time))
    expect(new TimeZone(zone).local(at(time)), zone).toBe(at(local))
  }
})

test('uses the first of a repeated hour, and skips an hour that does not exist', () => {
  const berlin = new TimeZone('Europe/Berlin')
  expect(berlin.timeOf(at('2021-10-31T02:30:00Z'))).toBe(at('2021-10-31T00:30:00Z'))
  expect(berlin.timeOf(at('2021-10-31T03:30:00Z'))).toBe(at('2021-10-31T02:30:00Z'))
  expect(berlin.timeOf(at('2021-03-28T02:30:00Z'))).toBe(at('2021-03-28T01:30:00Z'))
  expect(berlin.timeOf(at('2021-03-28T03:30:00Z'))).toBe(at('2021-03-28T01:30:00Z'))
})

test('rejects an invalid time zone', () => {
  expect(timeZoneOption().safeParse('Asia/Soul').success).toBe(false)
  expect(timeZoneOption().safeParse('Asia/Seoul').success).toBe(true)
})
