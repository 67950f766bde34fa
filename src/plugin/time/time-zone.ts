import { z } from 'zod'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const QUARTER_MS = 15 * MINUTE_MS
const MOST_OFFSETS = 1000
const MOST_ZONES = 1000

/** The option `time_zone`: a name of the IANA database, or an offset such as `+09:00`. Parses to the name. */
export const timeZoneOption = () =>
  z.string().refine(isTimeZone, {
    error: 'expected a time zone such as "Asia/Seoul", "Europe/Berlin" or "+09:00"',
  })

/** Whether there is a time zone with a name. */
const isTimeZone = (name: string): boolean => zoneNamed(name) !== undefined

/** Zones by name, as they are slow to create; null for an unknown name. */
const ZONES = new Map<string, TimeZone | null>()

/** The time zone with a name, or at an offset such as `+09:00`; undefined if there is none. Fast when called again. */
export function zoneNamed(name: string): TimeZone | undefined {
  const known = ZONES.get(name)
  if (known !== undefined) return known ?? undefined
  if (ZONES.size >= MOST_ZONES) ZONES.clear()
  let zone: TimeZone | null = null
  try {
    zone = new TimeZone(name)
  } catch {
    // There is no such zone.
  }
  ZONES.set(name, zone)
  return zone ?? undefined
}

/**
 * A time zone of the IANA database, or an offset such as `+09:00`. Times are in milliseconds since 1970-01-01 UTC; a
 * local time is what the zone's clocks and calendars show, as if that were UTC.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat
  /** Offsets by quarter of an hour in UTC: no zone changes within one. */
  readonly #offsets = new Map<number, number>()

  /** @throws RangeError if there is no such zone */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' })
  }

  local(time: number): number {
    return time + this.#offset(time)
  }

  /** The time at which the zone's clocks show a local time: the first of two; in a gap, with the offset before it. */
  timeOf(local: number): number {
    const earlier = local - this.#offset(local - 24 * HOUR_MS)
    if (this.local(earlier) === local) return earlier
    const later = local - this.#offset(local + 24 * HOUR_MS)
    return this.local(later) === local ? later : earlier
  }

  #offset(time: number): number {
    const quarter = Math.floor(time / QUARTER_MS)
    const known = this.#offsets.get(quarter)
    if (known !== undefined) return known
    if (this.#offsets.size >= MOST_OFFSETS) this.#offsets.clear()
    const offset = this.#offsetAt(quarter * QUARTER_MS)
    this.#offsets.set(quarter, offset)
    return offset
  }

  #offsetAt(time: number): number {
    const parts = this.#format.formatToParts(time)
    const [, sign = '+', hours = '0', minutes = '0'] =
      /([+-])(\d+):?(\d+)?/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? []
    const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS
    return sign === '-' ? -size : size
  }
}
