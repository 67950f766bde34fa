import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { queriesOf, readDashboards } from '../tools/stack/dashboards.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import type { KafkaClient } from '../tools/stack/kafka-client.ts'
import { type Element, type RunningPrometheus, startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { sharedBroker } from './support/kafka-tests.ts'
import { asRecord, knownPosts, TOPICS } from './support/posts.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const RULES = join(root, 'prometheus/rules')

const MS = 300_000

const PARTITIONS = 6

/**
 * Posts of each second: so many that the posts of every second are alike, in each partition. What two exporters say of two
 * seconds can then be compared, and what three say of three of them added up.
 */
const A_SECOND = 480

/** How far numbers may lie apart that are rates over scrapes, which are not of the same moments. */
const TOLERANCE = 0.05

/** What is compared, of each dashboard: numbers of posts and not of processes. */
const CHOICES = {
  'mood.json': {
    instance: '.+',
    topic: '.+',
    source: '.+',
    scorer: 'stated',
    window: '1m',
    extractor: 'hashtags',
    term_window: '1m',
  },
  'brands.json': {
    instance: '.+',
    topic: '.+',
    panel: '.+',
    scorer: 'stated',
    extractor: 'hashtags',
    term_window: '1m',
  },
} as const

/** A scorer that takes the number in brackets, and names an emotion for a number that is not 0. */
const SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'stated',
  description: 'The number in brackets, and its emotion.',
  options: z.object({}),
  create: () => ({
    emotions: ['joy', 'anger'],
    score: ({ text }) => {
      const stated = /\\[(\\S+)\\]/.exec(text)
      if (!stated) return null
      const score = Number(stated[1])
      return { score, emotions: score > 0 ? ['joy'] : score < 0 ? ['anger'] : [] }
    },
  }),
})
`

/** Terms with one post a second each, of which there are more than are listed: which of them are is chance. */
const RARE = /^#rare/

const brokerOf = sharedBroker()

const configOf = (brokers: string, topic: string, group: string, share: number, of: number) => ({
  languages: { detect: false },
  sources: [
    {
      use: 'kafka',
      name: 'kafka',
      brokers: [brokers],
      topics: [topic],
      group,
      partitions: { share, of },
      format: 'post',
    },
  ],
  topics: TOPICS,
  scorers: [{ use: './scorer.ts', name: 'stated' }],
  extractors: [{ use: 'hashtags', top: 20, windows: [{ size: '1m', slide: '1s' }] }],
  workers: 1,
})

/**
 * The partition of a post: in turn, but of three exporters the first has high scores of the second, the second low scores of
 * the first, and the first all posts without a score. Each has its own mood then, and its own share of posts with a score: a mean
 * of means would be another one, and so would one that is weighted with all posts.
 */
function partitionOf(i: number): number {
  const share = i % 3
  const turn = i % PARTITIONS
  const score = i % 8
  if (score === 7) return turn - share
  if (share === 1 && score >= 5) return turn - 1
  if (share === 0 && score <= 1) return turn + 1
  return turn
}

/** Sends the posts of each second when it is over. `stop` resolves to how many were sent. */
function sending(client: KafkaClient, topic: string) {
  const producer = client.producer('lz4')
  let isStopped = false
  let sent = 0
  const run = async () => {
    for (let second = Math.floor(Date.now() / 1000); !isStopped; second++) {
      await sleep(Math.max(0, (second + 1) * 1000 - Date.now()))
      const posts = knownPosts(`${second}`, A_SECOND, second * 1000, 1000)
      const records = posts.map((post, i) => ({ value: asRecord(post), partition: partitionOf(i) }))
      await client.send(topic, records, { partitions: PARTITIONS, producer })
      sent += posts.length
    }
    return sent
  }
  const done = run()
  return {
    stop() {
      isStopped = true
      return done
    },
  }
}

/** What a test does not wait for: what is recorded every two minutes, and three until the first share is usual for a topic. */
const SOONER = [
  ['interval: 2m', 'interval: 10s'],
  ['offset 3m', 'offset 70s'],
] as const

/** The shipped rules, sooner. */
async function rulesIn(folder: string): Promise<string[]> {
  const names = await readdir(RULES)
  return Promise.all(
    names.map(async name => {
      let text = await readFile(join(RULES, name), 'utf8')
      for (const [shipped, sooner] of SOONER) text = text.replaceAll(shipped, sooner)
      const path = join(folder, name)
      await writeFile(path, text)
      return path
    }),
  )
}

/** Values by labels other than those that tell the fleets apart. */
function byLabels(elements: readonly Element[]): Map<string, number> {
  const kept = elements.map(({ labels: { job, instance, ...labels }, value }) => {
    const key = JSON.stringify(Object.entries(labels).sort())
    return [key, value] as const
  })
  return new Map(kept)
}

/** What differs between what a query gives for one exporter and for three, a line each. */
function differences(one: Map<string, number>, three: Map<string, number>): string[] {
  const isClose = (a: number, b: number) =>
    Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b))
  return [...new Set([...one.keys(), ...three.keys()])].flatMap(key => {
    const [a, b] = [one.get(key), three.get(key)]
    if (a !== undefined && b !== undefined && isClose(a, b)) return []
    return [`${key}: ${a} by one, ${b} by three`]
  })
}

interface Compared {
  what: string
  /** The query, for a job. */
  of: (job: string) => string
}

/** Asks until one exporter and three have led to the same at a moment; resolves to what never was the same. */
async function unequal(
  all: readonly Compared[],
  prometheus: RunningPrometheus,
  ms: number,
): Promise<string[]> {
  const deadline = Date.now() + ms
  let open = [...all]
  for (;;) {
    const still: Compared[] = []
    const lines: string[] = []
    for (const compared of open) {
      const { what, of } = compared
      const [one, three] = await Promise.all(
        ['one', 'three'].map(async job => {
          const elements = await prometheus.query(of(job))
          return byLabels(elements.filter(({ labels }) => !RARE.test(labels.term ?? '')))
        }),
      )
      const found = differences(one as Map<string, number>, three as Map<string, number>)
      const isEmpty = one?.size === 0
      if (found.length === 0 && !isEmpty) continue
      still.push(compared)
      lines.push(`${what}: ${isEmpty ? 'nothing' : found.slice(0, 3).join('; ')}`)
    }
    if (still.length === 0 || Date.now() > deadline) return lines
    open = still
    await sleep(500)
  }
}

test('three exporters lead to the same sums, shares, scores and top terms as one that reads everything', {
  timeout: 3 * MS,
}, async context => {
  const binary = tool(context, 'prometheus')
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], PARTITIONS)
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-fleet-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const start = async (group: string, of: number) =>
    Promise.all(
      Array.from({ length: of }, async (_, share) =>
        stack.use(
          await startExporter(configOf(kafka.brokers, topic, `${group}-${topic}`, share, of), {
            files: { 'scorer.ts': SCORER },
          }),
        ),
      ),
    )
  const fleets: Record<string, RunningExporter[]> = {
    one: await start('one', 1),
    three: await start('three', 3),
  }
  const jobs = Object.fromEntries(
    Object.entries(fleets).map(([job, exporters]) => [job, exporters.map(({ url }) => new URL(url).host)]),
  )
  const prometheus = stack.use(await startPrometheus(binary, jobs, { rules: await rulesIn(folder) }))
  const sender = sending(client, topic)
  stack.defer(async () => void (await sender.stop()))
  // Longer than the longest window and range below, so that none holds the start.
  await prometheus.until('min(count_over_time(topic:mood_score:mean1m[5m])) >= bool 7', 1, MS)

  const dashboards = await readDashboards(root)
  const ofDashboards = Object.entries(CHOICES).flatMap(([name, choices]) => {
    const queries = (job: string) =>
      queriesOf(name, dashboards.get(name) as NonNullable<ReturnType<typeof dashboards.get>>, {
        ...choices,
        job,
      })
    const three = queries('three')
    return queries('one').map(
      ({ where, expr }, i): Compared => ({
        what: where,
        of: job => (job === 'one' ? expr : (three[i]?.expr as string)),
      }),
    )
  })
  const recorded = [
    'topic:mood_posts:increase10s',
    'topic:mood_posts:increase1m',
    'topic:mood_negative_share:ratio1m',
    'topic:mood_score:mean1m',
    'topic:mood_positivity_ratio_sum:increase10s',
    'topic:mood_positivity_ratio_count:increase10s',
    'topic:mood_all_posts:increase10s',
    'topic:mood_alert:threshold',
  ].map((name): Compared => ({ what: name, of: job => `${name}{job="${job}"}` }))
  const further: Compared[] = [
    ...[0.1, 0.5, 0.9].map(
      (quantile): Compared => ({
        what: `the ${quantile} quantile of scores`,
        of: job =>
          `histogram_quantile(${quantile}, sum by (le, topic) (rate(mood_positivity_ratio_bucket{job="${job}"}[30s])))`,
      }),
    ),
    {
      what: 'top terms',
      of: job =>
        `topk(3, sum by (topic, term) (mood_top_term_posts{job="${job}", topic="galaxy", window="1m"}))`,
    },
  ]
  // Alerts are compared by prometheus/tests; days before this one there are none of.
  const isLive = ({ what, of }: Compared) => !/Alert|annotation/.test(what) && !/offset 1[dw]/.test(of('one'))
  const all = [...ofDashboards.filter(isLive), ...recorded, ...further]
  expect(await unequal(all, prometheus, MS)).toEqual([])

  const sent = await sender.stop()
  for (const job of ['one', 'three'])
    await prometheus.until(`sum(mood_source_posts_total{job="${job}"})`, sent, MS)
  // At rest every count is the same, to the post.
  for (const expr of [
    'sum by (topic, lang, scorer, sentiment) (mood_posts_total{job="JOB"})',
    'sum by (topic, scorer, le) (mood_positivity_ratio_bucket{job="JOB"})',
    'sum by (reason) (mood_posts_dropped_total{job="JOB"}) > 0',
  ]) {
    const [one, three] = await Promise.all(
      ['one', 'three'].map(async job => byLabels(await prometheus.query(expr.replace('JOB', job)))),
    )
    expect(one?.size).toBeGreaterThan(0)
    expect(three).toEqual(one)
  }
  // What each of the three saw was not the same mood: a mean of means would have been wrong.
  const means = await prometheus.query(
    'sum by (instance) (mood_positivity_ratio_sum{job="three", topic="galaxy"}) / sum by (instance) (mood_positivity_ratio_count{job="three", topic="galaxy"})',
  )
  expect(new Set(means.map(({ value }) => value.toFixed(2))).size).toBeGreaterThan(1)
  expect(await prometheus.query('ALERTS{alertname="MoodExportersDisagree"}')).toEqual([])
})
