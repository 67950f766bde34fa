import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NOVA, running, STAR } from './testing-twitter.ts'
import { COUNTS, LocalX, SEARCH, STREAM, USAGE } from './testing-x.ts'

const START = Date.UTC(2026, 10, 27, 12)
const MINUTE = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START }))
afterEach(() => void vi.useRealTimers())

test('counts posts by topic, each once, without reading them', async () => {
  const x = await LocalX.start()
  for (let minute = -20; minute < 20; minute++) {
    x.post('nova', {}, START + minute * MINUTE)
    x.post('nova and a star', {}, START + minute * MINUTE + 30_000)
  }
  const options = { mode: 'counts', every: '10m', budget: {} } as const
  const twitter = await running(x, options, { topics: [NOVA, STAR] })
  await twitter.emitter.until(({ positions }) => positions.length === 1)
  // The ten minutes before, but for the last one, which X may not have whole yet.
  expect(twitter.metrics.value('volume_posts', { topic: 'nova' })).toBe(20)
  expect(twitter.metrics.value('volume_posts', { topic: 'star' })).toBe(10)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  await twitter.emitter.until(({ positions }) => positions.length === 2)
  expect(twitter.metrics.value('volume_posts', { topic: 'nova' })).toBe(40)
  expect(twitter.emitter.positions).toEqual([{ until: START - MINUTE }, { until: START + 9 * MINUTE }])
  expect(twitter.metrics.value('counts_requests')).toBe(4)
  expect(x.requestsFor(SEARCH).concat(x.requestsFor(STREAM))).toEqual([])
  expect(twitter.emitter.texts).toEqual([])

  await twitter.stop()
  await vi.advanceTimersByTimeAsync(30 * MINUTE)
  const again = await running(x, options, { topics: [NOVA], position: { until: START + 9 * MINUTE } })
  await again.emitter.until(({ positions }) => positions.length === 1)
  // What is left of the twenty minutes, after the restart.
  expect(again.metrics.value('volume_posts', { topic: 'nova' })).toBe(22)
})

test('retries a failed count', async () => {
  const x = await LocalX.start()
  x.post('nova', {}, START - 5 * MINUTE)
  x.answerNext(COUNTS, { status: 503 })
  const twitter = await running(x, { mode: 'counts', every: '10m', budget: {} }, { topics: [NOVA] })
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  await vi.advanceTimersByTimeAsync(50)
  await twitter.emitter.until(({ positions }) => positions.length === 1)
  expect(twitter.metrics.value('volume_posts', { topic: 'nova' })).toBe(1)
})

test('what X has counted is shown, and more of it than was read is a warning', async () => {
  const x = await LocalX.start()
  x.usage = { project_id: '1', project_usage: '12345', project_cap: '3000000', cap_reset_day: 7 }
  const twitter = await running(x, { mode: 'search', usage: true })
  await vi.waitFor(() => expect(twitter.metrics.value('usage_posts')).toBe(12_345))
  expect(twitter.metrics.value('usage_cap_posts')).toBe(3_000_000)
  expect(twitter.logged.find(({ level }) => level === 'warn')).toMatchObject({
    message: 'X has counted more posts for the project than this source has read in the billing cycle',
    fields: { counted: 12_345, read: 0, cap_reset_day: 7 },
  })
})

test('does not ask again for the usage if X does not provide it', async () => {
  const x = await LocalX.start()
  x.answerNext(USAGE, { status: 403, body: { title: 'Forbidden', detail: 'not for this app' } })
  const twitter = await running(x, { mode: 'search', usage: true })
  await vi.waitFor(() => expect(twitter.logged.map(({ level }) => level)).toContain('info'))
  await vi.advanceTimersByTimeAsync(3 * 60 * MINUTE)
  expect(x.requestsFor(USAGE)).toHaveLength(1)
  expect(twitter.emitter.outages).toEqual([])
})
