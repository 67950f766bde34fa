/** A day of lists through `poll`, with what goes wrong in a day, against figures worked out by hand. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RankingEvent } from '../src/plugin/events/ranking.ts'
import type { ReportEvent } from '../src/plugin/events/report.ts'
import type { Status } from '../src/runtime/view.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'
import { ROOT, run } from './support/package.ts'
import { STATED_SCORER } from './support/posts.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A list every ten minutes over a day. */
const SLOTS = 144
const SLOT = 10 * MINUTE

/** One answer that is none. */
const BROKEN = 60

/** The first hour of a day in Korea as its page shows it. */
const MIDNIGHT = '오전 12:'

/** Slots of the two hours in which the service was not reached: of two places, one that leaves midnight. */
function gapOf(latest: number): { from: number; to: number } {
  const holdsMidnight = (from: number) =>
    Array.from({ length: 12 }, (_, index) => latest - (SLOTS - 1 - from - index) * SLOT).some(at =>
      koreanTime(at).includes(MIDNIGHT),
    )
  const from = holdsMidnight(30) ? 10 : 30
  return { from, to: from + 11 }
}

/** The terms of a slot with their ranks. */
const termsOf = (slot: number): [term: string, rank: number][] => [
  ['alpha', slot < 72 ? 1 : 2],
  ['beta', slot < 72 ? 2 : 1],
  ...(slot % 2 === 0 ? [['gamma', 3] as [string, number]] : []),
  ...(slot >= 141 ? [['delta', 4] as [string, number]] : []),
]

/** A time as the page of the older pipeline shows it: twelve is the first hour of each half of the day. */
function koreanTime(at: number): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: 'Asia/Seoul',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h12',
  }).formatToParts(at)
  const part = (type: string) => parts.find(each => each.type === type)?.value ?? ''
  const half = part('dayPeriod') === 'AM' ? '오전' : '오후'
  return `${part('year')}. ${part('month')}. ${part('day')}. ${half} ${part('hour')}:${part('minute')}`
}

const csvOf = (at: number, terms: [term: string, rank: number][]) =>
  ['time,rank,title', ...terms.map(([term, rank]) => `${koreanTime(at)},${rank},${term}`), ''].join('\n')

/** What the service answers, page by page: two lists of the day before, then those of the day. */
function pagesOf(latest: number): string[] {
  const early = [latest - 30 * HOUR, latest - 30 * HOUR + SLOT].map(at =>
    csvOf(at, [
      ['alpha', 1],
      ['beta', 2],
    ]),
  )
  const gap = gapOf(latest)
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot).filter(
    slot => slot < gap.from || slot > gap.to,
  )
  const day = slots.map(slot =>
    slot === BROKEN
      ? '<!doctype html><title>Maintenance</title>'
      : csvOf(latest - (SLOTS - 1 - slot) * SLOT, termsOf(slot)),
  )
  return [...early, ...day]
}

/** Where the service fails once, in the middle of a poll, which is then made again from its first page. */
const FAILS_AT = 100

/** A service with these pages, each with a link to the next. */
async function serving(pages: readonly string[]) {
  let hasFailed = false
  const server = createServer(({ url = '', headers }, response) => {
    const page = Number(new URL(url, 'http://x').searchParams.get('page') ?? 0)
    if (page === FAILS_AT && !hasFailed) {
      hasFailed = true
      response.writeHead(503).end('busy')
      return
    }
    if (page + 1 < pages.length)
      response.setHeader('link', `<http://${headers.host}/?page=${page + 1}>; rel="next"`)
    response.setHeader('content-type', 'text/csv; charset=utf-8')
    response.end(pages[page])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Values of a metric by term. */
const byTerm = (samples: Samples, name: string, labels: Record<string, string> = {}) =>
  Object.fromEntries(samples.all(name, labels).map(({ labels: { term }, value }) => [term, value]))

const snapshots = (samples: Samples, result: string) =>
  samples.sum('mood_ranking_snapshots_total', { source: 'crawler', result })

/** What there is to see of the day, whenever one looks within ten minutes of its end. */
function expectTheDay(samples: Samples, latest: number): void {
  // 144 slots, 12 of them in the gap, one broken.
  expect(samples.sum('mood_ranking_window_snapshots', { window: '1d' })).toBe(131)
  expect(samples.sum('mood_ranking_window_snapshots', { window: '1h' })).toBe(6)
  // gamma: of 72 even slots 6 lie in the gap, and the broken one is even.
  expect(byTerm(samples, 'mood_ranking_share_ratio', { window: '1d' })).toEqual({
    alpha: 1,
    beta: 1,
    gamma: 65 / 131,
    delta: 3 / 131,
  })
  // Of the first 72 slots 59 are there, and all of the last 72.
  const meanRanks = byTerm(samples, 'mood_ranking_mean_rank', { window: '1d' })
  expect(meanRanks).toEqual({ alpha: 203 / 131, beta: 190 / 131, gamma: 3, delta: 4 })
  expect(byTerm(samples, 'mood_ranking_share_ratio', { window: '1h' })).toEqual({
    alpha: 1,
    beta: 1,
    gamma: 0.5,
    delta: 0.5,
  })
  expect(byTerm(samples, 'mood_ranking_mean_rank', { window: '1h' })).toEqual({
    alpha: 2,
    beta: 1,
    gamma: 3,
    delta: 4,
  })
  // The last slot is odd.
  expect(byTerm(samples, 'mood_ranking_rank')).toEqual({ beta: 1, alpha: 2, delta: 4 })
  expect(byTerm(samples, 'mood_ranking_first_seen_timestamp_seconds')).toEqual({
    beta: (latest - 143 * SLOT) / 1000,
    alpha: (latest - 143 * SLOT) / 1000,
    delta: (latest - 2 * SLOT) / 1000,
  })
  // gamma in the first slot, and delta.
  expect(samples.sum('mood_ranking_new_terms_total')).toBe(2)
  expect(samples.sum('mood_ranking_list_timestamp_seconds')).toBe(latest / 1000)
  expect(samples.sum('mood_ranking_interval_seconds')).toBe(600)
  expect(samples.sum('mood_ranking_topic_terms', { topic: 'first' })).toBe(1)
}

test('a day of lists: a fetch that is repeated, a gap, midnight, a changed shape and a kill', {
  timeout: 480_000,
}, async () => {
  const latest = Math.floor(Date.now() / SLOT) * SLOT
  const pages = pagesOf(latest)
  expect(pages).toHaveLength(134)
  expect(pages.filter(page => page.includes(MIDNIGHT)).length).toBeGreaterThan(0)
  const config = {
    sources: [
      {
        name: 'crawler',
        use: 'poll',
        url: await serving(pages),
        every: '1h',
        pages: { link: 'next', max: 1000 },
        backoff: { initial: '50ms' },
        format: {
          use: 'ranking',
          type: 'csv',
          term: 'title',
          rank: 'rank',
          time: 'time',
          time_zone: 'Asia/Seoul',
        },
      },
      { use: 'http', listen: '127.0.0.1:0', format: 'post' },
    ],
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
  await using first = await startExporter(config, { files })
  const samples = await first.until(seen => snapshots(seen, 'counted') >= 133, 120_000)
  expectTheDay(samples, latest)
  // 100 pages had come when the service failed, one of them broken.
  expect(snapshots(samples, 'repeated')).toBe(99)
  expect(samples.sum('mood_posts_dropped_total', { source: 'crawler', reason: 'invalid' })).toBe(2)
  expect(samples.sum('mood_source_posts_total', { source: 'crawler' })).toBe(0)

  // What is not in the list is of no topic; `alpha` is of two.
  const post = (text: string) => JSON.stringify({ text, createdAt: new Date() })
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
  await using second = await startExporter(config, { files, args, folder: first.folder })
  const again = await second.until(seen => snapshots(seen, 'repeated') >= 99 + 133, 120_000)
  expect(snapshots(again, 'counted')).toBe(133)
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
    run(process.execPath, [bin, 'report', '--now', '--format', format], first.folder)
  const { rankings, topics } = JSON.parse((await report('json')).stdout) as ReportEvent
  expect(topics).toMatchObject([{ topic: 'trending', total: 4 }])
  expect(rankings).toEqual([
    {
      source: 'crawler',
      snapshots: 131,
      items: [
        { term: 'beta', share: 1, meanRank: 190 / 131, isNew: false },
        { term: 'alpha', share: 1, meanRank: 203 / 131, isNew: false },
        // Not in the two lists of the day before.
        { term: 'gamma', share: 65 / 131, meanRank: 3, isNew: true },
        { term: 'delta', share: 3 / 131, meanRank: 4, isNew: true },
      ],
    },
  ])
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
