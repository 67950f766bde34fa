import { expect, test } from 'vitest'
import { cronOf, daysEarlier, Schedule, scheduleFault } from './schedule.ts'

const time = (text: string) => Date.parse(text)

/** The next occurrences after a time. */
function next(cron: string, timeZone: string, after: string, count: number): string[] {
  const schedule = new Schedule(cron, timeZone)
  const times: string[] = []
  for (let at = schedule.next(time(after)); at !== null && times.length < count; at = schedule.next(at))
    times.push(new Date(at).toISOString().slice(0, 16))
  return times
}

test.for([
  [{}, '0 9 * * *'],
  [{ every: 86_400_000, at: '18:30' }, '30 18 * * *'],
  [{ every: 7 * 86_400_000 }, '0 9 * * 1'],
  [{ every: 7 * 86_400_000, on: 'sunday', at: '00:05' }, '5 0 * * 0'],
  [{ every: 6 * 3_600_000 }, '0 */6 * * *'],
  [{ every: 600_000 }, '*/10 * * * *'],
  [{ cron: ' 0 9 * * mon-fri ' }, '0 9 * * mon-fri'],
] as const)('%j is the cron expression %s', ([options, cron]) => {
  expect(cronOf(options)).toBe(cron)
})

test.for([
  [{ every: 5 * 3_600_000 }, 'every'],
  [{ every: 1000 }, 'every'],
  [{ every: 3_600_000, at: '09:00' }, 'at'],
  [{ on: 'monday' }, 'on'],
  [{ cron: '0 9 * * *', at: '09:00' }, 'at'],
  [{ cron: '0 9 * * *', every: 86_400_000 }, 'cron'],
  [{ cron: '0 9 * *' }, 'cron'],
  [{ cron: '0 25 * * *' }, 'cron'],
  [{ cron: '0 9 31 2 *' }, 'cron'],
  [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
] as const)('%j is refused for its key `%s`', ([options, key]) => {
  expect(scheduleFault({ time_zone: 'UTC', ...options })?.key).toBe(key)
})

test('a time of day follows its time zone, also on days of clock changes', () => {
  expect(next('0 9 * * *', 'Asia/Seoul', '2026-11-27T01:00Z', 2)).toEqual([
    '2026-11-28T00:00',
    '2026-11-29T00:00',
  ])
  // 01:30 does not exist on 29 March in London, and comes twice on 25 October: each is one report.
  expect(next('30 1 * * *', 'Europe/London', '2026-03-28T00:00Z', 3)).toEqual([
    '2026-03-28T01:30',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ])
  expect(next('30 1 * * *', 'Europe/London', '2026-10-24T12:00Z', 2)).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
  // An interval goes through the hour that comes twice.
  expect(next('0 * * * *', 'Europe/London', '2026-10-24T23:30Z', 3)).toEqual([
    '2026-10-25T00:00',
    '2026-10-25T01:00',
    '2026-10-25T02:00',
  ])
})

test('the last occurrences include the current moment', () => {
  const schedule = new Schedule('0 9 * * *', 'UTC')
  const day = 86_400_000
  const nine = time('2026-11-27T09:00Z')
  expect(schedule.last(2, nine)).toEqual([nine, nine - day])
  expect(schedule.last(2, nine - 1)).toEqual([nine - day, nine - 2 * day])
  expect(schedule.next(nine)).toBe(nine + day)
})

test('a week earlier in a time zone differs by an hour across a clock change', () => {
  expect(daysEarlier(time('2026-11-27T00:00Z'), 7, 'Asia/Seoul')).toBe(time('2026-11-20T00:00Z'))
  expect(daysEarlier(time('2026-10-27T09:00Z'), 7, 'Europe/London')).toBe(time('2026-10-20T08:00Z'))
  expect(daysEarlier(time('2026-03-30T08:00Z'), 7, 'Europe/London')).toBe(time('2026-03-23T09:00Z'))
})
