import { expect, test } from 'vitest'
import { Disconnect, disconnectOf, httpDisconnect, rateLimitOf } from './outage.ts'

const NOW = Date.UTC(2026, 8, 1)

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
})
const withCode = (code: string, more: ErrorOptions = {}) => Object.assign(new Error(code, more), { code })

test.each([
  withCode('ECONNREFUSED'),
  withCode('ECONNRESET'),
  withCode('ENOTFOUND'),
  withCode('EAI_AGAIN'),
  withCode('UND_ERR_SOCKET'),
  withCode('CERT_HAS_EXPIRED'),
  withCode('ERR_TLS_CERT_ALTNAME_INVALID'),
  new TypeError('fetch failed', { cause: withCode('ETIMEDOUT') }),
  new TypeError('fetch failed', { cause: new AggregateError([withCode('ECONNREFUSED')]) }),
])('a network error is recognised at any depth: %s', error => {
  expect(disconnectOf(error)).toMatchObject({ outage: 'network', cause: error })
})

test('any other error is of the kind other, and a Disconnect is what it is', () => {
  expect(disconnectOf(new Error('boom'))).toMatchObject({ outage: 'other', message: 'boom' })
  expect(disconnectOf('boom')).toMatchObject({ outage: 'other', message: 'boom' })
  const stalled = new Disconnect('stalled', 'silent')
  expect(disconnectOf(stalled)).toBe(stalled)
  const circular = new Error('round')
  circular.cause = circular
  expect(disconnectOf(circular).outage).toBe('other')
})

test('401 and 403 are credentials if the request had any', () => {
  for (const status of [401, 403]) {
    expect(httpDisconnect(answer(status), { hasCredentials: true }).outage).toBe('credentials')
    expect(httpDisconnect(answer(status)).outage).toBe('server')
  }
  const { message } = httpDisconnect(answer(401), { hasCredentials: true, detail: 'Invalid token' })
  expect(message).toBe('it answered 401: Invalid token')
})

test('429, and 503 with a time to wait, ask to slow down', () => {
  expect(httpDisconnect(answer(429))).toMatchObject({ outage: 'slow_down', retryAfter: undefined })
  expect(httpDisconnect(answer(429, { 'retry-after': '7' }))).toMatchObject({ retryAfter: 7000 })
  expect(httpDisconnect(answer(503, { 'retry-after': '7' }))).toMatchObject({
    outage: 'slow_down',
    retryAfter: 7000,
  })
  expect(httpDisconnect(answer(503)).outage).toBe('server')
  expect(httpDisconnect(answer(404)).outage).toBe('server')
})

test('a rate limit that is used up is waited for, unless the service says otherwise', () => {
  const reset = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${NOW / 1000 + 90}` }
  expect(httpDisconnect(answer(429, reset), {}, NOW).retryAfter).toBe(90_000)
  expect(httpDisconnect(answer(429, { ...reset, 'retry-after': '5' }), {}, NOW).retryAfter).toBe(5000)
  // The limit that was hit is another one.
  expect(httpDisconnect(answer(429, { ...reset, 'x-rate-limit-remaining': '3' }), {}, NOW).retryAfter).toBe(
    undefined,
  )
})

test.each([
  [{ 'x-rate-limit-remaining': '12', 'x-rate-limit-reset': `${NOW / 1000 + 60}` }, 12],
  [{ 'X-RateLimit-Remaining': '299', 'X-RateLimit-Reset': new Date(NOW + 60_000).toISOString() }, 299],
  [{ 'x-ratelimit-remaining': '99.0', 'x-ratelimit-reset': '60' }, 99],
  [{ 'ratelimit-remaining': '4', 'ratelimit-reset': '60' }, 4],
])('rate limits are read as services write them: %j', (headers, remaining) => {
  expect(rateLimitOf(new Headers(headers), NOW)).toEqual({ remaining, resetAt: NOW + 60_000 })
})

test('headers without limits give no limit', () => {
  expect(rateLimitOf(new Headers(), NOW)).toBeUndefined()
  expect(rateLimitOf(new Headers({ 'x-ratelimit-remaining': 'many' }), NOW)).toBeUndefined()
  expect(rateLimitOf(new Headers({ 'x-ratelimit-remaining': '-3' }), NOW)).toEqual({
    remaining: 0,
    resetAt: undefined,
  })
  expect(
    rateLimitOf(new Headers({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': 'soon' }), NOW),
  ).toEqual({
    remaining: 3,
    resetAt: undefined,
  })
})
