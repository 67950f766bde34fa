import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { recordedMetrics } from '../grafana/check/known-metrics.ts'
import type { AlertingFile } from '../grafana/check/provisioning.ts'
import { asRegex } from '../grafana/fill.ts'
import {
  openVariables,
  type Query,
  queriesOf,
  readDashboards,
  unanswered,
} from '../tools/stack/dashboards.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { SCORER } from '../tools/stack/faulty-plugins.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { FAILING_SOURCE, UNSTEADY_SOURCE } from './support/faulty-sources.ts'
import { pastLike } from './support/past.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const RULES = join(root, 'prometheus/rules')
const EXAMPLE = join(root, 'grafana/provisioning/alerting/example.yml')
const JOB = 'mood-exporter'

/** The demo and plugins that fail, topics of which some have to be escaped, and too little room for everything. */
const CONFIG = {
  sources: [
    { use: 'demo', rate: 400 },
    { use: './unsteady.ts' },
    { use: './failing.ts' },
    { use: 'http', listen: '127.0.0.1:0', token: 'unknown-token' },
    {
      name: 'signal',
      use: 'file',
      path: './signal.jsonl',
      format: { use: 'ranking', items: '/list', term: '/word', count: '/hits', time: '/at' },
    },
  ],
  topics: {
    nova: ['nova phone', '노바폰'],
    'lumen.cafe': ['café lumen', 'cafe lumen', '루멘커피', '카페 루멘'],
    달빛골목: ['moonlit alley', '달빛골목'],
    starfarm: ['starfarm', '스타팜'],
    trending: { from: 'signal' },
  },
  scorers: [
    { use: 'afinn' },
    { use: 'emoji' },
    { use: 'emotions' },
    { use: './scorer.ts', name: 'throws', fault: 'throws' },
    { use: './scorer.ts', name: 'exits', fault: 'exits' },
  ],
  extractors: [
    { use: 'hashtags' },
    // More of them than limits.terms in every moment, so that some are always evicted.
    { use: 'words' },
    { use: 'mentions', windows: [{ size: '1m' }, { size: '1s', slide: '100ms' }] },
    { use: 'trends', windows: [{ size: '1h' }] },
  ],
  limits: { slices: 30, terms: 10, terms_per_post: 1, log_lines: 1 },
}

/** Alerts under names of ours that fire from the start, on each topic and on the exporter. */
const FIRING = {
  groups: [
    {
      name: 'firing',
      interval: '1s',
      rules: [
        { alert: 'MoodTurnsNegative', expr: 'group by (job, topic) (mood_window_posts)' },
        { alert: 'MoodSourceDown', expr: 'group by (job, source) (mood_source_up)' },
      ],
    },
  ],
}

/** Lists of the last twenty minutes, whose first terms the demo writes about. */
const lists = () =>
  [['starfarm'], ['nova phone', 'starfarm'], ['nova phone', 'café lumen']].map((words, i) =>
    JSON.stringify({
      at: new Date(Date.now() - (2 - i) * 600_000),
      list: words.map(word => ({ word, hits: 1000 })),
    }),
  )

const FILES = {
  'signal.jsonl': `${lists().join('\n')}\n`,
  'unsteady.ts': UNSTEADY_SOURCE,
  'failing.ts': FAILING_SOURCE,
  'scorer.ts': SCORER,
  'firing.yml': stringify(FIRING),
}

/** Choices that a dashboard offers at first, where nothing else is chosen. */
const FIRST_CHOICES: Record<string, Record<string, string>> = {
  'mood.json': {
    job: '.+',
    instance: '.+',
    topic: '.+',
    source: '.+',
    scorer: 'afinn',
    window: '1m',
    extractor: 'hashtags',
    term_window: '1m',
  },
  'brands.json': {
    job: '.+',
    instance: '.+',
    topic: '.+',
    panel: '.+',
    scorer: 'afinn',
    extractor: 'hashtags',
    term_window: '1m',
  },
  'trends.json': { job: '.+', instance: '.+', source: 'signal', window: '1h', term_window: '1h' },
  'runbook.json': {},
  'exporter.json': { job: '.+', instance: '.+', source: '.+' },
}

/** Sends requests that the exporter and its source reject, until it is stopped. */
async function knockInVain(exporter: RunningExporter, stopped: AbortSignal): Promise<void> {
  const { url } = await exporter.logged(
    ({ url }) => typeof url === 'string' && url.endsWith('/posts'),
    120_000,
  )
  while (!stopped.aborted) {
    await fetch(url as string, { method: 'POST', body: '{}' })
    await fetch(`${exporter.url}/nothing-here`)
    await sleep(500)
  }
}

/** Queries of the alert that Grafana is provisioned with. */
async function exampleQueries(): Promise<Query[]> {
  const { groups = [] } = parse(await readFile(EXAMPLE, 'utf8')) as AlertingFile
  const rules = groups.flatMap(({ rules = [] }) => rules)
  return rules.flatMap(({ uid, data = [] }) =>
    data.flatMap(({ refId, model }) =>
      model?.expr ? [{ where: `alert ${uid} ${refId}`, expr: model.expr, instant: true, step: 1 }] : [],
    ),
  )
}

test('every query of every dashboard returns data from a Prometheus that scrapes the exporter', {
  timeout: 600_000,
}, async context => {
  const [binary, promtool] = [tool(context, 'prometheus'), tool(context, 'promtool')]
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-dashboards-'))
  const stopped = new AbortController()
  await using exporter = await startExporter(CONFIG, { files: FILES })
  const knocking = knockInVain(exporter, stopped.signal)
  try {
    const targets = [new URL(exporter.url).host]
    const rules = await Promise.all(
      (await readdir(RULES)).map(async name => {
        // A test cannot wait for what is recorded every two minutes.
        const text = (await readFile(join(RULES, name), 'utf8')).replaceAll('interval: 2m', 'interval: 10s')
        const path = join(folder, name)
        await writeFile(path, text)
        return path
      }),
    )
    const early = await startPrometheus(binary, targets, { job: JOB, rules })
    await early.until('max(count_over_time(topic:mood_score:mean1m[1m])) >= bool 2', 1, 150_000)
    // Of every topic: what is not there yet, or is 0, has no past to compare with either.
    const recorded = 'topic:mood_posts:last1d{scorer="afinn", sentiment=~"positive|negative"} > 0'
    const ofTopics = `min(count by (sentiment) (count by (topic, sentiment) (${recorded})))`
    await early.until(ofTopics, Object.keys(CONFIG.topics).length, 150_000)
    const data = await pastLike(early, new Set(recordedMetrics(root)), { promtool, folder })
    await early[Symbol.asyncDispose]()

    await using prometheus = await startPrometheus(binary, targets, {
      job: JOB,
      rules: [...rules, join(exporter.folder, 'firing.yml')],
      data,
    })
    await prometheus.until('count(mood_top_term_posts) > bool 0', 1, 60_000)
    await prometheus.until('count(mood_window_posts{window="1m"}) > bool 0', 1, 90_000)
    const dashboards = await readDashboards(root)
    expect([...dashboards.keys()].sort()).toEqual(Object.keys(FIRST_CHOICES).sort())

    const queries = await exampleQueries()
    for (const [name, dashboard] of dashboards) {
      const { values, options } = await openVariables(dashboard, prometheus)
      expect(values, name).toEqual(FIRST_CHOICES[name])
      for (const [variable, offered] of options) expect(offered, `${name} ${variable}`).not.toEqual([])
      queries.push(...queriesOf(name, dashboard, values))
      for (const topic of options.get('topic') ?? [])
        queries.push(...queriesOf(`${name} of ${topic},`, dashboard, { ...values, topic: asRegex(topic) }))
    }
    expect(await unanswered(queries, prometheus, 150_000)).toEqual([])
  } finally {
    stopped.abort()
    await knocking
    await rm(folder, { recursive: true })
  }
})
