import { midnight, timeOfDay, utcOffset } from './calendar.ts'

const HOUR_MS = 3_600_000

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Hours from UTC by abbreviation: those that are unambiguous, and those that RFC 2822 defines. Others, such as IST
 * and BST, are ambiguous.
 */
const ZONES: Readonly<Record<string, number>> = {
  ...{ UT: 0, UTC: 0, GMT: 0, Z: 0, WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3, MSK: 3 },
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7, AKST: -9, AKDT: -8, HST: -10 },
  ...{ KST: 9, JST: 9, HKT: 8, SGT: 8, AWST: 8, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
}

const WEEKDAY = String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?`
const MONTH = String.raw`(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?`
const HALF_BEFORE = '(?:(?<before>오전|오후)\\s*)?'
const CLOCK = String.raw`${HALF_BEFORE}(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?:\s*(?<after>[AaPp])\.?[Mm]\.?)?`
/** The rest is the zone. */
const TIME = String.raw`(?:[T,\s]\s*${CLOCK}(?<zone>.*))?`

/** RFC 2822 and the older forms of HTTP: `Fri, 27 Nov 2026 10:00:00 GMT`, `27-Nov-26 10:00`. */
const DAY_AND_MONTH = new RegExp(
  String.raw`^${WEEKDAY}(?<day>\d{1,2})[\s-]${MONTH}[\s-](?<year>\d{4}|\d\d)${TIME}$`,
  'i',
)

/** JavaScript: `Nov 27 2026 10:00:00 GMT+0900`, `November 27, 2026, 10:00 AM`. */
const MONTH_AND_DAY = new RegExp(
  String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2}),?\s+(?<year>\d{4})${TIME}$`,
  'i',
)

/** C and the command `date`: `Mon Apr  6 22:19:45 PDT 2009`. */
const YEAR_AT_END = new RegExp(
  String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2})\s+${CLOCK}(?<zone>\s.*?)?\s+(?<year>\d{4})$`,
  'i',
)

/** Year first: `2026/11/27 10:00:00`, `2026-1-5 9:05 UTC`, `2026. 11. 27. 오후 3:05:00`. */
const YEAR_FIRST = new RegExp(
  String.raw`^(?<year>\d{4})(?:[-/]|\.\s*)(?<month>\d{1,2})(?:[-/]|\.\s*)(?<day>\d{1,2})\.?${TIME}$`,
)

/** ISO 8601 without separators: `20261127T100000Z`. */
const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?([.,]\d+)?(.*)$/

/** Ambiguous without knowing the order: `27/11/2026 10:00`, `11/27/2026 10:00 AM`. */
const TWO_NUMBERS = new RegExp(
  String.raw`^(?<first>\d{1,2})[-/.](?<second_number>\d{1,2})[-/.](?<year>\d{4}|\d\d)${TIME}$`,
)

type Groups = Readonly<Record<string, string | undefined>>

/** A time as programs write it for people, in milliseconds since 1970-01-01 UTC; NaN for any other. */
export function parseWrittenTime(text: string): number {
  const trimmed = text.trim()
  const compact = COMPACT.exec(trimmed)
  if (compact) {
    const [, year, month, day, hour, minute, second = '00', fraction = '', zone] = compact
    return parseWrittenTime(`${year}-${month}-${day} ${hour}:${minute}:${second}${fraction}${zone}`)
  }
  for (const pattern of [YEAR_FIRST, DAY_AND_MONTH, MONTH_AND_DAY, YEAR_AT_END]) {
    const groups = pattern.exec(trimmed)?.groups
    if (groups) return timeOf(groups, monthOf(groups.month ?? ''), Number(groups.day))
  }
  return Number.NaN
}

/** A time that begins with day and month in digits, in the given order; NaN for any other. */
export function parseNumericTime(text: string, order: 'day first' | 'month first'): number {
  const groups = TWO_NUMBERS.exec(text.trim())?.groups
  if (!groups) return Number.NaN
  const [first, second] = [Number(groups.first), Number(groups.second_number)]
  return order === 'day first' ? timeOf(groups, second, first) : timeOf(groups, first, second)
}

const monthOf = (month: string): number =>
  /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1

function timeOf(groups: Groups, month: number, day: number): number {
  const { year = '', hour, minute, second = '0', fraction = '', zone = '' } = groups
  const date = midnight(fullYear(year), month, day)
  if (hour === undefined) return date
  const time = timeOfDay(hourOf(groups), Number(minute), Number(second))
  return date + time + Math.floor(Number(`0.${fraction || 0}`) * 1000) - offsetOf(zone)
}

/** Two digits are years from 1970 to 2069, as in C. */
function fullYear(year: string): number {
  if (year.length === 4) return Number(year)
  return Number(year) + (Number(year) < 70 ? 2000 : 1900)
}

function hourOf({ hour, before, after }: Groups): number {
  const half = before ?? after?.toLowerCase()
  if (half === undefined) return Number(hour)
  if (Number(hour) < 1 || Number(hour) > 12) return Number.NaN
  return (Number(hour) % 12) + (half === 'p' || half === '오후' ? 12 : 0)
}

/** The offset of a zone from UTC in milliseconds: `Z`, `+0900`, `KST`, `GMT+9 (…)`, `+00:00 UTC`; NaN for another. */
function offsetOf(zone: string): number {
  const [name = '', ...more] = zone
    .replace(/\(.*\)$|\[.*\]$/, '')
    .trim()
    .split(/\s+/)
  if (name === '') return 0
  const [, letters = '', digits = ''] = /^([A-Za-z]*)([+-].*)?$/.exec(name) ?? [name, '?']
  const isSaidTwice = more.length === 1 && digits !== '' && /^[A-Z]{1,5}$/.test(more[0] as string)
  if (more.length > 0 && !isSaidTwice) return Number.NaN
  const hours = letters === '' ? 0 : ZONES[letters.toUpperCase()]
  if (hours === undefined || !(digits === '' || hours === 0)) return Number.NaN
  if (digits === '') return hours * HOUR_MS
  const padded = digits.replace(/^([+-])(\d)(?!\d)/, '$10$2')
  return utcOffset(padded, 0, padded.length)
}
