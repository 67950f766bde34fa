import { alertEvent, MemoryStore, reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { afterEach, expect, test, vi } from 'vitest'
import kakaotalk from './index.ts'
import { endOfDay, endOfMonth } from './quota.ts'
import { Kakao } from './testing-kakao.ts'

const HOUR = 3_600_000

afterEach(() => void vi.useRealTimers())

/** Sets the clock, and leaves timers to those who need them. */
const at = (time: number) => vi.useFakeTimers({ now: time, toFake: ['Date'] })

async function setUp(options: Record<string, unknown> = {}, store = new MemoryStore()) {
  const kakao = await Kakao.listening()
  const restart = (more: Record<string, unknown> = {}) =>
    testOutput(kakaotalk, { ...kakao.options, refresh_token: 'refresh-0', ...options, ...more } as never, {
      store,
    })
  return { kakao, restart, ...(await restart()) }
}

test('a report is a text of at most 200 characters that says what it leaves out', async () => {
  const { kakao, write } = await setUp()
  const topics = Array.from({ length: 20 }, (_, i) => reportTopic({ topic: `갤럭시 ${i} 🎉` }))
  const report = reportEvent({ language: 'ko', topics })
  expect(await write([report])).toMatchObject({ delivered: [report.key] })
  const [message] = kakao.messages
  const text = message?.template.text as string
  expect(message?.to).toEqual(['me'])
  expect([...text].length).toBeLessThanOrEqual(200)
  expect(text.split('\n').slice(0, 3)).toEqual([
    '여론 보고서: daily',
    expect.any(String),
    '갤럭시 0 🎉: 글 75건, 순감성 +27%',
  ])
  expect(text).toMatch(/\n… 외 1\d건$/)
})

test('a list names the first three topics, and a report of one topic is a text', async () => {
  const more = { template: 'list', link: 'https://example.com/', image: 'https://example.com/a.png' }
  const { kakao, write } = await setUp(more)
  const topics = ['a', 'b', 'c', 'd'].map(topic => reportTopic({ topic }))
  await write([reportEvent({ topics })])
  await write([reportEvent()])
  const [list, text] = kakao.messages
  expect(list?.template.contents?.map(({ title }) => title)).toEqual(['a', 'b', 'c'])
  expect(list?.template.contents?.[0]?.description).toBe('a: 75 posts, Net sentiment +27%')
  expect(text?.template.object_type).toBe('text')
  await expect(setUp({ template: 'list' })).rejects.toThrow('`template: list` needs `link` and `image`')
})

test('alerts are texts, resolved alerts included', async () => {
  const { kakao, write } = await setUp()
  await write([alertEvent({ status: 'resolved' })])
  expect(kakao.messages[0]?.template.text).toBe(
    '[RESOLVED] MoodTurnsNegative galaxy\ngalaxy: more negative than usual',
  )
})

test('requests an access token once and uses it for six hours, over restarts', async () => {
  const start = Date.parse('2026-11-27T00:00Z')
  at(start)
  const { kakao, write, restart } = await setUp()
  await write([alertEvent()])
  await write([alertEvent()])
  at(start + 5 * HOUR)
  await (await restart()).write([alertEvent()])
  expect(kakao.tokenRequests).toEqual([
    {
      client_id: 'rest-key',
      client_secret: 'client-secret',
      grant_type: 'refresh_token',
      refresh_token: 'refresh-0',
    },
  ])
  at(start + 6 * HOUR)
  await (await restart()).write([alertEvent()])
  expect(kakao.tokenRequests).toHaveLength(2)
  expect(kakao.messages).toHaveLength(4)
})

test('a new refresh token is kept and used after a restart, and its expiry is shown', async () => {
  const start = Date.parse('2026-11-27T00:00Z')
  at(start)
  const { kakao, write, restart, metrics } = await setUp()
  kakao.left = 10 * 86_400
  await write([alertEvent()])
  expect(kakao.refreshToken).toBe('refresh-1')
  const expiry = start / 1000 + 5_183_999
  expect(metrics.value('refresh_token_expiry_timestamp_seconds')).toBeCloseTo(expiry, -1)
  at(start + 7 * HOUR)
  const again = await restart()
  expect(again.metrics.value('refresh_token_expiry_timestamp_seconds')).toBeCloseTo(expiry, -1)
  const alert = alertEvent()
  expect(await again.write([alert])).toMatchObject({ delivered: [alert.key] })
  expect(kakao.tokenRequests.at(-1)?.refresh_token).toBe('refresh-1')
})

test('a token of another log-in replaces the stored one', async () => {
  const { kakao, write, restart } = await setUp()
  await write([alertEvent()])
  kakao.refreshToken = 'of-a-new-log-in'
  const expiresAt = Date.now() + 1_000_000
  const fresh = await restart({
    refresh_token: JSON.stringify({ refresh_token: 'of-a-new-log-in', expires_at: expiresAt }),
  })
  expect(fresh.metrics.value('refresh_token_expiry_timestamp_seconds')).toBe(expiresAt / 1000)
  kakao.expire()
  const alert = alertEvent()
  expect(await fresh.write([alert])).toMatchObject({ delivered: [alert.key] })
})

test('a token that Kakao rejects is replaced once', async () => {
  const { kakao, write } = await setUp()
  await write([alertEvent()])
  kakao.expire()
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ delivered: [alert.key] })
  expect([kakao.tokenRequests.length, kakao.messages.length]).toEqual([2, 2])
  kakao.failures.push({ code: -401 }, { code: -401 })
  expect(await write([alertEvent()])).toMatchObject({ delivered: [], rejected: [], retryAfter: 600_000 })
  expect(kakao.tokenRequests).toHaveLength(3)
})

test('a refresh token that has expired keeps the event and asks for a log-in', async () => {
  const { write } = await setUp({ refresh_token: 'long-expired' })
  const alert = alertEvent()
  const { retried, error, retryAfter } = await write([alert])
  expect([retried, retryAfter]).toEqual([[alert.key], 600_000])
  expect((error as Error).message).toMatch(/KOE322.*mood-exporter kakao login/)
  expect((error as Error).message).not.toContain('long-expired')
})

test('a missing scope is named, and the event is dropped', async () => {
  const { kakao, write } = await setUp()
  kakao.failures.push({
    code: -402,
    more: { required_scopes: ['talk_message'], allowed_scopes: ['profile'] },
  })
  const alert = alertEvent()
  const { rejected, error } = await write([alert])
  expect(rejected).toEqual([alert.key])
  expect((error as Error).message).toContain('It needs the scopes talk_message')
})

test.for([-10, -532, -533, -534, -535, -536])('waits for midnight in Korea after %i', async code => {
  at(Date.parse('2026-11-27T14:00Z'))
  const { kakao, write } = await setUp()
  kakao.failures.push({ code })
  expect(await write([alertEvent()])).toMatchObject({ rejected: [], retryAfter: HOUR })
})

test('waits for the end of the month after -531, and drops the event after other codes', async () => {
  at(Date.parse('2026-11-30T14:00Z'))
  const { kakao, write } = await setUp()
  kakao.failures.push({ code: -531 }, { code: -3 })
  expect(await write([alertEvent()])).toMatchObject({ retryAfter: HOUR })
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ rejected: [alert.key] })
})

test('messages beyond the daily limit wait until the next day, over restarts, and are counted once', async () => {
  const start = Date.parse('2026-11-27T03:00Z')
  at(start)
  const { kakao, write, restart } = await setUp({ daily: { pair: 2 } })
  await write([alertEvent()])
  await write([alertEvent()])
  const again = await restart()
  const alert = alertEvent()
  for (let i = 0; i < 3; i++)
    expect(await again.write([alert])).toMatchObject({ retried: [alert.key], retryAfter: 12 * HOUR })
  expect(again.metrics.value('held_back', { limit: 'pair' })).toBe(1)
  expect(kakao.messages).toHaveLength(2)
  at(start + 12 * HOUR)
  expect(await again.write([alert])).toMatchObject({ delivered: [alert.key] })
})

test('by default at most twenty messages a day go to one recipient, and a hundred in total', async () => {
  const { write, metrics } = await setUp()
  for (let i = 0; i < 20; i++) await write([alertEvent()])
  expect(await write([alertEvent()])).toMatchObject({ delivered: [] })
  expect(metrics.value('held_back', { limit: 'pair' })).toBe(1)
  const friends = ['a', 'b', 'c', 'd', 'e']
  const five = await setUp({ friends, daily: { pair: 1000 } })
  for (let i = 0; i < 20; i++) await five.write([alertEvent()])
  expect(await five.write([alertEvent()])).toMatchObject({ delivered: [] })
  expect(five.metrics.value('held_back', { limit: 'sender' })).toBe(1)
})

test('friends that reject messages are left out, and friends that got a message do not get it again', async () => {
  const { kakao, write, metrics } = await setUp({ friends: ['a', 'b', 'c'] })
  kakao.unwilling.set('a', -502).set('c', -532)
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ retried: [alert.key] })
  kakao.unwilling.delete('c')
  expect(await write([alert])).toMatchObject({ delivered: [alert.key] })
  expect(kakao.messages.map(({ to }) => to)).toEqual([['b'], ['c']])
  expect(metrics.value('refused_recipients')).toBe(1)
  kakao.unwilling.set('a', -530).set('b', -530).set('c', -530)
  const last = alertEvent()
  expect(await write([last])).toMatchObject({ rejected: [last.key] })
})

test('days and months end at midnight in Korea', () => {
  expect(endOfDay(Date.parse('2026-11-27T14:59Z'))).toBe(Date.parse('2026-11-27T15:00Z'))
  expect(endOfDay(Date.parse('2026-11-27T15:00Z'))).toBe(Date.parse('2026-11-28T15:00Z'))
  expect(endOfMonth(Date.parse('2026-12-31T15:00Z'))).toBe(Date.parse('2027-01-31T15:00Z'))
})
