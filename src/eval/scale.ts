import { type Label, valueOfLabel } from './sentiment.ts'

/** Numbers from the one to the other, both included. */
export interface Range {
  low: number
  high: number
}

/** What ratings mean. */
export interface Scale extends Range {
  /** Ratings that are neutral; those below are negative, those above positive. */
  neutral: Range
}

/** The middle part of a scale that is neutral by default: 3 of 1 to 5, 5 and 6 of 1 to 10, 0 of -1 to 1. */
const NEUTRAL_PART = 1 / 3

/** Ratings on the very edge of the middle third are not in it, whatever floating point makes of thirds. */
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

/** A rating on the scale of scores: -1 to 1. */
export const valueOnScale = (rating: number, { low, high }: Scale): number =>
  (2 * (rating - low)) / (high - low) - 1

/** A label as what is measured goes by it. */
export interface Truth {
  label: Label
  /** On the scale of scores: -1 to 1. */
  value: number
  /** The rating, where the label is one. */
  rating?: number
}

export const truthOfLabel = (label: Label): Truth => ({ label, value: valueOfLabel(label) })

export const truthOfRating = (rating: number, scale: Scale): Truth => ({
  label: labelOnScale(rating, scale),
  value: valueOnScale(rating, scale),
  rating,
})

/** Reads `1..10`; undefined where it is no range of two numbers that differ, or that may be the same if `point`. */
export function parseRange(text: string, point = false): Range | undefined {
  const [, low, high] = /^\s*([+-]?\d*\.?\d+)\s*(?:\.\.|…)\s*([+-]?\d*\.?\d+)\s*$/.exec(text) ?? []
  const range = { low: Number(low), high: Number(high) }
  return range.low < range.high || (point && range.low === range.high) ? range : undefined
}
