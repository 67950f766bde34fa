import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { generatePosts, type Incident } from './posts.ts'
import { type Counter, type Series, STEP } from './promql/series.ts'
import { evaluated, RULES_FILE, type Rule, topicRules } from './rules.ts'
import { KINDS, type Kind, scraped, thresholds } from './scenario.ts'

const HOURS = 3
const SECONDS = HOURS * 3600
const STEPS = SECONDS / STEP + 1

/** The tolerated relative difference of two values: both are sums of many numbers, added in different orders. */
const TOLERANCE = 1e-9

const TOPICS: { topic: string; perMinute: number; kind: Kind; begins?: number; restarts?: number }[] = [
  { topic: 'small', perMinute: 30, kind: 'negative' },
  { topic: 'middling', perMinute: 100, kind: 'positive' },
  { topic: 'busy', perMinute: 1000, kind: 'negative' },
  { topic: 'surging', perMinute: 100, kind: 'surge' },
  { topic: 'silenced', perMinute: 100, kind: 'silence' },
  { topic: 'young', perMinute: 300, kind: 'negative', begins: 9000 },
  { topic: 'restarted', perMinute: 300, kind: 'negative', restarts: 5000 },
]

export interface Agreement {
  topics: number
  hours: number
  /** The number of compared values. */
  values: number
  /** Differences, one per line. */
  differences: string[]
}

/**
 * Lets promtool evaluate the shipped rules on the same series as the evaluator here, and compares the results of each
 * rule at each step. promtool does the comparison: it gets the results of this evaluator as series.
 */
export async function agreement(promtool: string): Promise<Agreement> {
  // promtool evaluates every group at each step, whatever its interval.
  const rules = topicRules(shortened).map(rule => (rule.late ? { ...rule, late: 1 } : rule))
  const counters: Counter[] = []
  const gauges: Series[] = []
  for (const [number, { topic, perMinute, kind, begins = 0, restarts }] of TOPICS.entries()) {
    const labels = { job: 'mood-exporter', topic, scorer: 'scorer' }
    const from = SECONDS - 1700
    const incident: Incident = { from, to: from + 900, ...KINDS[kind].effect }
    const posts = generatePosts({ seed: number, perMinute, seconds: SECONDS, incidents: [incident] })
    for (const { labels: its, seconds } of scraped(posts, labels).get('mood_posts_total') ?? [])
      counters.push({ labels: its, seconds: disturbed(seconds, begins, restarts) })
    gauges.push(...thresholds(STEPS, labels)[1])
  }
  const inputs = new Map([['mood_posts_total', counters]])
  const results = evaluated(rules, STEPS, inputs, new Map([['mood_topic_alert_threshold', gauges]]))

  const input_series = [
    ...counters.map(({ labels, seconds }) => ({
      series: seriesName('mood_posts_total', labels),
      values: everySecond(seconds),
    })),
    ...gauges.map(({ labels, values }) => ({
      series: seriesName('mood_topic_alert_threshold', labels),
      values: `${values[0]}x${SECONDS}`,
    })),
  ]
  let values = 0
  for (const rule of rules) {
    for (const { labels, values: its } of results.get(rule.name) ?? []) {
      const count = its.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0)
      values += count
      if (count > 0)
        input_series.push({ series: seriesName(`here:${rule.name}`, labels), values: everyStep(its) })
    }
  }
  const comparing = { groups: [{ name: 'agreement', rules: rules.flatMap(comparisons) }] }
  const file = {
    rule_files: ['topics.yml', 'comparing.yml'],
    evaluation_interval: `${STEP}s`,
    group_eval_order: ['mood-topics', 'mood-topics-past', 'agreement'],
    tests: [
      {
        interval: '1s',
        input_series,
        promql_expr_test: [
          {
            expr: `sum by (rule) (sum_over_time(different[${HOURS}h1s]))`,
            eval_time: `${HOURS}h`,
            exp_samples: [],
          },
          {
            expr: `sum(sum_over_time(compared[${HOURS}h1s]))`,
            eval_time: `${HOURS}h`,
            exp_samples: [{ value: values }],
          },
        ],
      },
    ],
  }
  return {
    topics: TOPICS.length,
    hours: HOURS,
    values,
    differences: await failures(promtool, file, comparing),
  }
}

/** The rules whose record exists within the compared hours: they look back over minutes instead of days. */
const shortened = (text: string): string =>
  text
    .replaceAll(/>= (360|720)\b/g, '>= 6')
    .replaceAll('[1w]', '[1h]')
    .replaceAll('[2w] offset 1h', '[1h] offset 10m')

/** The counter of an exporter that starts late, or starts again at 0 after half a minute. */
function disturbed(seconds: Float64Array, begins: number, restarts = Number.POSITIVE_INFINITY): Float64Array {
  return seconds.map((value, second) => {
    if (second < begins || (second >= restarts && second < restarts + 30)) return Number.NaN
    return second < restarts ? value : value - (seconds[restarts] as number)
  })
}

/** Rules that count, at each step, the series of a rule, and those that differ from the results of this evaluator. */
function comparisons({ name, isAlert }: Rule) {
  const there = isAlert
    ? `sum without (alertname, alertstate, severity) (ALERTS{alertname="${name}", alertstate="firing"})`
    : name
  const here = `here:${name}`
  const labels = { rule: name }
  return [
    { record: 'compared', labels, expr: `count(${there})` },
    {
      record: 'different',
      labels,
      expr: `count((${there}) unless ${here} or ${here} unless (${there}) or abs(${there} - ${here}) / (1 + abs(${here})) > ${TOLERANCE})`,
    },
  ]
}

const seriesName = (name: string, labels: Record<string, string>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`

/** A series that is missing from a scrape ends there; before its first sample it has no value. */
function everySecond(values: Float64Array): string {
  const text = (value: number, second: number) => {
    if (!Number.isNaN(value)) return value
    return Number.isNaN(values[second - 1] ?? Number.NaN) ? '_' : 'stale'
  }
  return Array.from(values, text).join(' ')
}

/** A value for each step, in a file with one entry for each second. */
function everyStep(values: Float64Array): string {
  const rest = ` ${'_ '.repeat(STEP - 1)}`
  return [...values].map(value => (Number.isNaN(value) ? 'stale' : value)).join(rest)
}

async function failures(promtool: string, file: object, comparing: object): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-bench-'))
  try {
    await writeFile(join(folder, 'test.yml'), stringify(file, { lineWidth: 0 }))
    await writeFile(join(folder, 'topics.yml'), shortened(await readFile(RULES_FILE, 'utf8')))
    await writeFile(join(folder, 'comparing.yml'), stringify(comparing, { lineWidth: 0 }))
    await promisify(execFile)(promtool, ['test', 'rules', 'test.yml'], { cwd: folder, maxBuffer: 2 ** 26 })
    return []
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    if (stdout === undefined) throw error
    return `${stdout}\n${stderr}`
      .split('\n')
      .filter(line => /\S/.test(line) && !/Unit Testing|FAILED:/.test(line))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
