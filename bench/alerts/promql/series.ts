import type { Labels } from './syntax.ts'

/** The interval of evaluations in seconds, as in the rule group. */
export const STEP = 10

/** The result of a rule: a value for each step, NaN without one. */
export interface Series {
  labels: Record<string, string>
  values: Float64Array
  /** For a group that runs less often, after the groups of each step: the number of steps between its samples. */
  late?: number
}

/** A scraped counter: its value at each second, NaN if it is absent. */
export interface Counter {
  labels: Record<string, string>
  /** From second 0 to the last step, inclusive. */
  seconds: Float64Array
}

/** The labels of a series that a matching or grouping uses. */
export function picked(labels: Record<string, string>, { only, names }: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name) === only))
}

export const keyOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')

/** Groups of series with the same values of those labels, with these labels. */
export function grouped(series: readonly Series[], by: Labels) {
  const groups = new Map<string, { labels: Record<string, string>; series: Series[] }>()
  for (const one of series) {
    const labels = picked(one.labels, by)
    const key = keyOf(labels)
    const group = groups.get(key)
    if (group) group.series.push(one)
    else groups.set(key, { labels, series: [one] })
  }
  return groups
}

export const absent = (steps: number): Float64Array => new Float64Array(steps).fill(Number.NaN)
