import { gzipSync } from 'node:zlib'
import type { BatchScorer } from 'mood-exporter/plugin'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import http from './index.ts'
import { numbers, type Reply, service, status } from './testing-service.ts'

type Options = Omit<NonNullable<Parameters<typeof testScorer<typeof http.options>>[1]>, 'url'>

/** A scorer of this service, patient enough for a busy machine, that asks again without a budget. */
async function scorerOf(reply: Reply, options: Options = {}) {
  const { url, asked, close } = await service(reply)
  const made = await testScorer(http, { url, timeout: '20s', retry_budget: 1, ...options })
  const scorer = made.scorer as BatchScorer
  return {
    ...made,
    asked,
    close,
    batch: (...texts: string[]) => scorer.scoreBatch(texts.map(text => post(text))),
  }
}

test('posts are sent with id and language, and scores are read in their order', async () => {
  const { scorer, asked } = await scorerOf(() => ({ scores: [0.5, -1, null] }), { token: 'abc' })
  const posts = [post('a', { id: '7', lang: 'ko', author: 'jane' }), post('b'), post('c')]
  expect(await (scorer as BatchScorer).scoreBatch(posts)).toEqual([0.5, -1, null])
  expect(asked[0]?.posts).toEqual([{ id: '7', text: 'a', lang: 'ko' }, { text: 'b' }, { text: 'c' }])
  expect(asked[0]?.headers).toMatchObject({
    authorization: 'Bearer abc',
    'content-type': 'application/json',
    accept: 'application/json',
  })
})

test('headers can be added, and replace the usual ones', async () => {
  const { batch, asked } = await scorerOf(numbers, { headers: { 'X-Api-Key': 'k', 'User-Agent': 'me' } })
  await batch('1')
  expect(asked[0]?.headers).toMatchObject({ 'x-api-key': 'k', 'content-type': 'application/json' })
})

test('a response may be a list alone, and items may be objects with emotions', async () => {
  const { batch, scorer } = await scorerOf(
    () => [{ score: 0.5, emotions: ['joy'] }, { score: null, emotions: [] }, { score: 0.1 }],
    { emotions: ['joy', 'anger'] },
  )
  expect(scorer.emotions).toEqual(['joy', 'anger'])
  expect(await batch('a', 'b', 'c')).toEqual([
    { score: 0.5, emotions: ['joy'] },
    { score: null, emotions: [] },
    0.1,
  ])
})

test('responses of another structure and scale are read by JSON pointers', async () => {
  const items = [1, 3, 5].map(stars => ({ prediction: { stars, mood: ['joy'] } }))
  const { batch } = await scorerOf(() => ({ result: { items } }), {
    scores_at: '/result/items',
    score_at: '/prediction/stars',
    emotions_at: '/prediction/mood',
    emotions: ['joy'],
    scale: [1, 5],
  })
  expect(await batch('a', 'b', 'c')).toEqual([-1, 0, 1].map(score => ({ score, emotions: ['joy'] })))
})

test('an invalid score affects only its post', async () => {
  const { batch } = await scorerOf(() => ({ scores: [7, 'good', 0.2, {}] }))
  expect(await batch('a', 'b', 'c', 'd')).toEqual([7, 'good', 0.2, undefined])
})

test('lone surrogates do not reach the service', async () => {
  const { batch, asked } = await scorerOf(() => [0, 0])
  await batch('\ud83d', 'x\udc00\0\u2028"')
  expect(asked[0]?.posts.map(({ text }) => text)).toEqual(['\ufffd', 'x\ufffd\0\u2028"'])
})

test('posts in other languages are not sent, and a batch of only those makes no request', async () => {
  const { scorer, asked } = await scorerOf(numbers, { languages: ['en'] })
  const { scoreBatch } = scorer as BatchScorer
  const posts = [
    post('1', { lang: 'ko' }),
    post('0.5', { lang: 'en' }),
    post('1', { lang: 'es' }),
    post('-1'),
  ]
  expect(await scoreBatch(posts)).toEqual([null, 0.5, null, -1])
  expect(await scoreBatch([post('1', { lang: 'ko' })])).toEqual([null])
  expect(asked).toHaveLength(1)
})

test.each<[string, Reply]>([
  ['429', (_, response, n) => (n === 0 ? status(response, 429) : [0.5])],
  ['503', (_, response, n) => (n === 0 ? status(response, 503, { 'retry-after': '0' }) : [0.5])],
  ['a connection that breaks', (_, response, n) => (n === 0 ? void response.destroy() : [0.5])],
  [
    'an answer that breaks off',
    (_, response, n) => {
      if (n > 0) return [0.5]
      response.writeHead(200, { 'content-length': '100' }).write('[0.')
      setImmediate(() => response.destroy())
      return undefined
    },
  ],
])('retries after %s', async (_, reply) => {
  const { batch, asked } = await scorerOf(reply)
  expect(await batch('a')).toEqual([0.5])
  expect(asked).toHaveLength(2)
})

test.each<[string, Reply, RegExp]>([
  ['400', (_, response) => status(response, 400, {}, 'no\n such  field'), /answered 400: no such field/],
  ['401', (_, response) => status(response, 401), /answered 401$/],
  ['no JSON', (_, response) => void response.end('<html>'), /expected JSON, got "<html>"/],
  ['too few scores', () => ({ scores: [] }), /expected a list of 1 scores at "\/scores", got 0/],
  ['no list', () => ({ error: 'busy' }), /expected a list of 1 scores at "\/scores", got {"error":"busy"}/],
  [
    'a redirection',
    (_, response) => status(response, 308, { location: 'https://example.com/v2' }),
    /answered 308, a redirection to https:\/\/example.com\/v2: set `url`/,
  ],
])('%s is an error that a retry would not fix', async (_, reply, message) => {
  const { batch, asked } = await scorerOf(reply)
  await expect(batch('a')).rejects.toThrow(message)
  expect(asked).toHaveLength(1)
})

test('retries only as often as configured', async () => {
  const { batch, asked } = await scorerOf((_, response) => status(response, 500), { retries: 1 })
  await expect(batch('a')).rejects.toThrow('answered 500')
  expect(asked).toHaveLength(2)
})

test('retries are limited to a share of requests', async () => {
  const options = { retries: 10, retry_budget: 0.1, breaker_failures: 1000 }
  const { batch, asked } = await scorerOf((_, response) => status(response, 500), options)
  for (let i = 0; i < 40; i++) await batch('a').catch(() => {})
  // The first one is given, and then one for each ten.
  expect(asked.length - 40).toBe(5)
})

test('rejects a response that is too large, also after decompression', async () => {
  const endless: Reply = (_, response) => void response.end('['.padEnd(100_000))
  const bomb: Reply = (_, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('['.padEnd(100_000)))
  }
  for (const reply of [endless, bomb]) {
    const { batch } = await scorerOf(reply, { max_response: '50kB' })
    await expect(batch('a')).rejects.toThrow('larger than max_response (50000 bytes)')
  }
})

test('waits for a service only until the timeout', async () => {
  const { batch } = await scorerOf(() => undefined, { timeout: '50ms' })
  await expect(batch('a')).rejects.toThrow('no answer within 50 ms')
})

test('waits for a slow response only until the timeout', async () => {
  const { batch } = await scorerOf(
    (_, response) => {
      const timer = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(timer))
    },
    { timeout: '100ms' },
  )
  await expect(batch('a')).rejects.toThrow('no answer within 100 ms')
})

test('a refused connection is reported as such', async () => {
  const { batch, close } = await scorerOf(numbers, { retries: 0 })
  await close()
  await expect(batch('a')).rejects.toThrow(/cannot reach http:.*ECONNREFUSED/)
})

test('consecutive failures open the circuit, which is reported once, and closes after a successful probe', async () => {
  let isDown = true
  const { batch, asked, logged } = await scorerOf(
    (asked, response, n) => (isDown ? status(response, 500) : numbers(asked, response, n)),
    { retries: 0, breaker_failures: 3, breaker_pause: '60ms' },
  )
  for (let i = 0; i < 3; i++) await expect(batch('1')).rejects.toThrow('answered 500')
  for (let i = 0; i < 10; i++) await batch('1').catch(() => {})
  expect(asked.length).toBeLessThan(13)
  expect(logged).toMatchObject([
    { level: 'warn', fields: { reason: expect.stringContaining('3 calls in a row') } },
  ])

  isDown = false
  await expect.poll(() => batch('1').catch(() => null)).toEqual([1])
  expect(logged.at(-1)).toMatchObject({ level: 'info', message: 'the service answers again' })
})

test('a long pause that the service requests begins at once', async () => {
  const { batch, asked } = await scorerOf((_, response) => status(response, 429, { 'retry-after': '120' }))
  await expect(batch('a')).rejects.toThrow('answered 429')
  await expect(batch('a')).rejects.toThrow(/circuit open for another 1(19|20) s: it answered 429/)
  expect(asked).toHaveLength(1)
})

test('rejected requests do not open the circuit', async () => {
  const { batch, asked } = await scorerOf((_, response) => status(response, 422), { breaker_failures: 1 })
  for (let i = 0; i < 3; i++) await expect(batch('a')).rejects.toThrow('answered 422')
  expect(asked).toHaveLength(3)
})

test('a stop ends a call in progress', async () => {
  const { url, asked } = await service(() => undefined)
  const { scorer, stop } = await testScorer(http, { url, timeout: '60s' })
  const call = (scorer as BatchScorer).scoreBatch([post('a')])
  await expect.poll(() => asked.length).toBe(1)
  await Promise.all([stop(), expect(call).rejects.toThrow('aborted')])
})

test('many calls at once each get their own answer', async () => {
  const { batch } = await scorerOf(numbers)
  const wanted = Array.from({ length: 50 }, (_, i) => [(i + 1) / 50, -(i + 1) / 50])
  expect(await Promise.all(wanted.map(scores => batch(...scores.map(String))))).toEqual(wanted)
})

test('warns about a token that is sent unencrypted to another machine', async () => {
  const remote = await testScorer(http, { url: 'http://scores.example.com/', token: 'abc' })
  expect(remote.logged).toMatchObject([{ level: 'warn', message: expect.stringContaining('in the clear') }])
  for (const url of ['https://scores.example.com/', 'http://localhost:1/', 'http://[::1]:1/'])
    expect((await testScorer(http, { url, token: 'abc' })).logged).toEqual([])
})

test.each([
  [{ url: 'ftp://example.com' }, /expected a URL such as/],
  [{ url: 'http://me:secret@example.com' }, /no credentials/],
  [{ url: 'http://x/', headers: { 'a b': 'c' } }, /name of a header/],
  [{ url: 'http://x/', token: 'a\r\nb: c' }, /printable ASCII/],
  [{ url: 'http://x/', scale: [1, 1] }, /lowest and the highest/],
  [{ url: 'http://x/', scores_at: 'scores' }, /JSON pointer/],
])('%j is rejected before the start', (options, message) => {
  expect(http.options.safeParse(options).error?.message).toMatch(message)
})

test('declares its secrets, so they are never shown', () => {
  const { token, headers } = http.options.shape
  expect(token.unwrap().meta()).toMatchObject({ secret: true })
  expect(headers.unwrap().valueType.meta()).toMatchObject({ secret: true })
})

test('hostile texts arrive unchanged', async () => {
  const texts = [
    '',
    '\0',
    'a'.repeat(65_536),
    '😀'.repeat(20_000),
    '"}],',
    '\u202e\ufeff',
    '가\u1100\u1161'.repeat(9),
  ]
  const { batch, asked } = await scorerOf(({ posts }) => posts.map(() => 0), { max_response: '1MiB' })
  expect(await batch(...texts)).toEqual(texts.map(() => 0))
  expect(asked[0]?.posts.map(({ text }) => text)).toEqual(texts)
})
