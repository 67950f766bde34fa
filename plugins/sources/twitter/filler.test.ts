import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Gaps, StreamWriter } from './stream-writer.ts'
import { connected, NOVA, posts, running, STAR, type Where } from './testing-twitter.ts'
import { LocalX, SEARCH, STREAM } from './testing-x.ts'

const START = Date.UTC(2026, 10, 27, 12)
const SECOND = 1000
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

// Only tests move the clock, so that it is known how long the stream was not open.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START }))
afterEach(() => void vi.useRealTimers())

type Options = Parameters<typeof running>[1]

const streaming = (x: LocalX, options: Options = {}, where: Where = {}) =>
  running(x, { fill_gaps: true, silence: '1h', ...options }, where)

type Running = Awaited<ReturnType<typeof streaming>>

/** A restart after the stream was read up to a time before now. */
const restarted = (x: LocalX, ago: number, options: Options = {}, more: object = {}, where: Where = {}) =>
  streaming(x, options, { position: { at: Date.now() - ago, ...more }, ...where })

/** Moves the clock, wait by wait, until the condition holds. */
async function moving({ emitter }: Running, condition: (emitter: Running['emitter']) => boolean) {
  const deadline = performance.now() + 60_000
  while (!condition(emitter)) {
    if (performance.now() > deadline) throw new Error(`not so within a minute: ${condition}`)
    await vi.advanceTimersByTimeAsync(SECOND)
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Cuts the stream for a while, as the clock has it, and returns once it is open again. */
async function cutFor(x: LocalX, twitter: Running, ms: number, meanwhile: () => void): Promise<void> {
  const ups = twitter.emitter.ups
  const downs = twitter.emitter.downs.length
  // The attempts until then are refused.
  x.limits.set(STREAM, 10_000)
  x.isDown = true
  x.cut()
  await twitter.emitter.until(emitter => emitter.downs.length > downs)
  meanwhile()
  await vi.advanceTimersByTimeAsync(ms)
  x.isDown = false
  await moving(twitter, emitter => emitter.ups > ups)
  await x.until(({ connections }) => connections === 1)
}

test('what was written while the stream was cut is read by recent search, each post once', async () => {
  const x = await LocalX.start()
  const twitter = await streaming(x)
  await connected(x, twitter)
  x.post('nova before')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  await cutFor(x, twitter, 5 * SECOND, () => {
    x.post('nova in the gap', {}, START + SECOND)
    x.post('a star and a nova in the gap', {}, START + 2 * SECOND)
    x.post('nothing of it', {}, START + 2 * SECOND)
  })
  x.post('nova after')
  await twitter.emitter.until(({ texts }) => texts.length === 2)
  expect(twitter.emitter.gaps).toEqual([])
  expect(x.requestsFor(SEARCH)).toEqual([])
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(posts(twitter)).toEqual([
    ['nova before', 'nova'],
    ['nova after', 'nova'],
    ['nova in the gap', 'nova'],
    ['a star and a nova in the gap', 'nova', 'star'],
  ])
  expect(twitter.emitter.gaps).toEqual([{ result: 'filled', ms: expect.any(Number) }])
  expect(twitter.emitter.gaps[0]?.ms).toBeGreaterThanOrEqual(5 * SECOND)
  expect(twitter.metrics.value('filled_posts')).toBe(2)
  // Found again, as posts may be under way when a stream is cut, and not counted again: X charges once a day.
  expect(twitter.metrics.value('volume_posts', { topic: 'nova' })).toBe(4)
  expect(twitter.emitter.positions.at(-1)).toEqual({ at: expect.any(Number) })
})

test('a restart fills the time since the committed position, page by page, with one query for each topic', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 250; i++) x.post(`nova ${i}`, {}, START - MINUTE - i * SECOND)
  x.post('nova, counted before the restart', {}, START - 61 * MINUTE)
  const twitter = await restarted(x, 60 * MINUTE)
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.gaps).toEqual([{ result: 'filled', ms: expect.any(Number) }])
  const texts = posts(twitter).map(([text]) => text)
  expect(texts).toEqual(Array.from({ length: 250 }, (_, i) => `nova ${249 - i}`))
  const asked = x.requestsFor(SEARCH).map(({ query }) => query.get('query'))
  expect(asked.filter(query => query?.includes('nova'))).toHaveLength(3)
  expect(asked.filter(query => query?.includes('star'))).toHaveLength(1)
  expect(twitter.emitter.downs).toEqual([])
})

test('a gap that is not filled yet is part of the position, and a restart fills it', async () => {
  const x = await LocalX.start()
  x.post('nova in the gap', {}, START - 2 * MINUTE)
  const twitter = await restarted(x, 5 * MINUTE)
  await connected(x, twitter)
  x.post('nova live')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  const position = twitter.emitter.positions.at(-1)
  expect(position).toEqual({
    at: START,
    gaps: [[START - 5 * MINUTE - 10 * SECOND, START, 5 * MINUTE]],
  })
  await twitter.stop()
  await x.until(({ connections }) => connections === 0)
  const again = await streaming(x, {}, { ...(position === undefined ? {} : { position }) })
  await connected(x, again)
  await moving(again, ({ gaps }) => gaps.length >= 1)
  expect(posts(again)).toContainEqual(['nova in the gap', 'nova'])
  expect(again.emitter.gaps.every(({ result }) => result === 'filled')).toBe(true)
})

test('fills the last seven days, and counts the rest as lost', async () => {
  const x = await LocalX.start()
  x.post('nova within reach', {}, START - 6 * DAY)
  x.post('nova too long ago', {}, START - 7.5 * DAY)
  const twitter = await restarted(x, 8 * DAY)
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 2)
  expect(posts(twitter)).toEqual([['nova within reach', 'nova']])
  const [lost, filled] = twitter.emitter.gaps
  expect([lost?.result, filled?.result]).toEqual(['lost', 'filled'])
  expect(lost?.ms).toBeGreaterThan(DAY)
  expect(lost?.ms).toBeLessThan(1.1 * DAY)
  expect((lost?.ms ?? 0) + (filled?.ms ?? 0)).toBe(8 * DAY)
})

test('reads at most the allowed posts of a gap, the newest, and counts the rest as lost', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 100; i++) x.post(`nova ${i}`, {}, START - MINUTE - i * SECOND)
  const twitter = await restarted(x, 60 * MINUTE, { gap_posts: 30 }, {}, { topics: [NOVA] })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 2)
  expect(x.delivered).toBe(30)
  expect(posts(twitter).map(([text]) => text)).toEqual(Array.from({ length: 30 }, (_, i) => `nova ${29 - i}`))
  const [lost, filled] = twitter.emitter.gaps
  expect(lost?.result).toBe('lost')
  expect(lost?.ms).toBeGreaterThan(58 * MINUTE)
  expect(filled?.result).toBe('filled')
})

test('a gap is filled within the pace of the budget only', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 100; i++) x.post(`nova ${i}`, {}, START - MINUTE - i * SECOND)
  // Half of a day has passed, and a quarter of the limit may be read ahead: 45 posts.
  const twitter = await restarted(x, 60 * MINUTE, { budget: { posts_per_day: 60 } }, {}, { topics: [NOVA] })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 2)
  expect(x.delivered).toBe(45)
  expect(twitter.emitter.gaps[0]?.result).toBe('lost')
})

test('a time in which the budget was used up is not filled, nor after a restart', async () => {
  const x = await LocalX.start()
  vi.setSystemTime(Date.UTC(2026, 10, 27, 23, 59))
  const twitter = await streaming(x, { budget: { posts_per_day: 100 } }, { topics: [NOVA] })
  await connected(x, twitter)
  for (let i = 0; i < 100; i++) x.post(`nova ${i}`)
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  await twitter.emitter.until(({ positions }) => JSON.stringify(positions.at(-1)).includes('spent'))
  const position = twitter.emitter.positions.at(-1)
  x.post('nova that is not paid for')
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.gaps[0]?.result).toBe('lost')
  expect(x.requestsFor(SEARCH)).toEqual([])
  // A gap after it is filled again.
  await x.until(({ connections }) => connections === 1)
  await cutFor(x, twitter, SECOND, () => {})
  await moving(twitter, ({ gaps }) => gaps.length === 2)
  expect(twitter.emitter.gaps[1]?.result).toBe('filled')
  const searches = x.requestsFor(SEARCH).length
  await twitter.stop()
  await x.until(({ connections }) => connections === 0)
  const again = await streaming(
    x,
    { budget: { posts_per_day: 100 } },
    { topics: [NOVA], ...(position === undefined ? {} : { position }) },
  )
  await connected(x, again)
  await again.emitter.until(({ gaps }) => gaps.length === 1)
  expect(again.emitter.gaps[0]?.result).toBe('lost')
  expect(x.requestsFor(SEARCH)).toHaveLength(searches)
})

test('respects the rate limit, and waits for outages of the search while the stream stays open', async () => {
  const x = await LocalX.start()
  x.limits.set(SEARCH, 3)
  for (let i = 0; i < 250; i++) x.post(`nova ${i}`, {}, START - MINUTE - i * SECOND)
  x.answerNext(SEARCH, { status: 503 }, { status: 429 })
  const twitter = await restarted(x, 60 * MINUTE, {}, {}, { topics: [NOVA] })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.texts).toHaveLength(250)
  expect(twitter.emitter.gaps[0]?.result).toBe('filled')
  // Two that failed and three pages: the limit was reset in between.
  expect(x.requestsFor(SEARCH)).toHaveLength(5)
  expect((x.requestsFor(SEARCH)[3]?.at ?? 0) - START).toBeGreaterThan(14 * MINUTE)
  expect(twitter.emitter.downs).toEqual([])
  expect(twitter.logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^a gap of the stream cannot be filled yet: .*it answered 503/),
  ])
})

test('an account without recent search is asked once, and its gaps are lost', async () => {
  const x = await LocalX.start()
  x.hasSearch = false
  const twitter = await restarted(x, MINUTE)
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  await cutFor(x, twitter, SECOND, () => {})
  await twitter.emitter.until(({ gaps }) => gaps.length === 2)
  expect(twitter.emitter.gaps.map(({ result }) => result)).toEqual(['lost', 'lost'])
  expect(x.requestsFor(SEARCH)).toHaveLength(1)
  const warnings = twitter.logged.filter(({ level }) => level === 'warn')
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^gaps of the stream are not filled, as X refuses recent search: .*403/),
  ])
  expect(JSON.stringify(twitter.logged)).not.toContain('Bearer')
})

test('a topic whose rule cannot be searched for is named, and its gaps count as lost', async () => {
  const x = await LocalX.start()
  x.post('nova', {}, START - 30 * SECOND)
  x.post('a star', {}, START - 30 * SECOND)
  const twitter = await restarted(x, MINUTE, { rules: { star: 'star sample:50' } })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(posts(twitter)).toEqual([['nova', 'nova']])
  expect(twitter.emitter.gaps[0]).toEqual({ result: 'lost', ms: MINUTE })
  expect(twitter.logged.find(({ level }) => level === 'warn')?.message).toMatch(
    /^gaps of the stream cannot be filled for the topic "star": .*sample/,
  )
  // Its rule is in force: the stream has it.
  expect(twitter.metrics.value('refused_topics')).toBe(0)
})

test('a topic that the stream is not asked for has no gaps', async () => {
  const x = await LocalX.start()
  const topics = [NOVA, { name: 'rest', not: ['nova'] }]
  const twitter = await restarted(x, MINUTE, {}, {}, { topics })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.gaps).toEqual([{ result: 'filled', ms: MINUTE }])
  expect(twitter.logged.filter(({ level }) => level === 'warn')).toEqual([])
})

test('topics that a reload has changed are those that a gap is filled with', async () => {
  const x = await LocalX.start()
  x.post('a star', {}, START - 30 * SECOND)
  x.post('nova', {}, START - 30 * SECOND)
  const twitter = await restarted(x, MINUTE, {}, {}, { topics: [NOVA] })
  await connected(x, twitter)
  await twitter.source.topics?.([STAR])
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(posts(twitter)).toEqual([['a star', 'star']])
})

test.each<[string, Options]>([
  ['where that is not wanted', { fill_gaps: false }],
  ['of a sample', { sample: 50 }],
])('gaps %s are not filled', async (_, options) => {
  const x = await LocalX.start()
  const twitter = await restarted(x, MINUTE, options)
  await connected(x, twitter)
  await twitter.emitter.until(({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.gaps).toEqual([{ result: 'lost', ms: MINUTE }])
  await vi.advanceTimersByTimeAsync(2 * MINUTE)
  expect(x.requestsFor(SEARCH)).toEqual([])
})

test('while there is no room, the position is that of the posts that were read and not the time at which they were', async () => {
  const x = await LocalX.start()
  const twitter = await streaming(x)
  await connected(x, twitter)
  twitter.emitter.full = true
  const write = vi.spyOn(twitter.emitter, 'write')
  x.post('nova 1')
  while (write.mock.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
  vi.setSystemTime(START + 10 * SECOND)
  x.post('nova 2')
  const since = performance.now()
  while (performance.now() - since < 1500) await new Promise(resolve => setImmediate(resolve))
  // What X has written since then may be lost with the connection.
  vi.setSystemTime(START + 10 * MINUTE)
  twitter.emitter.full = false
  await twitter.emitter.until(({ texts }) => texts.length === 2)
  const { at } = twitter.emitter.positions.at(-1) as { at: number }
  expect(at).toBeLessThan(START + 11 * SECOND)
})

test('gaps that overlap are filled as one, and more than twenty do not wait', () => {
  const at = (seconds: number) => ({
    from: START + (seconds - 10) * SECOND,
    to: START + (seconds + 1) * SECOND,
    ms: SECOND,
  })
  const near = new Gaps()
  expect([near.add(at(0)), near.add(at(11)), near.add(at(23))].flat()).toEqual([])
  expect(near.all).toEqual([{ from: at(0).from, to: at(11).to, ms: 2 * SECOND }, at(23)])
  // Not for ever: it would never be read.
  const chain = new Gaps()
  for (let n = 0; n < 30; n++) chain.add(at(10 * n))
  expect(chain.all.map(({ from, to }) => (to - from) / SECOND)).toEqual([111, 111, 81])
  // One that is being read does not grow, and is not given up.
  const first = at(0)
  const many = new Gaps([first])
  many.take(first)
  for (let n = 1; n < 20; n++) expect(many.add(at(10 * n - 5 + 1000 * (n - 1)))).toEqual([])
  expect(many.all).toHaveLength(20)
  expect(many.add(at(100_000))).toEqual([at(5)])
  expect(many.all).toHaveLength(20)
  expect(many.first).toBe(first)
})

test('a long gap is emitted in parts, and stays in the position until the last part', async () => {
  const x = await LocalX.start()
  for (let i = 0; i < 600; i++) x.post(`nova ${i}`, {}, START - MINUTE - i * SECOND)
  const twitter = await restarted(x, 60 * MINUTE, {}, {}, { topics: [NOVA] })
  await connected(x, twitter)
  await moving(twitter, ({ gaps }) => gaps.length === 1)
  expect(twitter.emitter.texts).toHaveLength(600)
  expect(twitter.emitter.counts.map(({ records }) => records)).toEqual([500, 600])
  const gaps = twitter.emitter.positions.map(position => (position as { gaps?: unknown[] }).gaps?.length)
  expect(gaps).toEqual([1, undefined])
})

test('a position that comes later is written later, however long there is no room', async () => {
  const streamWriter = new StreamWriter({ at: 1 })
  const written: [string[], unknown][] = []
  const room = Promise.withResolvers<void>()
  const set = (at: number) => {
    streamWriter.at = at
  }
  const emitter = {
    async write(records: readonly unknown[], options?: { position?: unknown }) {
      if (written.length === 0) await room.promise
      written.push([records as string[], options?.position])
    },
  }
  const first = streamWriter.write(emitter, ['1'], () => set(10))
  const second = streamWriter.write(emitter, ['2'], () => set(20))
  await new Promise(resolve => setImmediate(resolve))
  // What is not written yet is in no position.
  expect(streamWriter.at).toBe(10)
  room.resolve()
  await Promise.all([first, second])
  expect(written).toEqual([
    [['1'], { at: 10 }],
    [['2'], { at: 20 }],
  ])
})

test('it stops at once: before a gap is filled, within a request, and while there is no room', async () => {
  const x = await LocalX.start()
  const first = await restarted(x, MINUTE)
  await connected(x, first)
  await first.stop()
  await x.until(({ connections }) => connections === 0)

  x.answerNext(SEARCH, { status: 0 })
  const asking = await restarted(x, MINUTE)
  await connected(x, asking)
  await vi.advanceTimersByTimeAsync(31 * SECOND)
  await x.until(x => x.requestsFor(SEARCH).length === 1)
  await asking.stop()
  await x.until(({ connections }) => connections === 0)

  x.post('nova', {}, Date.now() - 30 * SECOND)
  const full = await restarted(x, MINUTE)
  await connected(x, full)
  full.emitter.full = true
  await vi.advanceTimersByTimeAsync(31 * SECOND)
  await x.until(x => x.requestsFor(SEARCH).length >= 2)
  await full.stop()
  expect(full.emitter.texts).toEqual([])
})
