import { z } from 'zod'
import { parseIsoTime, parseTime, parseUnixTime } from './time.ts'
import { parseNumericTime } from './written-time.ts'

/** Formats of times: a parser to milliseconds since 1970-01-01 UTC or NaN, and the description for errors. */
const TIME_FORMATS = {
  auto: { parse: parseTime, expected: 'a time (ISO 8601, RFC 2822 or Unix time)' },
  iso: { parse: parseIsoTime, expected: 'a time in ISO 8601' },
  seconds: unix(1000, 'seconds'),
  milliseconds: unix(1, 'milliseconds'),
  microseconds: unix(1e-3, 'microseconds'),
  nanoseconds: unix(1e-6, 'nanoseconds'),
  day_first: {
    parse: (text: string) => parseNumericTime(text, 'day first'),
    expected: 'a time such as 27/11/2026 10:00',
  },
  month_first: {
    parse: (text: string) => parseNumericTime(text, 'month first'),
    expected: 'a time such as 11/27/2026 10:00 AM',
  },
} as const

function unix(unitMs: number, unit: string) {
  return { parse: (text: string) => parseUnixTime(text, unitMs), expected: `Unix time in ${unit}` }
}

const NAMES = Object.keys(TIME_FORMATS) as [TimeFormat, ...TimeFormat[]]

/** The name of a format of times, as in {@link timeFormatOption}. */
export type TimeFormat = keyof typeof TIME_FORMATS

/** Parses times in one format. */
export interface TimeReader {
  /** A time in milliseconds since 1970-01-01 UTC; NaN if it is not in the format. */
  parse(text: string): number
  /** What was expected, for errors. */
  readonly expected: string
}

/** The option `time_format`: how times in records are written. Parses to a name for {@link timeReader}. */
export const timeFormatOption = () =>
  z
    .enum(NAMES)
    .default('auto')
    .describe(
      'How times are written; `auto` distinguishes ISO 8601, RFC 2822 and Unix time, but cannot know which part of 11/12/2026 is the day.',
    )

/** The reader of times in a format. */
export function timeReader(format: TimeFormat): TimeReader {
  const { parse, expected } = TIME_FORMATS[format]
  return {
    parse,
    // Ambiguous: the option has to say which number is the day.
    expected: format === 'auto' ? `${expected}; for 27/11/2026 say \`time_format: day_first\`` : expected,
  }
}
