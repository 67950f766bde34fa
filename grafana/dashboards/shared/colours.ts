/**
 * Colours by what they mean, the same ones as on the status page: blue against orange, which people who cannot tell
 * red from green can tell apart, and readable on a dark ground as on a light one.
 */
export const COLOURS = {
  positive: '#4a9fd8',
  veryPositive: '#1f6fb2',
  neutral: '#98a1ac',
  negative: '#e8793a',
  veryNegative: '#bf4408',
  /** Posts that the scorer could say nothing about. */
  unknown: '#56606c',
  /** What is usual, what is allowed: a line to compare with. */
  reference: '#c9a227',
} as const

/** Things as they should be, and as they should not. */
export const GOOD = COLOURS.positive
export const BAD = COLOURS.negative
export const PLAIN = COLOURS.neutral
