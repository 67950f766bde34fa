import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { LABELLED_POSTS } from '../../tools/stack/labelled-posts.ts'
import { recordMeasurement } from '../../tools/stack/measurements.ts'
import { heading } from '../support/report.ts'
import type { Posts } from './posts.ts'
import { parse } from './promql/parse.ts'
import { STEP } from './promql/series.ts'
import { type Rule, topicRules } from './rules.ts'
import { alertsOf } from './scenario.ts'
import { bold, HOW } from './tables.ts'

const FILE = 'tweet-volumes.tsv.gz'

const BUCKET = 300
const MONTH = 30 * 86_400

/** Posts about one company, with the stretches that people labelled as anomalies. */
interface Course {
  name: string
  posts: Posts
  /** Steps: from, to. */
  anomalies: [number, number][]
}

/** The results of the alert on real series: the five of the Numenta Anomaly Benchmark that are about companies. */
interface Score {
  found: number
  labelled: number
  /** How often it fires, within labelled stretches and outside of them. */
  right: number
  wrong: number
  seconds: number
}

const SURGE = 'TopicSurges'

/** Obvious rules without a baseline: a multiple of the hour before, and a minimum number of posts. */
const RIVALS: Record<string, string> = {
  'quarter hour > 3 times the hour before': `topic:mood_all_posts:window{window="15m"} > 3 * topic:mood_all_posts:usual{window="15m"}
    and topic:mood_all_posts:window{window="15m"} >= 20 and topic:mood_all_posts:z > 5`,
  'half hour > 500 posts': 'topic:mood_all_posts:window{window="30m"} > 500',
}

/** Reports how well surges are distinguished from chance in real series; nothing if the series are not available. */
export function reportTweets(): void {
  const path = join(LABELLED_POSTS, FILE)
  heading(`Surges in five real series of tweets: ${FILE}`)
  if (!existsSync(path)) {
    console.log(`  not measured: there is no ${path}; MOOD_DATA names its folder`)
    return
  }
  const courses = readCourses(gunzipSync(readFileSync(path)).toString())
  const rules = [...volumeRules(), ...rivals()]
  const scores = new Map<string, Score>()
  for (const { posts, anomalies } of courses)
    for (const [name, fires] of alertsOf(posts, rules)) {
      const before = scores.get(name)
      const score = scoreOf(fires, anomalies)
      scores.set(name, before ? added(before, score) : score)
    }
  for (const [name, score] of scores) row(name === SURGE ? `${SURGE}, as shipped` : name, score)
  documentVolume(courses, scores)
}

function documentVolume(courses: readonly Course[], scores: ReadonlyMap<string, Score>): void {
  const rows = [...scores].map(([name, score]) => {
    const { f1, wrongAMonth } = measures(score)
    const cells = [name, `${score.found} of ${score.labelled}`, wrongAMonth.toFixed(1), f1.toFixed(2)]
    return name === SURGE ? bold(cells) : cells
  })
  const columns = ['Rule', 'Found', 'False alarms a topic and month', 'F1']
  const shipped = measures(scores.get(SURGE) as Score)
  const days = Math.round(((courses[0]?.posts.neutral.length ?? 0) - 1) / 86_400)
  recordMeasurement('alerts_volume', {
    how: HOW,
    values: { series: `${courses.length} series of ${days} days each`, f1_once: shipped.f1Once.toFixed(2) },
    tables: { rules: { columns, rows } },
  })
}

const volumeRules = (): Rule[] =>
  topicRules().filter(({ name, isAlert }) => (isAlert ? name === SURGE : !name.includes('_share')))

const rivals = (): Rule[] =>
  Object.entries(RIVALS).map(([name, expr]) => ({
    name,
    isAlert: true,
    expression: parse(expr),
    // The same as for the shipped rule, so that flapping does not add false alarms.
    keepFiring: 180,
  }))

/** Posts of five minutes, spread evenly over their seconds: the data has no finer resolution. */
function readCourses(text: string): Course[] {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t') as [string, string, string, string])
  return [...Map.groupBy(rows, ([name]) => name)].map(([name, its]) => {
    const start = Date.parse(`${its[0]?.[1]}Z`) / 1000
    const at = its.map(([, time]) => Date.parse(`${time}Z`) / 1000 - start)
    const seconds = (at.at(-1) as number) + BUCKET
    const none = () => new Float64Array(seconds + 1)
    const posts: Posts = { negative: none(), neutral: none(), positive: none(), usual: none() }
    const anomalies: [number, number][] = []
    for (const [i, [, , count, label]] of its.entries()) {
      const from = at[i] as number
      for (let n = 0; n < Number(count); n++) {
        const second = from + 1 + Math.floor((n * BUCKET) / Number(count))
        posts.neutral[second] = (posts.neutral[second] as number) + 1
      }
      if (label !== '1') continue
      const last = anomalies.at(-1)
      const [begins, ends] = [from / STEP, (from + BUCKET) / STEP]
      if (last && begins - last[1] <= BUCKET / STEP) last[1] = ends
      else anomalies.push([begins, ends])
    }
    return { name, posts, anomalies }
  })
}

function scoreOf(fires: Float64Array, anomalies: readonly [number, number][]): Score {
  const overlaps = ([from, to]: readonly [number, number], [begins, ends]: readonly [number, number]) =>
    begins < to && from < ends
  const episodes = episodesOf(fires)
  const right = episodes.filter(episode => anomalies.some(each => overlaps(each, episode))).length
  return {
    found: anomalies.filter(each => episodes.some(episode => overlaps(each, episode))).length,
    labelled: anomalies.length,
    right,
    wrong: episodes.length - right,
    seconds: fires.length * STEP,
  }
}

/** The stretches in which it fires. */
function episodesOf(fires: Float64Array): [number, number][] {
  const episodes: [number, number][] = []
  for (let step = 0; step < fires.length; step++) {
    if (Number.isNaN(fires[step])) continue
    const last = episodes.at(-1)
    if (last && last[1] === step) last[1] = step + 1
    else episodes.push([step, step + 1])
  }
  return episodes
}

const added = (a: Score, b: Score): Score => ({
  found: a.found + b.found,
  labelled: a.labelled + b.labelled,
  right: a.right + b.right,
  wrong: a.wrong + b.wrong,
  seconds: a.seconds + b.seconds,
})

/** Recall is the share of labelled stretches that were found, precision that of the alerts within them. */
function measures({ found, labelled, right, wrong, seconds }: Score) {
  const [recall, precision] = [found / labelled, right / (right + wrong)]
  return {
    f1: (2 * recall * precision) / (recall + precision),
    // Each stretch counts once, regardless of how often the alert fires within it.
    f1Once: (2 * found) / (found + labelled + wrong),
    wrongAMonth: (wrong / seconds) * MONTH,
  }
}

function row(name: string, score: Score): void {
  const { f1, f1Once, wrongAMonth } = measures(score)
  console.log(
    `  ${name.padEnd(42)} found ${score.found} of ${score.labelled}, ${wrongAMonth.toFixed(2)} false a topic and month, ` +
      `F1 ${f1.toFixed(2)} (${f1Once.toFixed(2)} with each stretch once)`,
  )
}
