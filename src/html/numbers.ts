import { type Html, html } from './html.ts'

/** Created on first use: ICU then loads 5 MB of data for all languages, which an exporter may never need. */
function formatter(options: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined
  return value => {
    made ??= new Intl.NumberFormat('en', options)
    return made.format(value)
  }
}

const whole = formatter({ maximumFractionDigits: 0 })
const tenths = formatter({ maximumFractionDigits: 1, minimumFractionDigits: 1 })
const signed = formatter({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' })

/** 1234567 as "1,234,567". */
export const count = (value: number): string => whole(value)

/** A rate, with a decimal below 100. */
export const rate = (value: number): string => (value < 100 ? tenths : whole)(value)

/** A score with its sign: "+0.21". */
export const score = (value: number): string => signed(value).replace('-', '\u2212')

/** A part of a whole as a percentage: "12%", and "<1%" instead of a rounded 0%. */
export function share(part: number, whole: number): string {
  const percent = whole > 0 ? (100 * part) / whole : 0
  return percent > 0 && percent < 1 ? '<1%' : `${Math.round(percent)}%`
}

/** Bytes with a unit: "3.4 MiB". */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  const scaled = value / 1024 ** power
  return `${power === 0 ? count(scaled) : tenths(scaled)} ${units[power]}`
}

/** Milliseconds in the two largest units that fit: "3 h 12 min", "4.2 s". */
export function span(ms: number): string {
  const seconds = Math.abs(ms) / 1000
  if (seconds < 10) return `${tenths(seconds)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A moment (Unix milliseconds) as a time element: "2026-03-01 12:30:00 UTC". */
export function moment(at: number): Html {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return html`–`
  const iso = date.toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`
}
