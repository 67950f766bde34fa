/** A value as shown; the suffix is smaller if there is room for large figures. */
export interface Shown {
  text: string
  suffix: string
}

/** Formats a value in its unit; without `decimals`, with as many as distinguish it from neighbouring values. */
export type Unit = (value: number, decimals?: number) => Shown

/** Decimals for three significant digits, none for whole numbers, as in Grafana. */
const decimalsOf = (value: number) =>
  value % 1 === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))

/** Rounds halves up, and writes very small values with an exponent. */
function fixed(value: number, decimals = decimalsOf(value)): string {
  if (!Number.isFinite(value)) return value.toLocaleString('en')
  const factor = 10 ** decimals
  const rounded = Math.round(value * factor) / factor
  const text = String(rounded)
  return text.includes('e-') ? text : rounded.toFixed(Math.min(decimals, 20))
}

const suffixed =
  (suffix: string): Unit =>
  (value, decimals) => ({ text: fixed(value, decimals), suffix })

/**
 * The multiples of a unit, each `factor` times the one before: bytes, KiB, MiB. `smaller` multiples come before the
 * unit itself.
 */
const scaled =
  (factor: number, suffixes: string[], smaller = 0): Unit =>
  (value, decimals) => {
    const exact =
      value === 0 || !Number.isFinite(value) ? 0 : Math.log10(Math.abs(value)) / Math.log10(factor)
    const step = Math.min(Math.max(Math.floor(exact + 1e-9), -smaller), suffixes.length - 1 - smaller)
    return { text: fixed(value / factor ** step, decimals), suffix: suffixes[step + smaller] as string }
  }

/** For each unit: the seconds from which it is used, its length in seconds, its name, and its plural. */
const DURATIONS: [from: number, seconds: number, one: string, several: string][] = [
  [31_536_000, 31_556_900, ' year', ' years'],
  [604_800, 604_800, ' week', ' weeks'],
  [86_400, 86_400, ' day', ' days'],
  [3600, 3600, ' hour', ' hours'],
  [60, 60, ' min', ' mins'],
  [1, 1, ' s', ' s'],
  [1e-3, 1e-3, ' ms', ' ms'],
  [1e-6, 1e-6, ' µs', ' µs'],
  [0, 1e-9, ' ns', ' ns'],
]

const seconds: Unit = (value, decimals) => {
  if (value === 0) return { text: '0', suffix: ' s' }
  const [, unit, one, several] = DURATIONS.find(([from]) => Math.abs(value) >= from) ?? [0, 1, ' s', ' s']
  return { text: fixed(value / unit, decimals), suffix: Math.abs(value) > unit ? several : one }
}

/** Units by their id in Grafana, as far as the dashboards use them. */
const UNITS: Record<string, Unit> = {
  none: suffixed(''),
  short: scaled(1000, ['', ' K', ' Mil', ' Bil', ' Tri']),
  percent: suffixed('%'),
  percentunit: (value, decimals) => suffixed('%')(100 * value, decimals),
  s: seconds,
  bytes: scaled(1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']),
  Bps: scaled(1000, [' nB/s', ' µB/s', ' mB/s', ' B/s', ' kB/s', ' MB/s', ' GB/s', ' TB/s'], 3),
}

/** Units with a text: `count:posts` shortens thousands, `suffix:σ` does not. */
const WITH_TEXT: Record<string, (text: string) => Unit> = {
  count: text =>
    scaled(
      1000,
      ['', 'K', 'M', 'B', 'T'].map(thousands => `${thousands} ${text}`),
    ),
  suffix: text => suffixed(` ${text}`),
}

/**
 * The format of a unit, by its id; without an id, plain numbers.
 * @throws Error for a unit that the preview does not support
 */
export function unitOf(id = 'none'): Unit {
  const at = id.indexOf(':')
  const unit = at < 0 ? UNITS[id] : WITH_TEXT[id.slice(0, at)]?.(id.slice(at + 1))
  if (!unit) throw new Error(`the preview does not know the unit "${id}": add it to tools/preview/units.ts`)
  return unit
}
