import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startExporter } from '../../tools/stack/exporter.ts'
import { recordMeasurement } from '../../tools/stack/measurements.ts'
import { type RunningPrometheus, startPrometheus } from '../../tools/stack/prometheus.ts'
import { heading, line, median } from '../support/report.ts'
import { generatePosts } from './posts.ts'
import { STEP } from './promql/series.ts'
import { evaluated, topicRules } from './rules.ts'
import { scraped, thresholds } from './scenario.ts'
import { HOW } from './tables.ts'

const TOPICS = 50
const SCORERS = ['afinn', 'emoji']

/** The range that the rules read: two hours that ended fifteen minutes ago, with some margin. */
const HISTORY_SECONDS = 140 * 60

/** The recorded series that the rules read of the past; everything else is computed at each evaluation. */
const READ_LATER = [
  'topic:mood_posts:increase10s',
  'topic:mood_posts:increase1h',
  'topic:mood_posts:increase2h',
  'topic:mood_all_posts:increase10s',
]

const EVALUATIONS = 12

const RULES = ['recording', 'topics', 'exporter'].map(name =>
  fileURLToPath(new URL(`../../prometheus/rules/${name}.yml`, import.meta.url)),
)

interface Group {
  name: string
  evaluationTime: number
  lastEvaluation: string
}

/**
 * The cost of an evaluation of all rules for a real Prometheus with hours of data that scrapes a real exporter,
 * compared with a Prometheus that scrapes the same exporter without rules.
 */
export async function ruleCost(prometheusBinary: string, promtool: string): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'mood-exporter-bench-'))
  try {
    const samples = await writeHistory(promtool, data)
    // Each topic has a quarter of the posts of the demo.
    const keywords = [
      ['nova phone', '노바폰'],
      ['café lumen', '루멘커피'],
      ['moonlit alley', '달빛골목'],
      ['starfarm', '스타팜'],
    ]
    const topics = Object.fromEntries(
      Array.from({ length: TOPICS }, (_, number) => [topicName(number), keywords[number % 4] as string[]]),
    )
    const alert = { joy: 'on', surge: 'on', silence: 'on' }
    await using exporter = await startExporter({
      sources: [{ use: 'demo' }],
      topics,
      alert,
      log: { level: 'error' },
    })
    const target = new URL(exporter.url).host
    const scraping = { job: 'mood-exporter' }
    await using bare = await startPrometheus(prometheusBinary, [target], scraping)
    await using ruled = await startPrometheus(prometheusBinary, [target], { ...scraping, rules: RULES, data })
    // Scrapes for a minute, so that ranges over raw samples are full.
    await ruled.until('count(up offset 1m) > bool 0', 1, 300_000)
    const before = await Promise.all([ruled, bare].map(cpuSeconds))
    const times = await evaluationTimes(ruled, EVALUATIONS)
    const after = await Promise.all([ruled, bare].map(cpuSeconds))
    const [withRules, without] = after.map((seconds, number) => seconds - (before[number] as number))
    const cost = ((withRules as number) - (without as number)) / EVALUATIONS
    const settled = await ruled.value('count(topic:mood_posts:settled{sentiment="negative"})')
    const history = samples.toLocaleString('en')
    heading(
      `Cost: all rules, ${TOPICS} topics, ${SCORERS.length} scorers, every alert on, ${history} samples of history`,
    )
    line('topics and scorers with a baseline of two hours', String(settled))
    line('one evaluation, by the clock: median', `${(median(times) * 1000).toFixed(0)} ms`)
    const time = `${(cost * 1000).toFixed(0)} ms`
    const share = `${((cost / STEP) * 100).toFixed(1)} %`
    const setup = `${TOPICS} topics, ${SCORERS.length} scorers`
    recordMeasurement('alerts_cost', { how: HOW, values: { setup, time, share } })
    line('one evaluation, in processor time', time)
    line(`of one processor, as it happens every ${STEP} s`, share)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

const topicName = (number: number) => `topic${number}`

/**
 * Writes the recorded series of an hour ago and before as blocks of Prometheus. Resolves to the number of samples.
 */
async function writeHistory(promtool: string, folder: string): Promise<number> {
  const posts = generatePosts({ seed: 1, perMinute: 100, seconds: HISTORY_SECONDS })
  const steps = HISTORY_SECONDS / STEP + 1
  const recorded = evaluated(topicRules(), steps, scraped(posts), new Map([thresholds(steps)]))
  const begun = Math.floor(Date.now() / 1000 / STEP) * STEP - HISTORY_SECONDS
  const file = join(folder, 'history.txt')
  const text = createWriteStream(file)
  let samples = 0
  for (const name of READ_LATER) {
    for (const { labels, values } of recorded.get(name) ?? []) {
      for (let topic = 0; topic < TOPICS; topic++) {
        for (const scorer of SCORERS) {
          const all = { ...labels, topic: topicName(topic), scorer }
          const series = `${name}{${Object.entries(all).map(([label, value]) => `${label}="${value}"`)}}`
          const lines = Array.from(values, (value, step) => `${series} ${value} ${begun + step * STEP}\n`)
          const present = lines.filter((_, step) => !Number.isNaN(values[step]))
          samples += present.length
          text.write(present.join(''))
        }
      }
    }
  }
  text.end('# EOF\n')
  await finished(text)
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, folder])
  await rm(file)
  return samples
}

/** Wall-clock seconds of all evaluations of all groups. */
async function evaluationTimes({ url }: RunningPrometheus, count: number): Promise<number[]> {
  const times: number[] = []
  for (let seen = ''; times.length < count; await sleep(200)) {
    const groups = await ruleGroups(url)
    const latest = groups.find(({ name }) => name === 'mood-topics')?.lastEvaluation ?? ''
    if (seen !== '' && latest !== seen)
      times.push(groups.reduce((sum, group) => sum + group.evaluationTime, 0))
    seen = latest
  }
  return times
}

/** Processor time of a Prometheus so far. */
async function cpuSeconds({ url }: RunningPrometheus): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1])
}

async function ruleGroups(url: string): Promise<Group[]> {
  const answer = await (await fetch(`${url}/api/v1/rules`)).json()
  return (answer as { data: { groups: Group[] } }).data.groups
}
