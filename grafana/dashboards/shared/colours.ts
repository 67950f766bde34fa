/**
 * Colours by meaning, as on the status page. Blue and orange are distinct for people who cannot tell red from green, and
 * readable on dark and light backgrounds.
 */
export const COLOURS = {
  positive: '#4a9fd8',
  veryPositive: '#1f6fb2',
  neutral: '#98a1ac',
  negative: '#e8793a',
  veryNegative: '#bf4408',
  /** Posts without a score. */
  unknown: '#56606c',
  /** Lines to compare with: usual values and limits. */
  reference: '#c9a227',
} as const

/** States: good, bad, and neither. */
export const GOOD = COLOURS.positive
export const BAD = COLOURS.negative
export const PLAIN = COLOURS.neutral
