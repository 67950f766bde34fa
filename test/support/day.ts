/** A day of lists of a service, with what goes wrong in a day, and the figures that come of it, worked out by hand. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import type { Samples } from '../../tools/stack/samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A list every ten minutes over a day. */
const SLOTS = 144
export const SLOT = 10 * MINUTE

/** One answer that is none. */
const BROKEN = 60

/** The first hour of a day in Korea as its page shows it. */
export const MIDNIGHT = '오전 12:'

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

/** What the service answers, page by page: two lists of the day before, then those of the day that ends with `latest`. */
export function pagesOf(latest: number): string[] {
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

/** A source that reads these pages from a service on loopback, until the test has finished. */
export const crawlerOf = async (pages: readonly string[]) => ({
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
})

/** Snapshots of the day and of the day before: 134 pages, one of them broken. */
export const SNAPSHOTS = 133

/** Values of a metric by term. */
export const byTerm = (samples: Samples, name: string, labels: Record<string, string> = {}) =>
  Object.fromEntries(samples.all(name, labels).map(({ labels: { term }, value }) => [term, value]))

export const snapshots = (samples: Samples, result: string) =>
  samples.sum('mood_ranking_snapshots_total', { source: 'crawler', result })

/** What the day has of each term; of all lists, without those that are missing. */
export const OF_THE_DAY = [
  { term: 'beta', share: 1, meanRank: 190 / 131, isNew: false },
  { term: 'alpha', share: 1, meanRank: 203 / 131, isNew: false },
  // Not in the two lists of the day before.
  { term: 'gamma', share: 65 / 131, meanRank: 3, isNew: true },
  { term: 'delta', share: 3 / 131, meanRank: 4, isNew: true },
]

/** What there is to see of the day, whenever one looks within ten minutes of its end. */
export function expectTheDay(samples: Samples, latest: number): void {
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
