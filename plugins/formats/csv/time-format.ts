import { parseIsoTime, parseTime, parseUnixTime } from 'mood-exporter/plugin'

/** How times may be written: what reads them, to milliseconds since 1970-01-01 UTC or NaN, and what errors expect. */
export const TIME_FORMATS = {
  auto: { parse: parseTime, expected: 'a time (ISO 8601, or Unix seconds or milliseconds)' },
  iso: { parse: parseIsoTime, expected: 'a time in ISO 8601' },
  seconds: { parse: (text: string) => parseUnixTime(text, 1000), expected: 'Unix time in seconds' },
  milliseconds: { parse: (text: string) => parseUnixTime(text, 1), expected: 'Unix time in milliseconds' },
} as const
