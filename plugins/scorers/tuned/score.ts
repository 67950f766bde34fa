/** How likely each class is. They add up to 1. */
export interface Probabilities {
  readonly negative: number
  readonly neutral: number
  readonly positive: number
}

/** The thresholds between sentiments by default: `sentiment` of the configuration. */
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
 * P(positive) - P(negative), stretched so that it passes ±{@link CUT} just where neutral stops being the likeliest
 * class. Always within [-1, 1]; it rises with the odds of positive and falls with those of negative.
 *
 * Plainly taken, the difference of a post that is neutral by 60 % and positive by 30 % is 0.2 at least, and cutting it
 * at 0.05 would call most neutral posts moods. So, for odds of negative that are held fast, the differences from where
 * positive draws level with neutral up to 1 are mapped in a straight line to those from CUT to 1, which comes to
 * CUT + (1 - CUT) (P(positive) - P(neutral)). What lies below is spread over the band up to CUT. Where both moods are
 * likelier than neutral, the step of CUT at which one takes over from the other is a slope through 0: mixed feelings.
 *
 * @param negative log odds of negative against neutral
 * @param positive log odds of positive against neutral
 */
export function scoreOf(negative: number, positive: number): number {
  if (positive < negative) return -scoreOf(positive, negative)
  if (positive === negative) return 0
  if (positive <= 0) {
    const good = Math.exp(positive)
    const bad = Math.exp(negative)
    return (CUT * (good - bad)) / (1 - good * bad)
  }
  const runnerUp = Math.max(0, negative)
  const lead = Math.exp(runnerUp - positive)
  const least = Math.exp(Math.min(0, negative) - positive)
  const margin = (1 - lead) / (1 + lead + least)
  const mixed = negative > 0 ? (1 - lead) / (1 - Math.exp(-positive)) : 1
  return CUT * mixed + (1 - CUT) * margin
}
