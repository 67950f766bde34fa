import { timeReader, unexpected, unixTime, zoneNamed } from 'mood-exporter/plugin'
import type { RankingOptions } from './options.ts'

/** A number, or a text that ends with a zone: `Z`, `+09:00`, `KST`. AM and PM are not zones. */
const NAMES_ZONE = /^\s*-?\d+(?:\.\d+)?\s*$|(?:[+-]\d\d:?\d\d|(?<![A-Z])(?!(?:AM|PM)\s*$)[A-Z]{1,5}|\))\s*$/i

/**
 * Makes a reader for the time of a list, in milliseconds since 1970-01-01 UTC.
 *
 * @throws InvalidRecord if it is not a time
 */
export function listTime({ time_format, time_zone }: Pick<RankingOptions, 'time_format' | 'time_zone'>) {
  const { parse, expected } = timeReader(time_format)
  const zone = zoneNamed(time_zone)
  return (where: string, value: unknown): number => {
    const time =
      typeof value === 'number'
        ? time_format === 'auto'
          ? unixTime(value)
          : parse(String(value))
        : typeof value === 'string'
          ? parse(value.trim())
          : Number.NaN
    if (Number.isNaN(time)) throw unexpected(where, expected, value)
    return typeof value === 'string' && zone && !NAMES_ZONE.test(value) ? zone.timeOf(time) : time
  }
}
