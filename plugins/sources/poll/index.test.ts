import { gzipSync } from 'node:zlib'
import type { z } from 'mood-exporter/plugin'
import { MemoryStore, type TestSourceOptions, testSource } from 'mood-exporter/plugin/testing'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import poll from './index.ts'
import { Feed, type Handler, service, Timeline, text } from './testing-service.ts'

type Options = z.input<typeof poll.options>

const QUICK = { initial: '5ms', max: '20ms', healthy_after: '0s' }

async function polling(url: string, options: Partial<Options> = {}, where: TestSourceOptions = {}) {
  const running = await testSource(poll, { url, every: '1s', backoff: QUICK, ...options }, where)
  onTestFinished(() => running.stop())
  return running
}

afterEach(() => void vi.useRealTimers())

const polls = (n: number) => (emitter: { positions: unknown[] }) => emitter.positions.length >= n

describe('a poll', () => {
  test('emits the response as records of the format, with its position', async () => {
    const { url, seen } = await service(new Feed().handle)
    const { emitter } = await polling(url)
    await emitter.until(({ ups }) => ups === 1)
    expect(emitter.texts).toEqual(['one', 'two'])
    expect(emitter.partitions.get('')).toMatchObject({ etag: '"1"', modified: null })
    expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'mood-exporter', accept: '*/*' })
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
  })

  test.each([
    ['an entity tag', '"1"', null, 'if-none-match'],
    ['a date', null, 'Tue, 01 Sep 2026 12:00:00 GMT', 'if-modified-since'],
  ])('is conditional if there is %s, and repeats nothing', async (_, etag, modified, header) => {
    const feed = new Feed()
    Object.assign(feed, { etag, modified })
    const { url, seen } = await service(feed.handle)
    const { emitter } = await polling(url)
    await emitter.until(polls(2))
    expect(seen[1]?.headers[header]).toBe(etag ?? modified)
    expect(emitter.texts).toEqual(['one', 'two'])
    Object.assign(feed, {
      etag: etag && '"2"',
      modified: modified && 'Tue, 01 Sep 2026 13:00:00 GMT',
      body: 'three\n',
    })
    await emitter.until(({ texts }) => texts.length === 3)
  })

  test('without both, emits only a changed response', async () => {
    const feed = new Feed()
    feed.etag = null
    const { url } = await service(feed.handle)
    const { emitter } = await polling(url)
    await emitter.until(polls(2))
    expect(emitter.texts).toEqual(['one', 'two'])
    feed.body = 'two\nthree\n'
    await emitter.until(polls(3))
    expect(emitter.texts).toEqual(['one', 'two', 'two', 'three'])
  })

  test('after a restart does not fetch again what was committed', async () => {
    const { url, seen } = await service(new Feed().handle)
    const first = await polling(url)
    await first.emitter.until(polls(1))
    await first.stop()
    const second = await polling(url, {}, { position: first.emitter.partitions.get('') ?? null })
    await second.emitter.until(polls(1))
    expect(seen.at(-1)?.headers['if-none-match']).toBe('"1"')
    expect(second.emitter.texts).toEqual([])
  })

  test('ignores a position of another source', async () => {
    const { url, seen } = await service(new Feed().handle)
    const { emitter } = await polling(url, {}, { position: { offset: 7 } })
    await emitter.until(polls(1))
    expect(seen[0]?.headers).not.toHaveProperty('if-none-match')
  })
})

describe('what is read', () => {
  const korean = Buffer.from('정말\n')

  test.each<[string, Buffer, Record<string, string>, Partial<Options>]>([
    ['UTF-8', korean, {}, {}],
    [
      'a charset in the Content-Type',
      Buffer.from([0xc1, 0xa4, 0xb8, 0xbb, 10]),
      { 'content-type': 'text/plain; charset="euc-kr"' },
      {},
    ],
    ['the encoding of the options', Buffer.from([0xc1, 0xa4, 0xb8, 0xbb, 10]), {}, { encoding: 'cp949' }],
    ['a byte order mark', Buffer.from('\ufeff정말\n', 'utf16le'), {}, {}],
    ['gzip', gzipSync(korean), { 'content-encoding': 'gzip' }, {}],
  ])('is text in %s', async (_, body, headers, options) => {
    const { url } = await service((_, response) => {
      response.writeHead(200, headers)
      response.end(body)
    })
    const { emitter } = await polling(url, options)
    await emitter.until(polls(1))
    expect(emitter.texts).toEqual(['정말'])
  })

  test('an XML declaration names the encoding where the Content-Type does not', async () => {
    const xml = (name: string) => `<?xml version="1.0" encoding="${name}"?><a>`
    const body = Buffer.concat([Buffer.from(xml('EUC-KR')), Buffer.from([0xc1, 0xa4, 0xb8, 0xbb])])
    const { url } = await service((_, response) => response.end(body))
    const { emitter } = await polling(url)
    await emitter.until(polls(1))
    expect(emitter.texts).toEqual([`${xml('EUC-KR')}정말`])
  })

  test.each<[string, Handler, Partial<Options>, string]>([
    [
      'larger than allowed',
      text('x'.repeat(5000)),
      { max_body: '1kB' },
      'its answer is longer than 1000 bytes (max_body)',
    ],
    ['an archive', text('PK\u0003\u0004 and more'), {}, 'its answer is a zip archive'],
    ['no answer in time', () => {}, { timeout: '20ms' }, 'no whole answer within 0.02 s'],
    [
      'half an answer in time',
      (_, response) => response.write('half'),
      { timeout: '50ms' },
      'no whole answer within 0.05 s',
    ],
    [
      'cut off',
      (_, response) =>
        void response.writeHead(200, { 'content-length': '99' }).write('half', () => response.destroy()),
      {},
      '',
    ],
  ])('is rejected if it is %s', async (_, handler, options, message) => {
    const { url } = await service(handler)
    const { emitter } = await polling(url, options)
    await emitter.until(({ downs }) => downs.length >= 1)
    expect(emitter.downs[0]).toContain(message)
    expect(emitter.texts).toEqual([])
    expect(emitter.positions).toEqual([])
  })
})

describe('failures', () => {
  test('of the service are retried with a back-off, before the next poll', async () => {
    const { url } = await service((seen, response, n) =>
      (n < 4 ? text('oops', {}, 500) : text('one\n'))(seen, response, n),
    )
    const { emitter } = await polling(url, { every: '1h' })
    await emitter.until(polls(1))
    expect(emitter.outages).toEqual(['server', 'server', 'server'])
    expect(emitter.downs[0]).toBe(`${new URL(url).host}: it answered 500: oops`)
  })

  test.each([
    [429, {}, 'slow_down'],
    [503, { 'retry-after': '0' }, 'slow_down'],
    [503, {}, 'server'],
    [404, {}, 'server'],
    [401, {}, 'server'],
  ])('%i %j counts as such', async (status, headers, outage) => {
    const { url } = await service((seen, response, n) =>
      (n === 1 ? text('', headers, status) : text('one\n'))(seen, response, n),
    )
    const { emitter } = await polling(url)
    await emitter.until(polls(1))
    expect(emitter.outages).toEqual([outage])
  })

  test('Retry-After is waited for', async () => {
    const { url, seen } = await service(text('', { 'retry-after': '3600' }, 429))
    const { emitter, logged } = await polling(url)
    await emitter.until(({ downs }) => downs.length === 1)
    const wait = logged.find(({ fields }) => 'next_attempt_ms' in fields)?.fields.next_attempt_ms
    expect(wait).toBeGreaterThanOrEqual(3_600_000)
    expect(seen).toHaveLength(1)
  })

  test('a wrong token stops it, and is not shown', async () => {
    const { url, seen } = await service(new Timeline().handle)
    const { emitter, logged } = await polling(url, { token: 's3cret-t0ken' })
    await emitter.until(({ outages }) => outages.includes('credentials'))
    expect(emitter.ups).toBe(0)
    expect(emitter.downs).toHaveLength(1)
    expect(emitter.downs[0]).toContain('it answered 401: {"error":"The access token is invalid"}')
    expect(seen).toHaveLength(1)
    expect(JSON.stringify([logged, emitter.downs])).not.toContain('s3cret')
  })

  test('a host that is not there is the network', async () => {
    const gone = await service(() => {})
    await gone.close()
    const { emitter } = await polling(`${gone.url}/?key=s3cret`)
    await emitter.until(({ downs }) => downs.length === 2)
    expect(emitter.outages[0]).toBe('network')
    expect(emitter.downs[0]).toContain(`${new URL(gone.url).host}: connect ECONNREFUSED`)
    expect(emitter.downs[0]).not.toContain('s3cret')
  })
})

describe('headers', () => {
  test('carry the token, further ones and whom to reach', async () => {
    const { url, seen } = await service(text('one\n'))
    const { emitter } = await polling(url, {
      token: 'abc',
      headers: { 'X-Team': 'a' },
      contact: 'ops@example.com',
    })
    await emitter.until(polls(1))
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'x-team': 'a',
      'user-agent': 'mood-exporter (ops@example.com)',
    })
  })

  test('that are secret are sent only to the configured service', async () => {
    const other = await service(text('one\n'))
    const { url, seen } = await service((seen, response, n) =>
      seen.path === '/moved'
        ? text('', { location: other.url }, 302)(seen, response, n)
        : text('', { location: '/moved' }, 301)(seen, response, n),
    )
    const { emitter } = await polling(url, { token: 'abc', headers: { 'x-key': 'k' } })
    await emitter.until(polls(1))
    expect(seen.map(({ path, headers }) => [path, headers['x-key']])).toEqual([
      ['/', 'k'],
      ['/moved', 'k'],
    ])
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization')
    expect(other.seen[0]?.headers).not.toHaveProperty('x-key')
    expect(emitter.texts).toEqual(['one'])
  })

  test('redirections in a circle end', async () => {
    const { url } = await service(text('', { location: '/' }, 302))
    const { emitter } = await polling(url)
    await emitter.until(({ downs }) => downs.length === 1)
    expect(emitter.downs[0]).toContain('it redirected more than 5 times')
  })
})

describe('pages', () => {
  const ids = (emitter: { texts: string[] }) => emitter.texts.map(text => Number(JSON.parse(text).id))
  const json = { framing: { kind: 'json' } } as const
  const MASTODON: Partial<Options> = {
    token: 'good',
    since: { from: '/0/id', parameter: 'min_id' },
    pages: { link: 'prev' },
  }

  test('that lead forwards are followed, and nothing is missed between polls', async () => {
    const timeline = new Timeline()
    for (let id = 1; id <= 50; id++) timeline.ids.push(id)
    const { url } = await service(timeline.handle)
    const first = await polling(`${url}/api/v1/timelines/tag/coffee?limit=10`, MASTODON, json)
    await first.emitter.until(polls(1))
    // The first poll begins with what is newest.
    expect(ids(first.emitter).toSorted((a, b) => a - b)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
    await first.stop()
    for (let id = 51; id <= 85; id++) timeline.ids.push(id)
    const position = first.emitter.partitions.get('') ?? null
    const second = await polling(`${url}/api/v1/timelines/tag/coffee?limit=10`, MASTODON, {
      ...json,
      position,
    })
    await second.emitter.until(polls(1))
    expect(ids(second.emitter).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 35 }, (_, i) => 51 + i),
    )
    expect(second.emitter.partitions.get('')).toMatchObject({ since: '85' })
    expect(second.emitter.allowances.get('requests')).toBeLessThan(300)
    // There is nothing new, and the position stays.
    await second.emitter.until(polls(2))
    expect(second.emitter.partitions.get('')).toMatchObject({ since: '85' })
  })

  test('beyond the maximum are read by the next poll if they lead forwards', async () => {
    const timeline = new Timeline()
    for (let id = 1; id <= 45; id++) timeline.ids.push(id)
    const { url } = await service(timeline.handle)
    const position = { etag: null, modified: null, since: '0', digest: null, at: Date.now() }
    const options = { ...MASTODON, pages: { link: 'prev', max: 2 } } as const
    const { emitter } = await polling(`${url}/?limit=10`, options, { ...json, position })
    await emitter.until(polls(3))
    expect(ids(emitter).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, i) => 1 + i))
    expect(emitter.gaps).toEqual([])
  })

  const cursors: Handler = ({ query }, response) => {
    const at = Number(query.get('cursor') ?? 0)
    const next = at < 4 ? String(at + 1) : null
    response.end(JSON.stringify({ hits: [{ id: at }], meta: { next } }))
  }

  test('are found by a pointer to a cursor', async () => {
    const { url, seen } = await service(cursors)
    const { emitter } = await polling(`${url}/?q=x`, { pages: { from: '/meta/next', parameter: 'cursor' } })
    await emitter.until(polls(1))
    expect(seen.map(({ query }) => query.toString())).toEqual([
      'q=x',
      'q=x&cursor=1',
      'q=x&cursor=2',
      'q=x&cursor=3',
      'q=x&cursor=4',
    ])
    expect(emitter.texts).toHaveLength(5)
  })

  test('beyond the maximum are a gap, except in the first poll', async () => {
    const { url } = await service(({ query }, response) => {
      const at = Number(query.get('cursor') ?? 0)
      response.end(JSON.stringify({ id: Math.random(), next: at + 1 }))
    })
    const { emitter } = await polling(url, { pages: { from: '/next', parameter: 'cursor', max: 2 } })
    await emitter.until(polls(1))
    expect(emitter.gaps).toEqual([])
    await emitter.until(polls(2))
    expect(emitter.gaps).toMatchObject([{ result: 'lost' }])
  })

  test('may be URLs, of the same service only', async () => {
    const other = await service(text('{}'))
    const { url, seen } = await service((seen, response, n) => {
      const next = seen.path === '/' ? '/second' : other.url
      text(JSON.stringify({ next }))(seen, response, n)
    })
    const { emitter, logged } = await polling(url, { pages: { from: '/next' } })
    await emitter.until(polls(1))
    expect(seen.map(({ path }) => path)).toEqual(['/', '/second'])
    expect(other.seen).toEqual([])
    expect(logged.map(({ message }) => message)).toContain(
      'the next page is on another host, which is not followed',
    )
  })

  test('that fail leave the position where it was', async () => {
    const { url } = await service((seen, response, n) => {
      if (seen.query.has('cursor')) text('oops', {}, 500)(seen, response, n)
      else cursors(seen, response, n)
    })
    const { emitter } = await polling(url, { pages: { from: '/meta/next', parameter: 'cursor' } })
    await emitter.until(({ downs }) => downs.length >= 1)
    expect(emitter.positions).toEqual([])
  })

  test('a time goes into the parameter as it is wanted there', async () => {
    const { url, seen } = await service(text('{"hits":[{"created_at_i":1788220800}]}'))
    const since = { from: '/hits/0/created_at_i', parameter: 'numericFilters', value: 'created_at_i>{}' }
    const { emitter } = await polling(url, { since })
    await emitter.until(polls(2))
    expect(seen.slice(0, 2).map(({ query }) => query.get('numericFilters'))).toEqual([
      null,
      'created_at_i>1788220800',
    ])
  })

  test('an answer that is no JSON is an error where a pointer needs it', async () => {
    const { url } = await service(text('<html>'))
    const { emitter } = await polling(url, { since: { from: '/0/id', parameter: 'since_id' } })
    await emitter.until(({ downs }) => downs.length === 1)
    expect(emitter.downs[0]).toContain('its answer is no JSON')
  })
})

describe('the limit of requests a day', () => {
  const NOON = Date.UTC(2026, 8, 1, 12)

  test('is kept over restarts, and ends at midnight', async () => {
    vi.useFakeTimers({ now: NOON, toFake: ['Date'] })
    const store = new MemoryStore()
    const { url, seen } = await service(text('one\n'))
    const first = await polling(url, { requests_per_day: 2 }, { store })
    await first.emitter.until(polls(2))
    await expect
      .poll(() => first.logged.map(({ message }) => message))
      .toContainEqual(expect.stringContaining('limit of requests is reached'))
    expect(first.emitter.allowances.get('requests_per_day')).toBe(0)
    await first.stop()
    expect(seen).toHaveLength(2)

    const second = await polling(url, { requests_per_day: 2 }, { store })
    await expect.poll(() => second.logged).not.toEqual([])
    expect(second.logged[0]?.fields).toMatchObject({ hours: 12 })
    await second.stop()
    expect(seen).toHaveLength(2)

    vi.setSystemTime(NOON + 12 * 3_600_000)
    const third = await polling(url, { requests_per_day: 2 }, { store })
    await third.emitter.until(polls(1))
    expect(seen.length).toBeGreaterThan(2)
  })
})

test('a rate limit that is used up is waited for', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' }
  const { url, seen } = await service(text('one\n', headers))
  const { emitter } = await polling(url)
  await emitter.until(polls(1))
  expect(emitter.allowances.get('requests')).toBe(0)
  await new Promise(resolve => setTimeout(resolve, 1500))
  expect(seen).toHaveLength(1)
})

test('a long time without polls is a gap, which `since` fills', async () => {
  const day = 86_400_000
  const position = { etag: null, modified: null, since: '1', digest: null, at: Date.now() - day }
  const { url } = await service(text('[{"id":2}]'))
  const without = await polling(url, {}, { position })
  await without.emitter.until(({ gaps }) => gaps.length === 1)
  expect(without.emitter.gaps[0]?.result).toBe('lost')
  const since = { from: '/0/id', parameter: 'since_id' }
  const filled = await polling(url, { since }, { position })
  await filled.emitter.until(({ gaps }) => gaps.length === 1)
  expect(filled.emitter.gaps[0]?.result).toBe('filled')
  expect(filled.emitter.gaps[0]?.ms).toBeGreaterThanOrEqual(day)
})

test('stops at once in a request, between two polls and blocked', async () => {
  const hanging = await service(() => {})
  const asking = await polling(hanging.url)
  await expect.poll(() => hanging.seen.length).toBe(1)
  await asking.stop()
  const { url } = await service(text('one\n'))
  const waiting = await polling(url, { every: '1d' })
  await waiting.emitter.until(polls(1))
  await waiting.stop()
  const full = await polling(url)
  full.emitter.full = true
  await full.stop()
})

test.each<[Partial<Options>, string]>([
  [{ url: 'ftp://x' }, 'expected a URL'],
  [{ url: 'https://u:p@x' }, 'expected a URL'],
  [{ every: '10ms' }, 'expected at least 1s'],
  [{ token: 'a', headers: { Authorization: 'b' } }, 'expected no `authorization`'],
  [{ pages: {} }, 'expected either `link` or `from`'],
  [{ since: { from: '/x', parameter: 'y', value: 'z' } }, 'expected "{}"'],
  [{ contact: 'two words' }, 'without spaces'],
])('rejects invalid options: %j', (options, message) => {
  const { error } = poll.options.safeParse({ url: 'https://x', ...options })
  expect(error?.issues.map(issue => issue.message).join()).toContain(message)
})
