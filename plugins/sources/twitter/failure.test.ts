import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Api } from './api.ts'
import { TooManyConnections } from './failure.ts'
import { type Answer, LocalX, SEARCH, STREAM, TOO_MANY_CONNECTIONS } from './testing-x.ts'

const NOW = Date.UTC(2026, 10, 27, 12)
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

/** What a search, and a stream, reject with when X answers so. */
async function failures(answer: Answer) {
  const x = await LocalX.start()
  x.answerNext(SEARCH, answer)
  x.answerNext(STREAM, answer)
  const api = new Api({ token: 'token', url: x.url, timeoutMs: 10_000, signal: new AbortController().signal })
  const calls = [api.get('search'), api.open({}, new AbortController().signal)]
  return Promise.all(
    calls.map(call =>
      call.then(
        () => expect.fail('it was answered'),
        error => error,
      ),
    ),
  )
}

const limited = (reset: number) => ({
  'x-rate-limit-limit': '450',
  'x-rate-limit-remaining': '0',
  'x-rate-limit-reset': `${reset / 1000}`,
})

test.each<[string, Answer, object]>([
  [
    'a token that is rejected',
    { status: 401, body: { title: 'Unauthorized', detail: 'Unauthorized' } },
    { outage: 'credentials', message: 'it answered 401: Unauthorized' },
  ],
  [
    'an app that is not allowed to',
    {
      status: 403,
      body: { title: 'Client Forbidden', detail: 'not enrolled', reason: 'client-not-enrolled' },
    },
    { outage: 'credentials', message: 'it answered 403: Client Forbidden: not enrolled' },
  ],
  [
    'a rate limit, which says until when',
    { status: 429, body: { title: 'Too Many Requests' }, headers: limited(NOW + 600_000) },
    { outage: 'slow_down', retryAfter: 600_000 },
  ],
  [
    'a rate limit that says nothing',
    { status: 429, body: { title: 'Too Many Requests' }, headers: { 'x-rate-limit-remaining': '' } },
    { outage: 'slow_down', retryAfter: 60_000 },
  ],
  [
    'credits that are used up',
    { status: 402, body: { title: 'CreditsDepleted', detail: 'no credits' } },
    { outage: 'slow_down', retryAfter: 900_000 },
  ],
  [
    'a server that fails',
    { status: 500, body: '<html>oops</html>', headers: { 'content-type': 'text/html' } },
    { outage: 'server', message: 'it answered 500', retryAfter: 5000 },
  ],
  [
    'an answer that is no JSON although it says so',
    { status: 502, body: '<html>' },
    { outage: 'server', message: 'it answered 502', retryAfter: 5000 },
  ],
])('%s is classified', async (_, answer, expected) => {
  for (const failure of await failures(answer))
    expect(failure).toMatchObject({ name: 'Disconnect', ...expected })
})

test('too many connections are an outage of their own', async () => {
  for (const failure of await failures({ status: 429, body: TOO_MANY_CONNECTIONS })) {
    expect(failure).toBeInstanceOf(TooManyConnections)
    expect(failure).toMatchObject({ outage: 'slow_down', retryAfter: 60_000 })
  }
})

test('truncates what X repeats of a request, and shows no token', async () => {
  const detail = 'x'.repeat(5000)
  for (const failure of await failures({ status: 400, body: { title: 'Invalid Request', detail } })) {
    expect(failure.message.length).toBeLessThan(400)
    expect(failure.message).not.toContain('token')
  }
})
