import { parentPort } from 'node:worker_threads'
import type { Posts } from './posts.ts'
import { STEP } from './promql/series.ts'
import { crossings, cusum, FIXED_RULES } from './rivals.ts'
import { type Rule, topicRules } from './rules.ts'
import { alertsOf, delays, KINDS, onsets, runScenario } from './scenario.ts'
import { BARS, cusumName, DAYS, type Job, type Outcome, type Variant } from './simulation.ts'

const shipped = topicRules()
const rules = [...shipped, ...FIXED_RULES]

const spike = KINDS.negative.alert
/** Without the correction for few posts and without the topic's own record. */
const alike = topicRules(text => {
  const parts = ['/ 0.475, 1)', '/ topic:mood_sentiment_share:deviation ^ 3']
  const missing = parts.find(part => !text.includes(part))
  if (missing !== undefined) throw new Error(`the rules no longer say ${missing}`)
  return text.replace(parts[0] as string, '/ 1000000, 1)').replace(parts[1] as string, `${parts[1]} * 0`)
})

/** Variants of the spike alert, in addition to the shipped one. */
const VARIANTS: Record<Variant, (posts: Posts) => Map<string, Float64Array>> = {
  'z > 5 for every topic (earlier rule)': posts => alertsOf(posts, onlySpike(alike), { z: 5 }),
}

/** Without the other alerts and their recording rules. */
const onlySpike = (rules: readonly Rule[]): Rule[] =>
  rules.filter(({ name, isAlert }) => (isAlert ? name === spike : !name.startsWith('topic:mood_all_posts')))

function outcome(job: Job): Outcome {
  const { posts, incidents, alerts } = runScenario({ rules, days: DAYS, ...job })
  const result: Outcome = { job, onsets: {}, delays: {} }
  const note = (name: string, fires: Float64Array) => {
    result.onsets[name] = onsets(fires)
    result.delays[name] = delays(fires, incidents)
  }
  for (const [name, fires] of alerts) note(name, fires)
  if (job.kind !== undefined && job.kind !== 'negative') return result
  for (const [name, decide] of Object.entries(VARIANTS)) note(name, decide(posts).get(spike) as Float64Array)
  const statistic = cusum(posts)
  for (const bar of BARS) {
    const name = cusumName(bar)
    result.onsets[name] = crossings(statistic, bar)
    result.delays[name] = incidents.map(({ from, to }) => {
      const within = statistic.subarray(Math.ceil(from / STEP), Math.ceil(to / STEP))
      const step = within.findIndex(value => value > bar)
      return step < 0 ? Number.POSITIVE_INFINITY : (Math.ceil(from / STEP) + step) * STEP - from
    })
  }
  return result
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(outcome(job)))
