import { zoneNamed } from 'mood-exporter/plugin'
import type { PythonValue } from './python-literal.ts'

type Attributes = { [key: string]: PythonValue }

/**
 * Converts an object that `repr` writes as a call: times to ISO 8601, zones and durations to seconds, and any other
 * to its attributes or, if it has none, to its last argument.
 */
export function pythonObject(name: string, values: PythonValue[], attributes: Attributes): PythonValue {
  switch (name.replace(/^.*\./, '')) {
    case 'datetime':
      return isoTime(values, attributes)
    case 'date':
      return isoDate(values)
    case 'timedelta':
      return secondsOf(attributes)
    case 'timezone':
    case 'tzutc':
    case 'tzoffset':
    case 'FixedOffset':
      // An offset in seconds, or in minutes for pytz, with its name before or after it.
      return {
        utcoffset:
          Number(values.find(value => typeof value === 'number') ?? 0) *
          (name.endsWith('FixedOffset') ? 60 : 1),
      }
    case 'deque':
      return values[0] ?? []
    case 'OrderedDict':
    case 'dict':
      return pairsOf(values[0] ?? []) ?? values[0] ?? {}
    default:
      if (Object.keys(attributes).length > 0) return attributes
      return values.length > 0 ? (values.at(-1) as PythonValue) : []
  }
}

const padded = (value: PythonValue | undefined, length = 2) => String(value ?? 0).padStart(length, '0')

const isoDate = ([year, month, day]: PythonValue[]) => `${padded(year, 4)}-${padded(month)}-${padded(day)}`

function isoTime(values: PythonValue[], { tzinfo }: Attributes): string {
  const [hour, minute, second, microsecond] = values.slice(3)
  const time = `${padded(hour)}:${padded(minute)}:${padded(second)}.${padded(microsecond, 6)}`
  const local = `${isoDate(values)}T${time}`
  return local + offsetOf(tzinfo, local)
}

/** A zone of zoneinfo, by its name in the database. */
const isNamed = (zone: PythonValue): zone is { key: string } =>
  typeof zone === 'object' && zone !== null && 'key' in zone && typeof zone.key === 'string'

/** An ISO 8601 offset for a local time in a zone; for an unknown zone its name, which makes the time unreadable. */
function offsetOf(zone: PythonValue | undefined, local: string): string {
  if (zone === undefined || zone === null) return ''
  const named = isNamed(zone) ? zoneNamed(zone.key) : undefined
  if (named !== undefined) {
    const shown = Date.parse(`${local.slice(0, 23)}Z`)
    const seconds = Number.isNaN(shown) ? 0 : (shown - named.timeOf(shown)) / 1000
    return offsetOf({ utcoffset: seconds }, local)
  }
  if (typeof zone !== 'object' || !('utcoffset' in zone)) return ` ${JSON.stringify(zone)}`
  const minutes = Math.round(Number(zone.utcoffset) / 60)
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}:${padded(size % 60)}`
}

function secondsOf({ days = 0, seconds = 0, microseconds = 0 }: Attributes): number {
  return Number(days) * 86_400 + Number(seconds) + Number(microseconds) / 1e6
}

/** The dict of a list of pairs; undefined if it is not one. */
function pairsOf(pairs: PythonValue): Attributes | undefined {
  if (!Array.isArray(pairs)) return undefined
  const isPair = (pair: PythonValue) =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string'
  return pairs.every(isPair) ? Object.fromEntries(pairs as [string, PythonValue][]) : undefined
}
