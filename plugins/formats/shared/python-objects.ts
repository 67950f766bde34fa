import type { PythonValue } from './python-literal.ts'

type Attributes = { [key: string]: PythonValue }

/**
 * What to make of an object that `repr` writes as a call: times as ISO 8601, zones and durations as seconds, and of any
 * other its attributes or, where it has none, the last of its values.
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
      return { utcoffset: Number(values.at(-1) ?? 0) * (name.endsWith('FixedOffset') ? 60 : 1) }
    case 'OrderedDict':
    case 'dict':
      return pairsOf(values[0] ?? []) ?? values[0] ?? {}
    default:
      return Object.keys(attributes).length > 0 ? attributes : (values.at(-1) ?? [])
  }
}

const padded = (value: PythonValue | undefined, length = 2) => String(value ?? 0).padStart(length, '0')

const isoDate = ([year, month, day]: PythonValue[]) => `${padded(year, 4)}-${padded(month)}-${padded(day)}`

function isoTime(values: PythonValue[], { tzinfo }: Attributes): string {
  const [hour, minute, second, microsecond] = values.slice(3)
  const time = `${padded(hour)}:${padded(minute)}:${padded(second)}.${padded(microsecond, 6)}`
  return `${isoDate(values)}T${time}${offsetOf(tzinfo)}`
}

/** An offset as ISO 8601 has it; for a zone that only a name is known of that name, which no time is read with. */
function offsetOf(zone: PythonValue | undefined): string {
  if (zone === undefined || zone === null) return ''
  if (typeof zone !== 'object' || !('utcoffset' in zone)) return ` ${JSON.stringify(zone)}`
  const minutes = Math.round(Number(zone.utcoffset) / 60)
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}:${padded(size % 60)}`
}

function secondsOf({ days = 0, seconds = 0, microseconds = 0 }: Attributes): number {
  return Number(days) * 86_400 + Number(seconds) + Number(microseconds) / 1e6
}

/** The dict that a list of pairs makes; undefined where it is none. */
function pairsOf(pairs: PythonValue): Attributes | undefined {
  if (!Array.isArray(pairs)) return undefined
  const isPair = (pair: PythonValue) =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string'
  return pairs.every(isPair) ? Object.fromEntries(pairs as [string, PythonValue][]) : undefined
}
