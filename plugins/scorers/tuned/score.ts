/** The probability of each class. They add up to 1. */
export interface Probabilities {
  readonly negative: number
  readonly neutral: number
  readonly positive: number
}

/** The default thresholds of sentiments: `sentiment` of the configuration. */
export const CUT = 0.05

/** Probabilities from the log odds of negative and of positive against neutral. */
export function probabilitiesOf(negative: number, positive: number): Probabilities {
  const most = Math.max(0, negative, positive)
  const neutralPart = Math.exp(-most)
  const negativePart = Math.exp(negative - most)
  const positivePart = Math.exp(positive - most)
  const sum = neutralPart + negativePart + positivePart
  return { negative: negativePart / sum, neutral: neutralPart / sum, positive: positivePart / sum }
}

/**
 * P(positive) - P(negative), stretched so that it crosses ±{@link CUT} exactly where neutral stops being the most
 * probable class. Always within [-1, 1]; it increases with the odds of positive and decreases with those of negative.
 *
 * Unstretched, the difference of a post that is 60 % neutral and 30 % positive is at least 0.2, and a threshold of
 * 0.05 would classify most neutral posts as positive or negative. So, for constant odds of negative, the differences
 * from where positive equals neutral up to 1 are mapped linearly to CUT up to 1, which gives CUT + (1 - CUT)
 * (P(positive) - P(neutral)). Smaller ones are spread over the band up to CUT. If both moods are more probable than
 * neutral, the jump of CUT between them becomes a slope through 0: mixed feelings.
 *
 * @param negative log odds of negative against neutral
 * @param positive log odds of positive against neutral
 */
export function scoreOf(negative: number, positive: number): number {
  if (positive === negative) return 0
  const more = Math.max(negative, positive)
  const less = Math.min(negative, positive)
  const size = more <= 0 ? sizeWithinBand(less, more) : sizeBeyondBand(less, more)
  return positive < negative ? -size : size
}

/** Where neutral is the most probable class. */
function sizeWithinBand(less: number, more: number): number {
  const good = Math.exp(more)
  const bad = Math.exp(less)
  return (CUT * (good - bad)) / (1 - good * bad)
}

function sizeBeyondBand(less: number, more: number): number {
  const neutral = Math.exp(-more)
  const other = Math.exp(less - more)
  const lead = less > 0 ? other : neutral
  const margin = (1 - lead) / (1 + neutral + other)
  const mixed = less > 0 ? (1 - lead) / (1 - neutral) : 1
  return CUT * mixed + (1 - CUT) * margin
}
