import { FURTHER_ALERTS, SPIKE } from '../../src/config/alert-schema.ts'
import { generatePosts, type Incident, type Posts } from './posts.ts'
import { absent, type Counter, type Series, STEP } from './promql/series.ts'
import { evaluated, type Rule } from './rules.ts'

const LABELS = { job: 'mood-exporter', topic: 'topic', scorer: 'scorer' }
const HOUR = 3600
const DAY = 24 * HOUR

/** The incidents of each kind, and the alert that must fire. */
export const KINDS = {
  negative: { alert: 'MoodTurnsNegative', seconds: 900, effect: { negative: 0.2 } },
  positive: { alert: 'MoodTurnsPositive', seconds: 900, effect: { positive: 0.2 } },
  surge: { alert: 'TopicSurges', seconds: 1800, effect: { volume: 8 } },
  silence: { alert: 'TopicFallsSilent', seconds: 3600, effect: { volume: 0 } },
} as const

export type Kind = keyof typeof KINDS

export interface ScenarioOptions {
  rules: readonly Rule[]
  seed: number
  perMinute: number
  days: number
  /** The share of posts that are shared. */
  shared?: number | undefined
  /** The recurring incident; none if absent. */
  kind?: Kind | undefined
}

export interface ScenarioResult {
  posts: Posts
  incidents: Incident[]
  /** For each alert by name, the steps at which it fires: 1, otherwise NaN. */
  alerts: Map<string, Float64Array>
}

/** Simulates one topic for some days and evaluates the rules over it. */
export function runScenario({
  rules,
  seed,
  perMinute,
  days,
  shared = 0,
  kind,
}: ScenarioOptions): ScenarioResult {
  const seconds = days * DAY
  const incidents = kind ? incidentsOf(kind, seconds, seed) : []
  const posts = generatePosts({ seed, perMinute, seconds, shared, incidents })
  return { posts, incidents, alerts: alertsOf(posts, rules) }
}

/** For each alert by name, the steps at which it fires: 1, otherwise NaN. */
export function alertsOf(
  posts: Posts,
  rules: readonly Rule[],
  asked: Record<string, number> = {},
): Map<string, Float64Array> {
  const steps = (posts.negative.length - 1) / STEP + 1
  const results = evaluated(rules, steps, scraped(posts), new Map([thresholds(steps, LABELS, asked)]))
  const alerts = rules.filter(({ isAlert }) => isAlert)
  return new Map(alerts.map(({ name }) => [name, results.get(name)?.[0]?.values ?? absent(steps)]))
}

/**
 * Every six hours at varying minutes, so that no incident becomes usual for the next. Only one surge, on the
 * last day: daily surges would become usual for the topic.
 */
function incidentsOf(kind: Kind, seconds: number, seed: number): Incident[] {
  const { effect, seconds: length } = KINDS[kind]
  if (kind === 'surge') {
    const from = seconds - DAY + ((seed * 7919) % (DAY - 2 * HOUR))
    return [{ from, to: from + length, ...effect }]
  }
  return Array.from({ length: seconds / (6 * HOUR) - 1 }, (_, number) => {
    const from = (number + 1) * 6 * HOUR + ((number * 7919) % HOUR)
    return { from, to: from + length, ...effect }
  })
}

/** The counters of the exporter. */
export function scraped(posts: Posts, labels = LABELS): Map<string, Counter[]> {
  const counters = (['negative', 'neutral', 'positive'] as const).map(sentiment => {
    let total = 0
    return { labels: { ...labels, sentiment }, seconds: posts[sentiment].map(count => (total += count)) }
  })
  return new Map([['mood_posts_total', counters]])
}

/** The parameters of every alert: by default those of an enabled alert, unless overridden. */
export function thresholds(
  steps: number,
  labels = LABELS,
  asked: Record<string, number> = {},
): [string, Series[]] {
  const parameters: [string, number][] = Object.entries(SPIKE).map(([name, { value }]) => [name, value])
  for (const [alert, { parameters: its }] of Object.entries(FURTHER_ALERTS))
    for (const [name, { value }] of Object.entries(its)) parameters.push([`${alert}_${name}`, value])
  const series = parameters.map(([parameter, value]) => ({
    labels: { ...labels, parameter },
    values: new Float64Array(steps).fill(asked[parameter] ?? value),
  }))
  return ['mood_topic_alert_threshold', series]
}

/** How often it starts to fire. */
export function onsets(fires: Float64Array, from = 0, to = Number.POSITIVE_INFINITY): number {
  let count = 0
  for (let step = Math.max(1, from); step < Math.min(fires.length, to); step++)
    if (!Number.isNaN(fires[step]) && Number.isNaN(fires[step - 1])) count++
  return count
}

/** Seconds from the beginning of each incident until the alert fires; Infinity if it does not before the end. */
export function delays(fires: Float64Array, incidents: readonly Incident[]): number[] {
  return incidents.map(({ from, to }) => {
    for (let step = Math.ceil(from / STEP); step * STEP < to; step++)
      if (!Number.isNaN(fires[step])) return step * STEP - from
    return Number.POSITIVE_INFINITY
  })
}
