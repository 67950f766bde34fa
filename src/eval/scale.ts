import { type Label, valueOfLabel } from './sentiment.ts'

/** Numbers from `low` to `high`, both included. */
export interface Range {
  low: number
  high: number
}

/** The meaning of ratings. */
export interface Scale extends Range {
  /** Neutral ratings; those below are negative, those above positive. */
  neutral: Range
}

/** The default neutral part of a scale is its middle third: 3 of 1 to 5, 5 and 6 of 1 to 10, 0 of -1 to 1. */
const NEUTRAL_PART = 1 / 3

/** Ratings on the edge of the middle third are excluded, in spite of floating-point errors. */
const EDGE = 1e-9

/** The scale over that range; its middle third is neutral by default. */
export function scaleOf({ low, high }: Range, neutral?: Range): Scale {
  const middle = (low + high) / 2
  const half = ((high - low) / 2) * (NEUTRAL_PART - EDGE)
  return { low, high, neutral: neutral ?? { low: middle - half, high: middle + half } }
}

/** The label of a rating. */
export function labelOnScale(rating: number, { neutral }: Scale): Label {
  if (rating < neutral.low) return 'negative'
  return rating > neutral.high ? 'positive' : 'neutral'
}

/** A rating converted to a score: -1 to 1. */
export const valueOnScale = (rating: number, { low, high }: Scale): number =>
  (2 * (rating - low)) / (high - low) - 1

/** A label in the form used for measuring. */
export interface Truth {
  label: Label
  /** As a score: -1 to 1. */
  value: number
  /** The rating, if the label is one. */
  rating?: number
}

export const truthOfLabel = (label: Label): Truth => ({ label, value: valueOfLabel(label) })

export const truthOfRating = (rating: number, scale: Scale): Truth => ({
  label: labelOnScale(rating, scale),
  value: valueOnScale(rating, scale),
  rating,
})

/** Parses `1..10`; undefined if it is not a range of two different numbers, which may be equal if `point`. */
export function parseRange(text: string, point = false): Range | undefined {
  const [, low, high] = /^\s*([+-]?\d*\.?\d+)\s*(?:\.\.|…)\s*([+-]?\d*\.?\d+)\s*$/.exec(text) ?? []
  const range = { low: Number(low), high: Number(high) }
  return range.low < range.high || (point && range.low === range.high) ? range : undefined
}
