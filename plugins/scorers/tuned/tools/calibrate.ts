import { classSizes } from './data.ts'
import { softmax } from './sgd.ts'

/** Log odds are multiplied by `temperature` after `shift` (one a class) is added. */
export interface Calibration {
  readonly temperature: number
  readonly shift: readonly number[]
}

const STEPS = 400
const RATE = 0.5

/**
 * Fits a temperature and shifts to posts that were not used for the weights, by gradient descent on the log loss with
 * the classes weighted by `shares`, regardless of their numbers: Guo et al., "On Calibration of Modern Neural
 * Networks", ICML 2017, with a shift for each class.
 *
 * @param oddsOf writes the three log odds of a post
 */
export function calibrate(
  oddsOf: (row: number, into: Float64Array) => void,
  labels: Uint8Array,
  rows: Int32Array,
  shares: readonly number[],
  weights: Float32Array,
): Calibration {
  const raw = Array.from(rows, row => {
    const odds = new Float64Array(3)
    oddsOf(row, odds)
    return odds
  })
  const countOf = classSizes(labels, rows, weights).map(
    (size, c) => (shares[c] as number) / Math.max(1, size),
  )
  let temperature = 1
  const shift = [0, 0, 0]
  const z = new Float64Array(3)
  for (let step = 0; step < STEPS; step++) {
    let slope = 0
    const slopes = [0, 0, 0]
    for (const [index, row] of rows.entries()) {
      const odds = raw[index] as Float64Array
      for (let c = 0; c < 3; c++) z[c] = temperature * ((odds[c] as number) + (shift[c] as number))
      softmax(z)
      const label = labels[row] as number
      const weight = (countOf[label] as number) * (weights[row] as number)
      for (let c = 0; c < 3; c++) {
        const error = weight * ((z[c] as number) - (c === label ? 1 : 0))
        slope += error * ((odds[c] as number) + (shift[c] as number))
        slopes[c] = (slopes[c] as number) + error * temperature
      }
    }
    temperature = Math.max(0.05, temperature - RATE * slope)
    for (let c = 0; c < 3; c++) shift[c] = (shift[c] as number) - RATE * (slopes[c] as number)
  }
  return { temperature, shift }
}
