/** Budget periods: days of UTC, as X bills a post once a day, and billing cycles of a month. */
export const PERIODS = ['day', 'month'] as const

export type PeriodName = (typeof PERIODS)[number]

/**
 * The start of the period that contains a time, in Unix milliseconds.
 *
 * @param cycleDay the day of the month on which a cycle begins, 1 to 28
 * @param later 1 for the period after that
 */
export function startOf(name: PeriodName, at: number, cycleDay: number, later = 0): number {
  const date = new Date(at)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (name === 'day') return Date.UTC(year, month, day + later)
  return Date.UTC(year, month - (day < cycleDay ? 1 : 0) + later, cycleDay)
}
