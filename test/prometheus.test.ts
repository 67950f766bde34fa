import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { METRICS } from '../src/catalogue/metrics.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import {
  asRecord,
  knownPosts,
  meanScore,
  STATED_SCORER,
  sentimentOf,
  TOPICS,
  tallied,
} from './support/posts.ts'
import { Recorder } from './support/recorder.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** The URL of the exporter's source `http`, whose ephemeral port is in the log. */
const intake = ({ log }: RunningExporter): string | undefined =>
  log.map(line => JSON.parse(line).url).find(url => url?.endsWith('/posts'))

/** Posts records to it, and resolves to its answer. */
async function send(exporter: RunningExporter, records: string[]): Promise<unknown> {
  await exporter.until(() => intake(exporter) !== undefined)
  const response = await fetch(intake(exporter) as string, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: records.join('\n'),
  })
  return response.json()
}

test('what Prometheus has stored after scraping every second is just what was sent', async context => {
  const binary = tool(context, 'prometheus')
  // An hour that has passed by now, so that no post is from the future, and the first minutes of the hour after it.
  const from = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR
  const archive = knownPosts('archive', 400, from, 10 * MINUTE)
  const pushed = knownPosts('push', 800, from, 60 * MINUTE)
  const last = { ...pushed[0], id: 'last', url: 'https://example.org/last', createdAt: from + 70 * MINUTE }
  const [before, after] = [pushed.slice(0, 600), [...pushed.slice(600), last as (typeof pushed)[number]]]
  const sent = [
    ...archive.map(post => ({ ...post, source: 'archive' })),
    ...before.map(post => ({ ...post, source: 'push' })),
    ...after.map(post => ({ ...post, source: 'push' })),
  ]
  const onTopic = sent.filter(({ topics }) => topics.length > 0)

  await using exporter = await startExporter(
    {
      sources: [
        { use: 'file', name: 'archive', path: './archive.jsonl' },
        { use: 'http', name: 'push', listen: '127.0.0.1:0' },
      ],
      topics: TOPICS,
      scorers: [{ use: './stated.ts' }],
      extractors: [{ use: 'hashtags', top: 3, windows: [{ size: '2h', slide: '10m' }] }],
      windows: [{ size: '1h' }],
      limits: { idle: '1h' },
    },
    { files: { 'archive.jsonl': `${archive.map(asRecord).join('\n')}\n`, 'stated.ts': STATED_SCORER } },
  )
  // In two parts, so that Prometheus sees the counters go up by what is known of the second. The first is the larger,
  // as `rate` corrects for counters that may have begun at zero only just before its first sample.
  expect(await send(exporter, before.map(asRecord))).toMatchObject({ accepted: before.length })
  const firstPart = archive.length + before.length
  await exporter.until(samples => samples.sum('mood_source_posts_total') === firstPart)
  await using recorder = await Recorder.before(exporter.url)
  await using prometheus = await startPrometheus(binary, [recorder.address])
  await prometheus.until('sum(mood_source_posts_total)', firstPart)
  const duplicate = asRecord(pushed[7] as (typeof pushed)[number])
  await send(exporter, [...after.slice(0, -1).map(asRecord), duplicate, '{"text": 7}'])
  // The last one closes the hour: were it counted before the others, they would be late.
  await exporter.until(samples => samples.sum('mood_posts_dropped_total', { reason: 'duplicate' }) === 1)
  await send(exporter, after.slice(-1).map(asRecord))
  await prometheus.until('count(mood_window_score)', 2)

  expect(await prometheus.table('mood_source_posts_total', 'source')).toEqual({
    archive: archive.length,
    push: pushed.length + 2,
  })
  expect(await prometheus.table('mood_posts_dropped_total > 0', 'source', 'reason')).toEqual({
    ...tallied(
      sent.filter(({ topics }) => topics.length === 0),
      ({ source }) => [`${source} off_topic`],
    ),
    'push duplicate': 1,
    'push invalid': 1,
  })

  const labels = ['source', 'topic', 'lang', 'scorer', 'sentiment']
  expect(await prometheus.table('mood_posts_total', ...labels)).toEqual(
    tallied(onTopic, ({ source, topics, lang, score }) =>
      topics.map(topic =>
        [source, topic, lang === 'fr' ? 'other' : lang, 'stated', sentimentOf(score)].join(' '),
      ),
    ),
  )

  const scored = onTopic.filter(({ score }) => score !== null)
  const positivity = (score: number | null) => ((score as number) + 1) / 2
  const bounds = [...METRICS.mood_positivity_ratio.buckets, Number.POSITIVE_INFINITY]
  const none = Object.fromEntries(
    ['archive', 'push'].flatMap(source =>
      Object.keys(TOPICS).flatMap(topic => bounds.map(bound => [`${source} ${topic} ${bound}`, 0])),
    ),
  )
  const buckets = await prometheus.query('mood_positivity_ratio_bucket')
  // Prometheus writes bounds as OpenMetrics does ("1.0"), so they are compared as numbers.
  const bucketOf = ({ source, topic, le }: Record<string, string>) =>
    `${source} ${topic} ${le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)}`
  expect(Object.fromEntries(buckets.map(({ labels, value }) => [bucketOf(labels), value]))).toEqual({
    ...none,
    ...tallied(scored, ({ source, topics, score }) =>
      topics.flatMap(topic =>
        bounds.filter(bound => positivity(score) <= bound).map(bound => `${source} ${topic} ${bound}`),
      ),
    ),
  })
  for (const source of ['archive', 'push']) {
    for (const topic of Object.keys(TOPICS)) {
      const mine = scored.filter(post => post.source === source && post.topics.includes(topic))
      const sum = mine.reduce((total, { score }) => total + positivity(score), 0)
      const series = `{source="${source}", topic="${topic}", scorer="stated"}`
      expect(await prometheus.value(`mood_positivity_ratio_count${series}`)).toBe(mine.length)
      expect(await prometheus.value(`mood_positivity_ratio_sum${series}`)).toBeCloseTo(sum, 9)
    }
  }

  // The mean score, as the HELP text works it out, over what came while Prometheus was looking.
  const rates = ['sum', 'count'].map(
    part => `sum by (topic) (rate(mood_positivity_ratio_${part}{source="push"}[5m]))`,
  )
  const means = await prometheus.table(`2 * ${rates.join(' / ')} - 1`, 'topic')
  for (const topic of Object.keys(TOPICS))
    expect(means[topic]).toBeCloseTo(meanScore(after.filter(({ topics }) => topics.includes(topic))), 9)

  const hour = onTopic.filter(({ createdAt }) => createdAt < from + HOUR)
  expect(await prometheus.value('mood_window_end_timestamp_seconds')).toBe((from + HOUR) / 1000)
  expect(await prometheus.table('mood_window_posts', 'window', 'topic', 'sentiment')).toEqual(
    tallied(hour, ({ topics, score }) => topics.map(topic => `1h ${topic} ${sentimentOf(score)}`)),
  )
  const windowScores = await prometheus.table('mood_window_score', 'topic')
  for (const topic of Object.keys(TOPICS))
    expect(windowScores[topic]).toBeCloseTo(meanScore(hour.filter(({ topics }) => topics.includes(topic))), 9)

  const withTerm = onTopic.filter(({ hashtag }) => !hashtag.startsWith('#rare'))
  const terms = tallied(withTerm, ({ topics, hashtag }) => topics.map(topic => `2h ${topic} ${hashtag}`))
  await prometheus.until(
    'sum(mood_top_term_posts)',
    withTerm.reduce((sum, { topics }) => sum + topics.length, 0),
  )
  expect(await prometheus.table('mood_top_term_posts', 'window', 'topic', 'term')).toEqual(terms)
  for (const [key, score] of Object.entries(await prometheus.table('mood_top_term_score', 'topic', 'term'))) {
    const [topic, term] = key.split(' ') as [string, string]
    const using = withTerm.filter(({ topics, hashtag }) => topics.includes(topic) && hashtag === term)
    expect(score, key).toBeCloseTo(meanScore(using), 9)
  }
  expect(await prometheus.table('mood_top_term_scored_posts', 'topic', 'term')).toEqual(
    tallied(
      withTerm.filter(({ score }) => score !== null),
      ({ topics, hashtag }) => topics.map(topic => `${topic} ${hashtag}`),
    ),
  )
  expect(await prometheus.value('sum(mood_top_terms_error_posts)')).toBe(0)

  const seen = (await prometheus.exemplars('mood_positivity_ratio_bucket')).flatMap(
    ({ exemplars }) => exemplars,
  )
  expect(seen.length).toBeGreaterThan(0)
  for (const { labels, value } of seen) {
    const post = scored.find(({ url }) => url === labels.url)
    expect(Number(value), `the exemplar ${JSON.stringify(labels)}`).toBe(positivity(post?.score ?? null))
  }

  await prometheus.until('count_over_time(up[1m]) >= bool 5', 1)
  expect(await prometheus.value('min_over_time(up[1m])')).toBe(1)
  for (const { asked, status, answered } of recorder.exchanges) {
    expect(status).toBe(200)
    expect(asked.accept).toContain('application/openmetrics-text')
    expect(answered['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(answered['content-encoding']).toBe('gzip')
  }
})

test('promtool has nothing to say against the metrics of the demo', async context => {
  const promtool = tool(context, 'promtool')
  await using exporter = await startExporter({ sources: [{ use: 'demo', count: 2000, rate: 2000 }] })
  await exporter.until(
    samples =>
      samples.sum('mood_source_records_total') === 2000 && samples.all('mood_top_term_posts').length > 0,
  )
  const metrics = await (await fetch(`${exporter.url}/metrics`)).text()
  const said = await new Promise<string>(resolve => {
    const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}${error?.code ?? ''}`),
    )
    child.stdin?.end(metrics)
  })
  expect(said).toBe('')
})
