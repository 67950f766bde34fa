import type { Posts } from './posts.ts'
import { parse } from './promql/parse.ts'
import { STEP } from './promql/series.ts'
import type { Rule } from './rules.ts'

/**
 * Obvious alerts without a baseline, over the series that the shipped rules record. A share needs at least 20 posts.
 */
const FIXED = {
  'share of a minute > 35 %': ['topic:mood_sentiment_share:window', '1m', 0.35],
  'share of a minute > 40 %': ['topic:mood_sentiment_share:window', '1m', 0.4],
  'share of 5 minutes > 35 %': ['topic:mood_sentiment_share:window', '5m', 0.35],
  'negative posts of a minute > 100': ['topic:mood_posts:window', '1m', 100],
} as const

export const FIXED_RULES: readonly Rule[] = Object.entries(FIXED).map(([name, [metric, window, bar]]) => ({
  name,
  isAlert: true,
  expression: parse(
    `${metric}{sentiment="negative", window="${window}"} > ${bar}
     and on (job, topic, scorer, window) topic:mood_scored_posts:window >= 20`,
  ),
  // The same as for the shipped rules, so that flapping does not add false alarms.
  keepFiring: 18,
}))

/** The increase that the CUSUM is designed to detect. */
const RISE = 0.2

/**
 * A CUSUM with knowledge that no rule can have: the usual share at every moment, and the coming increase. Page
 * (1954), "Continuous inspection schemes"; the increments are the log-likelihood ratios of the posts of a step.
 * @returns its statistic at each step, in nats
 */
export function cusum(posts: Posts): Float64Array {
  const steps = (posts.negative.length - 1) / STEP
  const statistic = new Float64Array(steps + 1)
  for (let step = 1; step <= steps; step++) {
    let [negative, others, usual] = [0, 0, 0]
    for (let second = (step - 1) * STEP + 1; second <= step * STEP; second++) {
      negative += posts.negative[second] as number
      others += (posts.neutral[second] as number) + (posts.positive[second] as number)
      usual += (posts.usual[second] as number) / STEP
    }
    const risen = usual + RISE
    const evidence = negative * Math.log(risen / usual) + others * Math.log((1 - risen) / (1 - usual))
    statistic[step] = Math.max(0, (statistic[step - 1] as number) + evidence)
  }
  return statistic
}

/** How often a statistic exceeds a threshold; it must return to 0 before it counts again. */
export function crossings(statistic: Float64Array, bar: number): number {
  let count = 0
  let over = false
  for (const value of statistic) {
    if (!over && value > bar) count++
    over = value > bar || (over && value > 0)
  }
  return count
}
