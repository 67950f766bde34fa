/** A stretch of time, in milliseconds since 1970-01-01 UTC. */
export interface TimeRange {
  from: number
  to: number
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * A time given as `now`, `now-15m`, or an ISO date and time.
 * @throws Error for anything else
 */
export function moment(text: string, now: number): number {
  const [, count, unit] = /^now(?:-(\d+)([smhd]))?$/.exec(text) ?? []
  const at = text === 'now' ? now : unit ? now - Number(count) * UNIT_MS[unit as 's'] : Date.parse(text)
  if (Number.isNaN(at))
    throw new Error(`expected a time such as "now-15m" or "2026-01-31T12:00:00Z", got "${text}"`)
  return at
}

/** Intervals between two points of a graph, in milliseconds; Grafana uses the first whose limit is not reached. */
const STEPS: [below: number, step: number][] = [
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
]

/** The maximum number of points that Prometheus returns. */
const MOST_POINTS = 11_000

/** The minimum step of a query over a range, in whole seconds: Grafana increases a smaller step silently. */
export const leastStep = ({ from, to }: TimeRange): number =>
  Math.ceil((to - from) / MOST_POINTS / 1000) * 1000

/** Milliseconds between two points: at least `least`, and such that a graph has no more points than pixels. */
export function stepOf({ from, to }: TimeRange, points: number, least: number): number {
  const wanted = (to - from) / points
  return Math.max(least, STEPS.find(([below]) => wanted < below)?.[1] ?? 86_400_000)
}

/** Days between two labels of a range of some weeks. */
const DAYS = [1, 2, 3, 4, 5, 7, 10, 14]

const LABELS = 8

/**
 * The times of the labels of a range of days or weeks: midnight, local time, at regular intervals of days. Undefined for
 * other ranges, whose default labels are at round times.
 */
export function dayTicks({ from, to }: TimeRange): number[] | undefined {
  const days = (to - from) / UNIT_MS.d
  const apart = DAYS.find(count => days / count <= LABELS)
  if (days <= 2 || apart === undefined) return undefined
  const day = new Date(from)
  day.setHours(0, 0, 0, 0)
  if (day.getTime() < from) day.setDate(day.getDate() + 1)
  const ticks: number[] = []
  for (; day.getTime() <= to; day.setDate(day.getDate() + apart)) ticks.push(day.getTime())
  return ticks
}

const twoDigits = (number: number) => String(number).padStart(2, '0')

/** The local time of day: `12:30`, with seconds for a short range, or the day for a long one. */
export function clock(at: number, { from, to }: TimeRange): string {
  const date = new Date(at)
  if (to - from > 2 * UNIT_MS.d) return `${twoDigits(date.getMonth() + 1)}/${twoDigits(date.getDate())}`
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
  return to - from < 5 * UNIT_MS.m ? `${time}:${twoDigits(date.getSeconds())}` : time
}
