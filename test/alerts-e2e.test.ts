import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Notification, startAlertmanager, Webhook } from '../tools/stack/alertmanager.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { pastLike } from './support/past.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** How people write about it on a usual day: one post in five is negative. */
const USUAL = [
  'I hate my galaxy s26',
  'I love my galaxy s26',
  'what a wonderful galaxy s26',
  'my galaxy s26 is here',
  'the galaxy s26 has a screen',
]
const NEGATIVE = ['the galaxy s26 is terrible, I hate it #fire']

let id = 0

const push = (exporter: RunningExporter, texts: readonly string[], count: number) =>
  exporter.push(
    Array.from({ length: count }, () =>
      JSON.stringify({ id: String(++id), text: texts[id % texts.length], createdAt: Date.now(), lang: 'en' }),
    ),
  )

/** The shipped rules of topics, but that an alert ends ten seconds after its reason: a test cannot wait for minutes. */
async function impatientRules(folder: string): Promise<string> {
  const shipped = await readFile(join(root, 'prometheus/rules/topics.yml'), 'utf8')
  const changed = shipped.replaceAll(/keep_firing_for: \d+m/g, 'keep_firing_for: 10s')
  expect(changed).not.toBe(shipped)
  const path = join(folder, 'topics.yml')
  await writeFile(path, changed)
  return path
}

const isAbout =
  (alertname: string, status: 'firing' | 'resolved') =>
  ({ alerts }: Notification): boolean =>
    alerts.some(alert => alert.labels.alertname === alertname && alert.status === status)

test('an incident in posts reaches a webhook through Prometheus and Alertmanager, and so does its end', async context => {
  const prometheusBinary = tool(context, 'prometheus')
  const promtool = tool(context, 'promtool')
  const alertmanagerBinary = tool(context, 'alertmanager')
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-alerts-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const rules = [await impatientRules(folder), join(root, 'prometheus/rules/exporter.yml')]
  const recorded = rules.map(async path => [...(await readFile(path, 'utf8')).matchAll(/record: (\S+)/g)])
  const names = new Set((await Promise.all(recorded)).flat().map(([, name]) => name as string))

  await using webhook = await Webhook.listening()
  const shipped = parse(await readFile(join(root, 'alertmanager/alertmanager.yml'), 'utf8'))
  shipped.receivers[0].webhook_configs = [{ url: webhook.url }]
  await using alertmanager = await startAlertmanager(alertmanagerBinary, stringify(shipped))
  await using exporter = await startExporter({
    sources: [{ use: 'http', listen: '127.0.0.1:0' }],
    topics: { galaxy: ['galaxy s26'], off: { any: ['galaxy s26'], alert: 'off' } },
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags', windows: [{ size: '5m', slide: '1s' }] }],
  })
  const target = new URL(exporter.url).host
  const scraping = { job: 'mood-exporter', rules }

  await push(exporter, USUAL, 5)
  const data = await (async () => {
    await using early = await startPrometheus(prometheusBinary, [target], scraping)
    await early.until('sum(mood_posts_total)', 10)
    await push(exporter, USUAL, 1000)
    // On a busy machine Prometheus may leave out an evaluation, and half of them with it: enough to know what is usual.
    await early.until('sum(topic:mood_posts:increase2h{topic="galaxy"}) > bool 300', 1, 40_000)
    return await pastLike(early, names, { promtool, folder })
  })()

  // A Prometheus that was away for a while finds an exporter that has counted meanwhile, and nothing to be said of it.
  const alertmanagers = [alertmanager.address]
  await using prometheus = await startPrometheus(prometheusBinary, [target], {
    ...scraping,
    data,
    alertmanagers,
  })
  await prometheus.until('count(topic:mood_posts:settled{topic="galaxy", sentiment="negative"})', 1)
  await prometheus.until('count_over_time(up[1m]) >= bool 3', 1)
  expect(webhook.notifications).toEqual([])

  await push(exporter, NEGATIVE, 300)
  const notification = await webhook.received(isAbout('MoodTurnsNegative', 'firing'), 60_000)
  expect(notification.status).toBe('firing')
  expect(notification.groupLabels).toEqual({ topic: 'galaxy' })
  expect(notification.alerts).toHaveLength(1)
  expect(notification.alerts[0]?.labels).toMatchObject({
    topic: 'galaxy',
    scorer: 'afinn',
    severity: 'warning',
  })
  const { summary, description, dashboard_url } = notification.alerts[0]?.annotations ?? {}
  expect(summary).toBe('The mood about galaxy turns negative')
  expect(description).toMatch(
    /^\d+% of \d+ posts in (1|5|15)m are negative \(usually 2\d%\), scorer afinn\. Terms that rose most: #fire \(\+300\)$/,
  )
  expect(dashboard_url).toMatch(/^http:\/\/localhost:3000\/d\/mood\?var-topic=galaxy&from=\d{13}&to=\d{13}$/)

  // Enough usual posts that the share is usual in every window.
  for (let batch = 0; batch < 10; batch++) await push(exporter, USUAL, 1000)
  const ended = await webhook.received(isAbout('MoodTurnsNegative', 'resolved'), 120_000)
  expect(ended.status).toBe('resolved')
  expect(ended.alerts.map(({ labels }) => labels.topic)).toEqual(['galaxy'])
  // Of the other topic, which had the same posts, nothing was ever said.
  expect(
    webhook.notifications.flatMap(({ alerts }) => alerts).map(({ labels }) => labels.topic),
  ).not.toContain('off')
}, 240_000)
