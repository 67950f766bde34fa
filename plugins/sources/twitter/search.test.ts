import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { firstIdAt } from './snowflake.ts'
import { NOVA, posts, quick, running, STAR, type Where } from './testing-twitter.ts'
import { LocalX, SEARCH } from './testing-x.ts'

const START = Date.UTC(2026, 10, 27, 12)
const SECOND = 1000
const MINUTE = 60_000

// Only tests move the clock, so that it is known which second is asked for.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START }))
afterEach(() => void vi.useRealTimers())

type Options = Parameters<typeof running>[1]

const searching = (x: LocalX, options: Options = {}, where: Where = {}) =>
  running(x, { mode: 'search', every: '1m', ...options }, where)

type Running = Awaited<ReturnType<typeof searching>>

/** Until this number of polls has been handed over. */
const polled = ({ emitter }: Running, polls: number) =>
  emitter.until(({ positions }) => positions.length >= polls)

/** Until the condition holds, whatever the clock says. */
async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not so within 10 s: ${condition}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** A minute later, when the next poll is due and has been handed over. */
async function minuteLater(twitter: Running): Promise<void> {
  const { length } = twitter.emitter.positions
  await vi.advanceTimersByTimeAsync(MINUTE)
  await polled(twitter, length + 1)
}

test('each poll takes what was written since the one before, in the order in which it was written', async () => {
  const x = await LocalX.start()
  x.post('nova long ago', {}, START - 2 * MINUTE)
  x.post('nova 2', {}, START - 31 * SECOND)
  x.post('nova 1', {}, START - 40 * SECOND)
  x.post('nova just now', {}, START - 10 * SECOND)
  const twitter = await searching(x)
  await polled(twitter, 1)
  expect(posts(twitter)).toEqual([
    ['nova 1', 'nova'],
    ['nova 2', 'nova'],
  ])
  await minuteLater(twitter)
  expect(posts(twitter).slice(2)).toEqual([['nova just now', 'nova']])
  expect(twitter.emitter.positions).toEqual([{ until: START - 30 * SECOND }, { until: START + 30 * SECOND }])
  expect(twitter.metrics.value('posts_read')).toBe(3)
})

test('no post is read twice or missed between polls, wherever in a second it was written', async () => {
  const x = await LocalX.start()
  const written: string[] = []
  for (let ms = -100 * SECOND; ms < 4 * MINUTE; ms += 333)
    written.push(x.post(`nova ${ms}`, {}, START + ms).text)
  // The first that can be written in a second has the first id of it.
  const first = START + 30 * SECOND
  written.push(x.post(`nova ${30 * SECOND}`, { id: `${firstIdAt(first)}` }, first).text)
  written.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)))
  const twitter = await searching(x)
  await polled(twitter, 1)
  for (let minute = 0; minute < 4; minute++) await minuteLater(twitter)
  const read = posts(twitter).map(([text]) => text)
  const due = written.filter(text => {
    const ms = Number(text.slice(5))
    return ms >= -1.5 * MINUTE && ms < 3.5 * MINUTE
  })
  expect(read).toEqual(due)
})

test('pages are followed, and each topic asked for by a query of its own', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 250; i++) x.post(`nova and a star ${i}`, {}, START - 31 * SECOND - i)
  x.post('the star', {}, START - 50 * SECOND)
  const twitter = await searching(x)
  await polled(twitter, 1)
  expect(twitter.emitter.texts).toHaveLength(251)
  expect(posts(twitter)[0]).toEqual(['the star', 'star'])
  // A post that two queries find is one, with both topics.
  expect(
    posts(twitter)
      .slice(1)
      .every(([, ...topics]) => topics.join() === 'nova,star'),
  ).toBe(true)
  expect(x.requestsFor(SEARCH)).toHaveLength(6)
  expect(new Set(x.requestsFor(SEARCH).map(({ query }) => query.get('query')))).toEqual(
    new Set(['(nova OR "galaxy s26" OR #galaxys26)', '(별 OR star) -movie']),
  )
})

test('a restart continues where the position says, and what X no longer has is counted as lost', async () => {
  const x = await LocalX.start()
  x.post('nova while away', {}, START - 10 * MINUTE)
  const twitter = await searching(x, {}, { position: { until: START - 20 * MINUTE } })
  await polled(twitter, 1)
  expect(posts(twitter)).toEqual([['nova while away', 'nova']])
  expect(twitter.emitter.gaps).toEqual([{ result: 'filled', ms: 20 * MINUTE - 30 * SECOND }])

  const late = await searching(x, {}, { position: { until: START - 8 * 24 * 60 * MINUTE } })
  await polled(late, 1)
  expect(late.emitter.gaps[0]?.result).toBe('lost')
  expect(late.emitter.gaps[0]?.ms).toBeGreaterThan(24 * 60 * MINUTE)
})

test('a poll that fails midway continues there, and reads nothing twice', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 150; i++) x.post(`nova ${i}`, {}, START - 31 * SECOND - i)
  const twitter = await searching(x, {}, { topics: [NOVA] })
  x.answerNext(SEARCH, { status: 503 })
  await vi.advanceTimersByTimeAsync(0)
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  x.answerNext(SEARCH)
  await vi.advanceTimersByTimeAsync(50)
  await polled(twitter, 1)
  expect(twitter.emitter.texts).toHaveLength(150)
  expect(twitter.metrics.value('posts_read')).toBe(150)
  expect(twitter.emitter.ups).toBe(1)
})

test('it keeps within the rate limit by itself', async () => {
  const x = await LocalX.start()
  x.limits.set(SEARCH, 3)
  for (let i = 0; i < 450; i++) x.post(`nova ${i}`, {}, START - 31 * SECOND - i)
  const twitter = await searching(x, {}, { topics: [NOVA] })
  await eventually(() => twitter.logged.some(({ message }) => message === 'waiting for the rate limit'))
  expect(twitter.emitter.allowances.get('search')).toBe(0)
  await vi.advanceTimersByTimeAsync(14 * MINUTE)
  expect(x.requestsFor(SEARCH)).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(2 * MINUTE)
  await polled(twitter, 1)
  expect(twitter.emitter.texts).toHaveLength(450)
  expect(twitter.emitter.downs).toEqual([])
})

test('a query that X rejects is named with its topic, and the others are sent', async () => {
  const x = await LocalX.start()
  x.post('a star', {}, START - 40 * SECOND)
  const twitter = await searching(x, { rules: { nova: 'nova unknown:field' } })
  await polled(twitter, 1)
  await minuteLater(twitter)
  expect(posts(twitter)).toEqual([['a star', 'star']])
  const [error] = twitter.logged.filter(({ level }) => level === 'error')
  expect(error?.message).toMatch(/^X is not asked for the topic "nova": it answered 400: Invalid Request/)
  expect(x.requestsFor(SEARCH).filter(({ query }) => query.get('query')?.startsWith('nova'))).toHaveLength(1)
})

test('new topics are asked for from the next poll on', async () => {
  const x = await LocalX.start()
  const twitter = await searching(x, {}, { topics: [NOVA] })
  await polled(twitter, 1)
  await twitter.source.topics?.([STAR])
  x.post('a star and a nova', {}, START)
  await minuteLater(twitter)
  expect(posts(twitter)).toEqual([['a star and a nova', 'star']])
})

test('requests no page beyond the budget, and continues in the next period', async () => {
  vi.setSystemTime(Date.UTC(2026, 10, 27, 23, 57))
  const now = Date.now()
  const x = await LocalX.start()
  for (let i = 0; i < 100; i++) x.post(`nova ${i}`, {}, now - 31 * SECOND - i)
  const twitter = await searching(x, { budget: { posts_per_day: 45 } }, { topics: [NOVA] })
  await polled(twitter, 1)
  // The newest, and none beyond the budget; what is older is a gap.
  expect(twitter.emitter.texts).toHaveLength(45)
  expect(x.delivered).toBe(45)
  expect(twitter.emitter.gaps).toMatchObject([{ result: 'lost' }])
  await vi.advanceTimersByTimeAsync(MINUTE)
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  expect(twitter.emitter.downs[0]).toBe('the budget is used up; it reads again at 2026-11-28T00:00:00.000Z')
  x.post('nova of the new day', {}, Date.UTC(2026, 10, 27, 23, 59, 20))
  await vi.advanceTimersByTimeAsync(5 * MINUTE)
  await polled(twitter, 2)
  expect(posts(twitter).at(-1)).toEqual(['nova of the new day', 'nova'])
})

test('with less left than the smallest page the budget is used up', async () => {
  const late = START + 11 * 60 * MINUTE
  vi.setSystemTime(late)
  const x = await LocalX.start()
  for (let i = 0; i < 100; i++) x.post(`nova ${i}`, {}, late - 31 * SECOND - i)
  const twitter = await searching(x, { budget: { posts_per_day: 105 } }, { topics: [NOVA] })
  await polled(twitter, 1)
  await vi.advanceTimersByTimeAsync(MINUTE)
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  expect(twitter.emitter.outages).toEqual(['slow_down'])
  expect(x.requestsFor(SEARCH).map(({ query }) => query.get('max_results'))).toEqual(['100'])
})

test('a day that would be used up too early is read at the pace that its budget allows', async () => {
  const x = await LocalX.start()
  // Three posts a second, if the budget is for one in a minute and a quarter of a day more.
  for (let ms = -60 * SECOND; ms < 7 * MINUTE; ms += 333) x.post(`nova ${ms}`, {}, START + ms)
  const twitter = await searching(x, { budget: { posts_per_day: 1440 } }, { topics: [NOVA] })
  await polled(twitter, 1)
  for (let minute = 0; minute < 5; minute++) await minuteLater(twitter)
  expect(twitter.emitter.gaps).toEqual([])
  // Half a day and a quarter are 1080: the newest of the next minute are read, and the others left out.
  await minuteLater(twitter)
  expect(x.delivered).toBeGreaterThan(1070)
  expect(x.delivered).toBeLessThanOrEqual(1080 + 6)
  expect(twitter.emitter.gaps).toMatchObject([{ result: 'lost' }])
  // Ten more, which is the smallest page, are there in ten minutes.
  await vi.advanceTimersByTimeAsync(5 * MINUTE)
  expect(twitter.emitter.positions).toHaveLength(7)
  await vi.advanceTimersByTimeAsync(7 * MINUTE)
  await polled(twitter, 8)
  expect(x.delivered).toBeLessThanOrEqual(1080 + 18)
  expect(twitter.emitter.downs).toEqual([])
})

test('it stops at once, between two polls and within one', async () => {
  const x = await LocalX.start()
  const first = await searching(x)
  await polled(first, 1)
  await first.stop()
  x.answerNext(SEARCH, { status: 0 })
  const second = await searching(x, {}, { policy: quick })
  const before = x.requestsFor(SEARCH).length
  await x.until(x => x.requestsFor(SEARCH).length > before)
  await second.stop()
})
