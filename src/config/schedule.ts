import { Cron } from 'croner'
import { TimeZone, zoneNamed } from '../plugin/time/time-zone.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** The longest period of a report, in milliseconds. */
export const LONGEST_PERIOD = WEEK

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const

/** A configured schedule; durations in milliseconds. */
export interface ScheduleOptions {
  cron?: string | undefined
  every?: number | undefined
  at?: string | undefined
  on?: (typeof WEEKDAYS)[number] | undefined
  time_zone: string
}

/** A fault of a schedule, and its key. */
export type ScheduleFault = { key: 'cron' | 'every' | 'at' | 'on' | 'time_zone'; message: string }

/**
 * The cron expression of a schedule, or its fault. Times of day are in its time zone, so that a report at nine comes
 * at nine also when clocks change.
 */
export function cronOf({ cron, every, at, on }: Omit<ScheduleOptions, 'time_zone'>): string | ScheduleFault {
  if (cron !== undefined) {
    if (every !== undefined) return { key: 'cron', message: 'expected either `cron` or `every`, got both' }
    if (at !== undefined || on !== undefined)
      return {
        key: at === undefined ? 'on' : 'at',
        message: '`at` and `on` go with `every`, not with `cron`',
      }
    if (cron.trim().split(/\s+/).length !== 5)
      return { key: 'cron', message: 'expected five fields: minute, hour, day of month, month, day of week' }
    return cron.trim()
  }
  const ms = every ?? DAY
  if (on !== undefined && ms !== WEEK) return { key: 'on', message: 'a day goes with `every: 7d`' }
  if (ms === DAY || ms === WEEK) {
    const [hour, minute] = (at ?? '09:00').split(':').map(Number)
    return `${minute} ${hour} * * ${ms === DAY ? '*' : WEEKDAYS.indexOf(on ?? 'monday')}`
  }
  if (at !== undefined) return { key: 'at', message: 'a time of day goes with `every: 1d` and `every: 7d`' }
  if (ms >= HOUR && ms < DAY && DAY % ms === 0 && ms % HOUR === 0) return `0 */${ms / HOUR} * * *`
  if (ms >= MINUTE && ms < HOUR && HOUR % ms === 0 && ms % MINUTE === 0) return `*/${ms / MINUTE} * * * *`
  return {
    key: 'every',
    message:
      'expected 7d, 1d, whole hours that divide a day, or whole minutes that divide an hour; or use `cron`',
  }
}

/** The fault of a schedule; undefined if there is none. */
export function scheduleFault(options: ScheduleOptions): ScheduleFault | undefined {
  if (zoneNamed(options.time_zone) === undefined)
    return {
      key: 'time_zone',
      message: `expected a time zone such as "Asia/Seoul" or "UTC", got "${options.time_zone}"`,
    }
  const cron = cronOf(options)
  if (typeof cron !== 'string') return cron
  try {
    if (new Schedule(cron, options.time_zone).next(0) !== null) return undefined
    return { key: 'cron', message: 'it never comes' }
  } catch {
    return { key: 'cron', message: 'expected a cron expression such as "0 9 * * 1-5"' }
  }
}

/** Occurrences of a cron expression in a time zone. All times are Unix milliseconds. */
export class Schedule {
  readonly timeZone: string
  readonly #cron: Cron

  /** @throws Error if the cron expression is invalid */
  constructor(cron: string, timeZone: string) {
    this.timeZone = timeZone
    this.#cron = new Cron(cron, { timezone: timeZone })
  }

  /** The first occurrence after a time; null if there is none. */
  next(after: number): number | null {
    return this.#cron.nextRun(new Date(after))?.getTime() ?? null
  }

  /** The last occurrences at or before a time, latest first. */
  last(count: number, until: number): number[] {
    // `previousRuns` excludes the time itself, and works in whole seconds.
    return this.#cron
      .previousRuns(count + 1, new Date(until + 1000))
      .map(date => date.getTime())
      .filter(at => at <= until)
      .slice(0, count)
  }
}

/** The time a number of days earlier by the local time of a time zone: nine o'clock stays nine o'clock. */
export function daysEarlier(at: number, days: number, timeZone: string): number {
  const zone = new TimeZone(timeZone)
  return zone.timeOf(zone.local(at) - days * DAY)
}
