const ZERO = 48
const SPACE = 32
const PLUS = 43
const MINUS = 45
const COLON = 58
const UPPER_Z = 90
const LOWER_Z = 122

const DAY_MS = 86_400_000
const DAYS_BEFORE_1970 = 719_162
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

/** The digit at a place, or -1. */
export function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO
  return digit >= 0 && digit <= 9 ? digit : -1
}

/** The number that two digits make, or -1. */
export function twoDigits(text: string, at: number): number {
  const tens = digitAt(text, at)
  const ones = digitAt(text, at + 1)
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones
}

/** The number that four digits make, or -1. */
export function fourDigits(text: string, at: number): number {
  const hundreds = twoDigits(text, at)
  const ones = twoDigits(text, at + 2)
  return hundreds < 0 || ones < 0 ? -1 : hundreds * 100 + ones
}

/**
 * Midnight UTC of a day, in milliseconds since 1970-01-01; NaN if the Gregorian calendar has no such day. Takes a
 * third of the time of Date.UTC, which also turns 30 February into 2 March.
 */
export function midnight(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1) return NaN
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > (MONTH_DAYS[month - 1] as number) && !(isLeap && month === 2 && day === 29)) return NaN
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  const dayOfYear = (DAYS_BEFORE_MONTH[month - 1] as number) + day - 1 + (isLeap && month > 2 ? 1 : 0)
  return (past * 365 + leapDays - DAYS_BEFORE_1970 + dayOfYear) * DAY_MS
}

/**
 * Milliseconds since midnight; NaN for an invalid time. A leap second counts as the first second of the next minute.
 */
export function timeOfDay(hour: number, minute: number, second: number): number {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return NaN
  return ((hour * 60 + minute) * 60 + second) * 1000
}

/** The offset from UTC between `at` and `end`, in milliseconds: `Z`, `+0900`, `+09:00`, `+09`; otherwise NaN. */
export function utcOffset(text: string, at: number, end: number): number {
  const start = text.charCodeAt(at) === SPACE ? at + 1 : at
  const sign = text.charCodeAt(start)
  if (sign === UPPER_Z || sign === LOWER_Z) return start + 1 === end ? 0 : NaN
  if (sign !== PLUS && sign !== MINUS) return NaN
  const minutesAt = start + (text.charCodeAt(start + 3) === COLON ? 4 : 3)
  const hasMinutes = start + 3 !== end
  if (hasMinutes && minutesAt + 2 !== end) return NaN
  const ms = timeOfDay(twoDigits(text, start + 1), hasMinutes ? twoDigits(text, minutesAt) : 0, 0)
  return sign === MINUS ? -ms : ms
}
