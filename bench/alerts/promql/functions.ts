import { type Counter, type Series, STEP } from './series.ts'

/**
 * `increase` of a counter scraped every second, at each step: extrapolated to the whole range as in Prometheus
 * (promql/functions.go, extrapolatedRate). The range excludes its beginning, as in Prometheus 3.
 */
export function increase(counter: Counter, range: number, steps: number): Float64Array {
  const { seconds } = counter
  const values = new Float64Array(steps).fill(Number.NaN)
  const resets = resetsUpTo(seconds)
  for (let step = 0; step < steps; step++) {
    const end = step * STEP
    let first = Math.max(0, end - range + 1)
    let last = end
    while (first < last && Number.isNaN(seconds[first])) first++
    while (last > first && Number.isNaN(seconds[last])) last--
    if (first === last || Number.isNaN(seconds[first])) continue
    const [from, to] = [seconds[first] as number, seconds[last] as number]
    const rise = to - from + (resets[last] as number) - (resets[first] as number)
    let before = first - (end - range)
    if (rise > 0) before = Math.min(before, ((last - first) * from) / rise)
    const after = end - last
    const covered = last - first + (before < 1.1 ? before : 0.5) + (after < 1.1 ? after : 0.5)
    values[step] = (rise * covered) / (last - first)
  }
  return values
}

/** The sum of all decreases of the counter up to each second. */
function resetsUpTo(seconds: Float64Array): Float64Array {
  const resets = new Float64Array(seconds.length)
  let taken = 0
  let previous = Number.NaN
  for (let second = 0; second < seconds.length; second++) {
    const value = seconds[second] as number
    if (value < previous) taken += previous
    if (!Number.isNaN(value)) previous = value
    resets[second] = taken
  }
  return resets
}

export type OverTime = 'sum_over_time' | 'avg_over_time' | 'count_over_time'

/** The steps of a range that ends at a step, including it. The range excludes its beginning, as in Prometheus 3. */
const stepsIn = (range: number) => Math.ceil(range / STEP)

/** The sum, average or count of the values of a series in each range. */
export function overTime(series: Series, range: number, what: OverTime): Float64Array {
  const { values } = series
  const window = stepsIn(range)
  const result = new Float64Array(values.length)
  let sum = 0
  let error = 0
  let count = 0
  // Neumaier's summation, because the sum runs over the whole series.
  const add = (value: number) => {
    const next = sum + value
    error += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  for (let step = 0; step < values.length; step++) {
    const enters = values[step] as number
    const leaves = step >= window ? (values[step - window] as number) : Number.NaN
    if (!Number.isNaN(enters)) {
      add(enters)
      count++
    }
    if (!Number.isNaN(leaves)) {
      add(-leaves)
      count--
    }
    if (count === 0) result[step] = Number.NaN
    else if (what === 'count_over_time') result[step] = count
    else result[step] = (sum + error) / (what === 'avg_over_time' ? count : 1)
  }
  return result
}

/**
 * The quantile of the values of a series in each range, interpolated between the two nearest values as in Prometheus.
 * @param every the number of steps between evaluations; other steps have no value
 */
export function quantileOverTime(
  { values }: Series,
  range: number,
  quantile: number,
  every: number,
): Float64Array {
  const result = new Float64Array(values.length).fill(Number.NaN)
  const window = stepsIn(range)
  const sorted: number[] = []
  for (let step = 0; step < values.length; step++) {
    const enters = values[step] as number
    const leaves = step >= window ? (values[step - window] as number) : Number.NaN
    if (!Number.isNaN(enters)) sorted.splice(placeOf(sorted, enters), 0, enters)
    if (!Number.isNaN(leaves)) sorted.splice(placeOf(sorted, leaves), 1)
    if (step % every !== 0 || sorted.length === 0) continue
    const rank = quantile * (sorted.length - 1)
    const [below, part] = [Math.floor(rank), rank % 1]
    const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number]
    result[step] = low * (1 - part) + high * part
  }
  return result
}

/** The index of a value in a sorted array, or where it would be inserted. */
function placeOf(sorted: readonly number[], value: number): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as number) < value) from = middle + 1
    else to = middle
  }
  return from
}
