import { score } from '../../html/numbers.ts'

export { count, score } from '../../html/numbers.ts'

/** A part of 1 in three decimals: "0.571". */
export const rate = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

/** A part of 1 as a percentage: "57.1%". */
export const percent = (value: number | null): string =>
  value === null ? '–' : `${(100 * value).toFixed(1)}%`

/** A score with its sign, or a dash. */
export const signed = (value: number | null): string => (value === null ? '–' : score(value))
