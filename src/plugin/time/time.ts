import { digitAt, fourDigits, midnight, timeOfDay, twoDigits, utcOffset } from './calendar.ts'
import { parseWrittenTime } from './written-time.ts'

const LATEST_MS = 8.64e15

/**
 * From these numbers on, Unix times are in milliseconds, microseconds and nanoseconds: 1973, or 5138 in the larger
 * unit.
 */
const FIRST_MILLISECONDS = 1e11
const FIRST_MICROSECONDS = 1e14
const FIRST_NANOSECONDS = 1e17

const SPACE = 32
const COMMA = 44
const MINUS = 45
const DOT = 46
const COLON = 58
const UPPER_T = 84
const LOWER_T = 116

/** With an exponent, as spreadsheets shorten it: `1.7642376E+12`. */
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE]\+?\d{1,2})?$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Parses a time to milliseconds since 1970-01-01 UTC; NaN for anything other than
 *
 * - ISO 8601: `2021-11-19T03:15:30.123Z`, with a space for the `T`, any offset or none (then UTC), with or without
 *   seconds and fraction, or a date alone;
 * - Unix time in digits, in seconds, milliseconds, microseconds or nanoseconds, recognised by the number of digits;
 * - RFC 2822 and what other programs write for people, if it is unambiguous: with the year first or the month in
 *   English, in the named zone, otherwise in UTC. `11/12/2021` is ambiguous.
 *
 * Nearly every post has a time of the first two kinds or of Twitter's, so those are parsed by hand, in half the time
 * of Date.parse.
 */
export function parseTime(text: string): number {
  let time = Number.NaN
  if (text.charCodeAt(4) === MINUS) time = parseIsoTime(text)
  else if (text.length === 30 && text.charCodeAt(3) === SPACE) time = parseTwitterTime(text)
  else if (DECIMAL.test(text)) return unixTime(Number(text))
  return Number.isNaN(time) && text.length <= LONGEST ? parseWrittenTime(text) : time
}

/** Longer than any written time. */
const LONGEST = 100

/** A Unix time in milliseconds. The magnitude tells the unit; NaN beyond the range of a Date. */
export function unixTime(time: number): number {
  const size = Math.abs(time)
  if (size < FIRST_MILLISECONDS) return fromUnix(time, 1000)
  if (size < FIRST_MICROSECONDS) return fromUnix(time, 1)
  return fromUnix(time, size < FIRST_NANOSECONDS ? 1e-3 : 1e-6)
}

/** A Unix time in digits, in units of the given number of milliseconds; NaN for anything else. */
export function parseUnixTime(text: string, unitMs: number): number {
  return DECIMAL.test(text) ? fromUnix(Number(text), unitMs) : NaN
}

function fromUnix(time: number, unitMs: number): number {
  const ms = Math.round(time * unitMs)
  return Math.abs(ms) <= LATEST_MS ? ms : NaN
}

/** `2021-11-19T03:15:30.123+09:00` and its shorter forms; NaN for anything else. */
export function parseIsoTime(text: string): number {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return NaN
  const date = midnight(fourDigits(text, 0), twoDigits(text, 5), twoDigits(text, 8))
  if (text.length === 10) return date

  const separator = text.charCodeAt(10)
  if (separator !== UPPER_T && separator !== SPACE && separator !== LOWER_T) return NaN
  if (text.charCodeAt(13) !== COLON) return NaN
  const hasSeconds = text.charCodeAt(16) === COLON
  const time = timeOfDay(twoDigits(text, 11), twoDigits(text, 14), hasSeconds ? twoDigits(text, 17) : 0)

  let at = hasSeconds ? 19 : 16
  let fraction = 0
  const point = text.charCodeAt(at)
  if (point === DOT || point === COMMA) {
    if (digitAt(text, ++at) < 0) return NaN
    let unit = 100
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) {
      if (unit >= 1) fraction += digit * unit
      unit /= 10
    }
  }
  return date + time + fraction - (at === text.length ? 0 : utcOffset(text, at, text.length))
}

/** `Fri Nov 19 03:15:30 +0000 2021`; NaN for anything else. */
export function parseTwitterTime(text: string): number {
  if (text.length !== 30 || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return NaN
  const month = MONTHS.indexOf(text.slice(4, 7)) + 1
  const date = midnight(fourDigits(text, 26), month, twoDigits(text, 8))
  const time = timeOfDay(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17))
  return date + time - utcOffset(text, 20, 25)
}
