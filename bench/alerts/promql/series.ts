import type { Labels } from './syntax.ts'

/** Seconds from one evaluation to the next, as the rule group has it. */
export const STEP = 10

/** A series as it was evaluated: a value for each step, NaN if it has none. */
export interface Series {
  labels: Record<string, string>
  values: Float64Array
  /** Of a group that is evaluated after those of each step, and less often: steps from one of its samples to the next. */
  late?: number
}

/** A counter as it is scraped: its value at each second, NaN if it was not there. */
export interface Counter {
  labels: Record<string, string>
  /** From second 0 to the last step's, both included. */
  seconds: Float64Array
}

/** The labels of a series that a matching or grouping looks at. */
export function picked(labels: Record<string, string>, { only, names }: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name) === only))
}

export const keyOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')

/** Series in groups of those labels; each group with the labels that make it. */
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
