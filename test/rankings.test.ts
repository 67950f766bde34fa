/** A day of lists through `poll`, with what goes wrong in a day, against figures worked out by hand. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RankingEvent } from '../src/plugin/events/ranking.ts'
import type { ReportEvent } from '../src/plugin/events/report.ts'
import type { Status } from '../src/runtime/view.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'
import { clockAt } from './support/clock.ts'
import {
  byTerm,
  crawlerOf,
  expectTheDay,
  MIDNIGHT,
  OF_THE_DAY,
  pagesOf,
  SLOT,
  SNAPSHOTS,
  snapshots,
} from './support/day.ts'
import { ROOT, run } from './support/package.ts'
import { STATED_SCORER } from './support/posts.ts'

const MINUTE = 60_000

test('a day of lists: a fetch that is repeated, a gap, midnight, a changed shape and a kill', {
  timeout: 480_000,
}, async () => {
  // A minute after its end by the clock of the exporter, so that there are nine in which the day is as it was.
  const latest = Math.floor(Date.now() / SLOT) * SLOT
  const clock = clockAt(latest + MINUTE)
  const { env } = clock
  const pages = pagesOf(latest)
  expect(pages).toHaveLength(134)
  expect(pages.filter(page => page.includes(MIDNIGHT)).length).toBeGreaterThan(0)
  const config = {
    sources: [await crawlerOf(pages), { use: 'http', listen: '127.0.0.1:0', format: 'post' }],
    topics: { first: ['alpha'], trending: { from: 'crawler', top: 4 } },
    scorers: [{ use: './stated.ts' }],
    extractors: [{ use: 'trends', windows: [{ size: '1h' }] }],
    outputs: [{ use: 'file', path: './events.jsonl', events: ['rankings'] }],
    reports: [{ name: 'day', every: '1d', topics: ['trending'], few: 1 }],
    languages: { detect: false },
    log: { format: 'json' },
    // On a busy machine a thread may wait for its turn longer than a plugin usually takes.
    limits: { plugin_timeout: '30s' },
    workers: 1,
    state: { dir: 'state', interval: '100ms' },
  }
  const files = { 'stated.ts': STATED_SCORER }
  await using first = await startExporter(config, { files, env })
  const samples = await first.until(seen => snapshots(seen, 'counted') >= SNAPSHOTS, 120_000)
  expectTheDay(samples, latest)
  // 100 pages had come when the service failed, one of them broken.
  expect(snapshots(samples, 'repeated')).toBe(99)
  expect(samples.sum('mood_posts_dropped_total', { source: 'crawler', reason: 'invalid' })).toBe(2)
  expect(samples.sum('mood_source_posts_total', { source: 'crawler' })).toBe(0)

  // What is not in the list is of no topic; `alpha` is of two.
  const post = (text: string) => JSON.stringify({ text, createdAt: clock.now() })
  await first.push([post('delta [1]'), post('gamma [1]'), post('alpha [-1]')])
  const trending = (seen: Samples) => seen.sum('mood_posts_total', { topic: 'trending' })
  const posted = await first.until(seen => seen.sum('mood_source_posts_total', { source: 'http' }) === 3)
  expect(trending(posted)).toBe(2)
  expect(posted.sum('mood_posts_total', { topic: 'first' })).toBe(1)
  const terms = await first.until(seen => seen.all('mood_top_term_posts', { topic: 'trending' }).length === 2)
  expect(byTerm(terms, 'mood_top_term_score', { topic: 'trending' })).toEqual({ delta: 1, alpha: -1 })
  expect(posted.sum('mood_posts_dropped_total', { source: 'http', reason: 'off_topic' })).toBe(1)
  await first.stop('SIGKILL')

  // All pages are fetched again, and nothing is counted twice.
  const args = ['--web.enable-lifecycle']
  await using second = await startExporter(config, { files, env, args, folder: first.folder })
  const again = await second.until(seen => snapshots(seen, 'repeated') >= 99 + SNAPSHOTS, 120_000)
  expect(snapshots(again, 'counted')).toBe(SNAPSHOTS)
  expectTheDay(again, latest)
  await second.push([post('delta [1]')])
  await second.until(seen => trending(seen) === 3)

  // After a reload the topic has the first term only, at once.
  const shorter = { ...config, topics: { ...config.topics, trending: { from: 'crawler', top: 1 } } }
  await second.configure(shorter)
  expect((await fetch(`${second.url}/-/reload`, { method: 'POST' })).status).toBe(200)
  await second.push([post('delta [1]'), post('beta [1]')])
  const reloaded = await second.until(seen => seen.sum('mood_source_posts_total', { source: 'http' }) === 6)
  expect(trending(reloaded)).toBe(4)
  expect(reloaded.sum('mood_ranking_window_snapshots', { window: '1d' })).toBe(131)

  const path = join(first.folder, 'events.jsonl')
  await expect.poll(() => readFile(path, 'utf8'), { timeout: 60_000 }).toContain('"ranking/crawler/')
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  const events = lines.map(line => JSON.parse(line) as RankingEvent)
  expect(new Set(events.map(({ key }) => key))).toEqual(new Set([`ranking/crawler/${latest}`]))
  expect(events[0]?.items.map(({ rank, term }) => [rank, term])).toEqual([
    [1, 'beta'],
    [2, 'alpha'],
    [4, 'delta'],
  ])
  expect(events[0]?.windows).toMatchObject([
    { window: '1h', snapshots: 6 },
    {
      window: '1d',
      snapshots: 131,
      terms: [
        { term: 'beta', share: 1, meanRank: 190 / 131 },
        { term: 'alpha', share: 1, meanRank: 203 / 131 },
        { term: 'gamma', share: 65 / 131, meanRank: 3 },
        { term: 'delta', share: 3 / 131, meanRank: 4 },
      ],
    },
  ])

  const bin = `${ROOT}/bin/mood-exporter.mjs`
  const report = (format: string) =>
    run(process.execPath, [bin, 'report', '--now', '--format', format], first.folder, env)
  const { rankings, topics } = JSON.parse((await report('json')).stdout) as ReportEvent
  expect(topics).toMatchObject([{ topic: 'trending', total: 4 }])
  expect(rankings).toEqual([{ source: 'crawler', snapshots: 131, items: OF_THE_DAY }])
  const status = (await (await fetch(`${second.url}/api/v1/status`)).json()) as Status
  expect(status.rankings).toMatchObject([
    {
      source: 'crawler',
      windows: [
        { window: '1h', snapshots: 6 },
        { window: '1d', snapshots: 131 },
      ],
    },
  ])
  const shown = await run(process.execPath, [bin, 'state', 'show', 'state', '--json'], first.folder)
  expect(JSON.parse(shown.stdout).rankings).toEqual([{ source: 'crawler', snapshots: 133, latest }])
  expect((await report('text')).stdout).toContain(
    [
      'Trending: crawler (131 lists)',
      '1. beta: 100% of the time, mean rank 1.5',
      '2. alpha: 100% of the time, mean rank 1.5',
      '3. gamma: 50% of the time, mean rank 3, new',
      '4. delta: 2% of the time, mean rank 4, new',
    ].join('\n'),
  )
})
