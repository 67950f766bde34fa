import { type Counter, type Series, STEP } from './series.ts'

/**
 * `increase` of a counter that is scraped every second, at each step: extrapolated to the whole range as Prometheus
 * does it (promql/functions.go, extrapolatedRate). The range has both its ends, as in Prometheus 2.
 */
export function increase(counter: Counter, range: number, steps: number): Float64Array {
  const { seconds } = counter
  const values = new Float64Array(steps).fill(Number.NaN)
  const resets = resetsUpTo(seconds)
  for (let step = 0; step < steps; step++) {
    const end = step * STEP
    let first = Math.max(0, end - range)
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

/** What resets have taken from the counter up to each second. */
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

/** The sum, or the average, of what a series had in each range; the range has both its ends. */
export function overTime(series: Series, range: number, average: boolean): Float64Array {
  const { values } = series
  const window = Math.floor(range / STEP) + 1
  const result = new Float64Array(values.length)
  let sum = 0
  let error = 0
  let count = 0
  // Neumaier's summation, since the sum is carried over the whole series.
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
    result[step] = count === 0 ? Number.NaN : (sum + error) / (average ? count : 1)
  }
  return result
}
