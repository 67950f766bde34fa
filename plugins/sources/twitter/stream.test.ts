import { expect, test, vi } from 'vitest'
import { xPolicy } from './policy.ts'
import { connected, NOVA, posts, running, STAR } from './testing-twitter.ts'
import {
  CONNECTIONS,
  LocalX,
  OPERATIONAL_DISCONNECT,
  RULES,
  STREAM,
  TOO_MANY_CONNECTIONS,
} from './testing-x.ts'

test('topics become rules, and posts come with the topics of the rules that they matched', async () => {
  const x = await LocalX.start()
  const twitter = await running(x)
  await connected(x, twitter)
  expect(x.rules.map(({ value, tag }) => [value, tag])).toEqual([
    ['(nova OR "galaxy s26" OR #galaxys26)', 'mood-exporter:nova'],
    ['(별 OR star) -movie', 'mood-exporter:star'],
  ])
  x.post('my nova is great')
  x.post('별 and nova')
  x.post('nothing of it')
  x.post('a star, the movie')
  x.post('#GalaxyS26 !!')
  await twitter.emitter.until(({ texts }) => texts.length === 3)
  expect(posts(twitter)).toEqual([
    ['my nova is great', 'nova'],
    ['별 and nova', 'nova', 'star'],
    ['#GalaxyS26 !!', 'nova'],
  ])
  expect(twitter.metrics.value('posts_read')).toBe(3)
  expect(twitter.metrics.value('rules')).toBe(2)
  expect(twitter.emitter.allowances.get('rules')).toBeGreaterThan(400)
  const [request] = x.requestsFor(STREAM)
  expect(request?.query.get('tweet.fields')?.split(',')).toEqual(
    expect.arrayContaining([
      'author_id',
      'created_at',
      'edit_history_tweet_ids',
      'entities',
      'lang',
      'note_tweet',
      'public_metrics',
    ]),
  )
})

test('rules of others are not changed, and an identical one is used', async () => {
  const x = await LocalX.start()
  x.rules = [
    { id: 'a', value: 'cats', tag: 'theirs' },
    { id: 'b', value: '(별 OR star) -movie' },
    { id: 'c', value: 'old', tag: 'mood-exporter:old' },
    { id: 'd', value: 'dogs', tag: 'mood-exporter-dev:dogs' },
  ]
  const twitter = await running(x)
  await connected(x, twitter)
  expect(x.rules.map(({ value }) => value).sort()).toEqual(
    ['cats', 'dogs', '(별 OR star) -movie', '(nova OR "galaxy s26" OR #galaxys26)'].sort(),
  )
  x.post('a star')
  x.post('cats')
  await twitter.emitter.until(({ texts }) => texts.length === 2)
  expect(posts(twitter)).toEqual([['a star', 'star'], ['cats']])
})

test('rules that are as they should be are not touched', async () => {
  const x = await LocalX.start()
  const first = await running(x)
  await connected(x, first)
  await first.stop()
  await x.until(({ connections }) => connections === 0)
  const second = await running(x)
  await connected(x, second)
  expect(x.requestsFor(RULES, 'POST')).toHaveLength(1)
})

test('a rule that X refuses is named with its topic and the reason, and the others are in force', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, { rules: { star: 'star sample:500', nova: ['nova', 'has:links'] } })
  await connected(x, twitter)
  expect(x.rules.map(({ value }) => value)).toEqual(['nova'])
  const errors = twitter.logged.filter(({ level }) => level === 'error')
  expect(errors.map(({ message, fields }) => [message, fields.rule])).toEqual([
    [
      expect.stringMatching(/^X is not asked for the topic "nova": Rules must contain at least one/),
      'has:links',
    ],
    [
      expect.stringMatching(/^X is not asked for the topic "star": Reference to invalid field 'sample:500'/),
      'star sample:500',
    ],
  ])
  expect(twitter.metrics.value('refused_topics')).toBe(2)
})

test('if X does not accept all rules, adds as many as possible and names the rest', async () => {
  const x = await LocalX.start()
  x.ruleLimit = 4
  const topics = Array.from({ length: 9 }, (_, i) => ({ name: `t${i}`, any: [`word${i}`] }))
  const twitter = await running(x, {}, { topics })
  await connected(x, twitter)
  expect(x.rules).toHaveLength(4)
  const refused = twitter.logged.filter(({ level }) => level === 'error')
  expect(refused).toHaveLength(5)
  expect(refused[0]?.message).toBe(
    'X is not asked for the topic "t4": X has no room for more rules of this app',
  )
})

test('a reload of topics changes rules while the stream stays connected', async () => {
  const x = await LocalX.start()
  const twitter = await running(x)
  await connected(x, twitter)
  await twitter.source.topics?.([NOVA, { name: 'sun', any: ['sun'] }])
  expect(x.rules.map(({ tag }) => tag)).toEqual(['mood-exporter:nova', 'mood-exporter:sun'])
  x.post('a star')
  x.post('the sun')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  expect(posts(twitter)).toEqual([['the sun', 'sun']])
  // A topic that is renamed needs another tag, which cannot be changed.
  await twitter.source.topics?.([{ ...NOVA, name: 'supernova' }])
  expect(x.rules.map(({ tag }) => tag)).toEqual(['mood-exporter:supernova'])
  expect(x.requestsFor(STREAM)).toHaveLength(1)
  expect(twitter.emitter.downs).toEqual([])
})

test('a failed change of rules is retried while the stream stays open', async () => {
  const x = await LocalX.start()
  const twitter = await running(x)
  await connected(x, twitter)
  x.answerNext(RULES, { status: 503, body: { title: 'Service Unavailable' } }, { status: 429 })
  await twitter.source.topics?.([STAR])
  expect(x.rules.map(({ tag }) => tag)).toEqual(['mood-exporter:star'])
  expect(twitter.emitter.downs).toEqual([])
})

test('characters that are cut between two chunks of bytes stay whole', async () => {
  const x = await LocalX.start()
  x.chunkBytes = 1
  const twitter = await running(x)
  await connected(x, twitter)
  const text = '별이 빛나는 밤 🌟 star'
  x.post(text)
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  expect(posts(twitter)).toEqual([[text, 'star']])
})

test('other messages and unreadable ones do not affect posts', async () => {
  const x = await LocalX.start()
  const twitter = await running(x)
  await connected(x, twitter)
  x.sendRaw('{"data":\r\n{"to_come":{"id":"1"}}\r\n[1]\r\n')
  x.post('nova')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  expect(posts(twitter)).toEqual([['nova', 'nova']])
  expect(twitter.emitter.drops.map(({ reason, sample }) => [reason, sample])).toEqual([
    ['invalid', ''],
    ['invalid', ''],
  ])
})

test('a message without an end is dropped before it fills the memory', async () => {
  const x = await LocalX.start()
  const twitter = await running(x)
  await connected(x, twitter)
  for (let i = 0; i < 5; i++) x.sendRaw('x'.repeat(300_000))
  x.sendRaw('\r\n')
  x.post('nova')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  expect(twitter.emitter.drops).toMatchObject([{ reason: 'oversized', records: 1 }])
})

test('a long post is a record that fits, with the whole of its text', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, {}, { maxRecordBytes: 4000 })
  await connected(x, twitter)
  const whole = `nova ${'긴 글 '.repeat(350)}`
  x.post('nova …', {
    note_tweet: { text: whole },
    entities: { urls: [{ url: `https://t.co/${'x'.repeat(2000)}` }] },
  })
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  expect(JSON.parse(twitter.emitter.texts[0] ?? '')).toMatchObject({ data: { note_tweet: { text: whole } } })
  expect(Buffer.byteLength(twitter.emitter.texts[0] ?? '')).toBeLessThan(4000)
})

test.each<[string, (x: LocalX) => void, string]>([
  ['is reset', x => x.cut(), 'network'],
  ['is ended', x => x.end(), 'closed'],
  [
    'is ended with a word',
    x => {
      x.send(OPERATIONAL_DISCONNECT)
      x.end()
    },
    'closed',
  ],
  [
    'is cut within a message',
    x => {
      x.sendRaw('{"data":{"id":"1","te')
      x.cut()
    },
    'network',
  ],
  ['falls silent', x => x.stall(), 'stalled'],
])('a stream that %s is opened again, and what was missed is counted', async (_, disturb, outage) => {
  const x = await LocalX.start()
  const twitter = await running(x, { silence: '500ms' })
  await connected(x, twitter)
  x.post('nova 1')
  await twitter.emitter.until(({ texts }) => texts.length === 1)
  disturb(x)
  await twitter.emitter.until(({ ups }) => ups === 2)
  await x.until(({ connections }) => connections === 1)
  x.post('nova 2')
  await twitter.emitter.until(({ texts }) => texts.length === 2)
  expect(posts(twitter)).toEqual([
    ['nova 1', 'nova'],
    ['nova 2', 'nova'],
  ])
  expect(twitter.emitter.outages).toEqual([outage])
  expect(twitter.emitter.gaps).toEqual([{ result: 'lost', ms: expect.any(Number) }])
  if (outage === 'closed' && twitter.emitter.downs[0]?.includes('operational'))
    expect(twitter.emitter.downs[0]).toContain('This stream has been disconnected upstream')
})

test('keep-alives keep a quiet stream open', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, { silence: '700ms' })
  await connected(x, twitter)
  const since = Date.now()
  await vi.waitFor(() => expect(Date.now() - since).toBeGreaterThan(2000), 10_000)
  expect(twitter.emitter.downs).toEqual([])
  expect(x.requestsFor(STREAM)).toHaveLength(1)
})

test('while the queue is full the stream is not read, which does not count as silence, and nothing is lost', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, { silence: '300ms' })
  await connected(x, twitter)
  twitter.emitter.full = true
  for (let i = 0; i < 50; i++) x.post(`nova ${i}`)
  const since = Date.now()
  await vi.waitFor(() => expect(Date.now() - since).toBeGreaterThan(1000), 10_000)
  twitter.emitter.full = false
  await twitter.emitter.until(({ texts }) => texts.length === 50)
  x.post('nova, the last')
  await twitter.emitter.until(({ texts }) => texts.length === 51)
  expect(twitter.emitter.downs).toEqual([])
})

test('a connection that X still counts is ended once, and the stream is opened', async () => {
  const x = await LocalX.start()
  x.haunt()
  const twitter = await running(x)
  await connected(x, twitter)
  expect(x.requestsFor(CONNECTIONS, 'DELETE')).toHaveLength(1)
  expect(twitter.metrics.value('stale_connections_ended')).toBe(1)
  expect(twitter.emitter.downs).toEqual([])
})

test('a connection of another program is ended once, and waited for afterwards', async () => {
  const x = await LocalX.start()
  x.answerNext(STREAM, ...Array.from({ length: 4 }, () => ({ status: 429, body: TOO_MANY_CONNECTIONS })))
  const twitter = await running(x)
  await connected(x, twitter)
  expect(x.requestsFor(CONNECTIONS, 'DELETE')).toHaveLength(1)
  expect(twitter.emitter.outages).toEqual(['slow_down', 'slow_down', 'slow_down'])
  expect(twitter.emitter.downs[0]).toContain(
    'This stream is currently at the maximum allowed connection limit.',
  )
})

test('no connection of others is ended where that is not wanted', async () => {
  const x = await LocalX.start()
  x.answerNext(STREAM, { status: 429, body: TOO_MANY_CONNECTIONS })
  const twitter = await running(x, { end_stale_connection: false })
  await connected(x, twitter)
  expect(x.requestsFor(CONNECTIONS)).toEqual([])
})

test('a wrong token is one clear line, and X is asked once', async () => {
  const x = await LocalX.start()
  x.token = 'another'
  const twitter = await running(x)
  await twitter.emitter.until(({ downs }) => downs.length === 1)
  expect(twitter.emitter.outages).toEqual(['credentials'])
  expect(twitter.emitter.downs[0]).toBe(
    `${x.url}: it answered 401: Unauthorized; it is not tried again until the configuration is changed and reloaded`,
  )
  expect(twitter.emitter.ups).toBe(0)
  expect(JSON.stringify([twitter.logged, twitter.emitter.downs])).not.toContain('Bearer')
  await twitter.stop()
  expect(x.requests).toHaveLength(1)
})

test.each<[number, object, string, RegExp]>([
  [
    503,
    { title: 'Service Unavailable', type: 'about:blank' },
    'server',
    /it answered 503: Service Unavailable/,
  ],
  [
    402,
    { title: 'CreditsDepleted', detail: 'no credits' },
    'slow_down',
    /it answered 402: CreditsDepleted: no credits/,
  ],
  [
    429,
    { title: 'Too Many Requests', detail: 'Too Many Requests' },
    'slow_down',
    /it answered 429: Too Many Requests$/,
  ],
  [429, { title: 'UsageCapExceeded', detail: 'cap' }, 'slow_down', /UsageCapExceeded: cap/],
])('waits after a status %i: %j', async (status, body, outage, message) => {
  const x = await LocalX.start()
  x.answerNext(STREAM, { status, body })
  const twitter = await running(x)
  await connected(x, twitter)
  expect(twitter.emitter.outages).toEqual([outage])
  expect(twitter.emitter.downs[0]).toMatch(message)
})

test('where X allows no more connections it is not asked for another until the limit is reset', async () => {
  const x = await LocalX.start()
  x.limits.set(STREAM, 2)
  const twitter = await running(x)
  await connected(x, twitter)
  x.cut()
  await connected(x, twitter, 2)
  x.cut()
  await twitter.emitter.until(({ downs }) => downs.length >= 6)
  expect(x.requestsFor(STREAM)).toHaveLength(2)
  expect(twitter.emitter.outages.at(-1)).toBe('slow_down')
})

test('retries an unreachable service until it responds', async () => {
  const x = await LocalX.start()
  const { port } = x
  await x.stop()
  const twitter = await running({ url: `http://127.0.0.1:${port}` } as LocalX)
  await twitter.emitter.until(({ downs }) => downs.length >= 3)
  expect(twitter.emitter.outages[0]).toBe('network')
  expect(twitter.emitter.downs[0]).toContain('ECONNREFUSED')
  await x.listen(port)
  await connected(x, twitter)
})

test('it stops at once: connected, held up, waiting, and before there is an answer', async () => {
  const x = await LocalX.start()
  const first = await running(x)
  await connected(x, first)
  await first.stop()
  await x.until(({ connections }) => connections === 0)

  const full = await running(x)
  await connected(x, full)
  full.emitter.full = true
  x.post('nova')
  await full.stop()
  await x.until(({ connections }) => connections === 0)

  x.answerNext(STREAM, { status: 429 })
  const waiting = await running(x, {}, { policy: xPolicy })
  await waiting.emitter.until(({ downs }) => downs.length === 1)
  await waiting.stop()

  x.answerNext(STREAM, { status: 0 })
  const unanswered = await running(x)
  const before = x.requestsFor(STREAM).length
  await x.until(x => x.requestsFor(STREAM).length > before)
  await unanswered.stop()
})

test('a request without a response times out', async () => {
  const x = await LocalX.start()
  x.answerNext(RULES, { status: 0 })
  x.answerNext(STREAM, { status: 0 })
  const twitter = await running(x, { timeout: '200ms', silence: '10s' })
  await connected(x, twitter)
  expect(twitter.emitter.outages).toEqual(['network', 'network'])
  expect(twitter.emitter.downs[1]).toContain('no answer within 0.2 s')
})

test('the stream is closed when the budget is used up, and opens again in the next period', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 27, 23, 59, 59) })
  try {
    const x = await LocalX.start()
    const twitter = await running(x, { budget: { posts_per_day: 3, usd_per_post: 2 } })
    await connected(x, twitter)
    for (let i = 0; i < 3; i++) x.post(`nova ${i}`)
    await twitter.emitter.until(({ downs }) => downs.length === 1)
    await x.until(({ connections }) => connections === 0)
    expect(twitter.emitter.downs[0]).toBe('the budget is used up; it reads again at 2026-11-28T00:00:00.000Z')
    expect(twitter.metrics.value('budget_left_posts', { period: 'day' })).toBe(0)
    expect(twitter.metrics.value('cost_usd', { period: 'day' })).toBe(6)
    // An alert tells it from an outage by this; the exporter logs what is said as the source goes down.
    expect(twitter.metrics.value('budget_paused')).toBe(1)
    expect(twitter.logged.filter(({ level }) => level === 'warn')).toEqual([])
    vi.setSystemTime(Date.UTC(2026, 10, 28, 0, 0, 1))
    await connected(x, twitter, 2)
    expect(twitter.emitter.gaps).toMatchObject([{ result: 'lost' }])
    expect(twitter.metrics.value('budget_paused')).toBe(0)
    expect(twitter.metrics.value('budget_left_posts', { period: 'day' })).toBe(3)
    x.post('nova again')
    await twitter.emitter.until(({ texts }) => texts.length === 4)
  } finally {
    vi.useRealTimers()
  }
})

test('a restart keeps what was read of the budget, and counts the time in between as lost', async () => {
  const x = await LocalX.start()
  const budget = { posts_per_day: 1000 }
  const first = await running(x, { budget })
  await connected(x, first)
  for (let i = 0; i < 7; i++) x.post(`nova ${i}`)
  await first.emitter.until(({ texts }) => texts.length === 7)
  await first.stop()
  await x.until(({ connections }) => connections === 0)
  const position = first.emitter.positions.at(-1)
  const second = await running(
    x,
    { budget },
    { store: first.store, ...(position === undefined ? {} : { position }) },
  )
  await connected(x, second)
  expect(second.metrics.value('budget_read_posts', { period: 'day' })).toBe(7)
  expect(second.emitter.gaps).toMatchObject([{ result: 'lost' }])
})

test('one in a hundred is left of the budget for what X has sent when the stream is ended', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, { budget: { posts_per_day: 1000 } })
  expect(twitter.metrics.value('budget_left_posts', { period: 'day' })).toBe(990)
})

test('only the volume compensates for the posts that a sample leaves out', async () => {
  const x = await LocalX.start()
  const twitter = await running(x, { sample: 10 })
  await connected(x, twitter)
  expect(x.rules[0]?.value).toBe('(nova OR "galaxy s26" OR #galaxys26) sample:10')
  x.post('nova')
  x.post('nova and a star')
  await twitter.emitter.until(({ texts }) => texts.length === 2)
  expect(twitter.metrics.value('volume_posts', { topic: 'nova' })).toBe(20)
  expect(twitter.metrics.value('volume_posts', { topic: 'star' })).toBe(10)
  expect(twitter.metrics.value('sample_ratio')).toBe(0.1)
  expect(twitter.metrics.value('posts_read')).toBe(2)
})

test('whatever happens to the stream, posts are read once, and the last one comes', async () => {
  const x = await LocalX.start()
  x.limits.set(STREAM, 10_000)
  const twitter = await running(x, { silence: '300ms' })
  let seed = 7
  const random = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * n)
  }
  const disturbances = [
    () => x.cut(),
    () => x.end(),
    () => x.sendRaw('{"data":{"id":'),
    () => x.stall(),
    () => x.answerNext(STREAM, { status: 503 }),
    () => x.answerNext(STREAM, { status: 429, body: TOO_MANY_CONNECTIONS }),
    () => x.answerNext(STREAM, { status: 0 }),
    () => x.send(OPERATIONAL_DISCONNECT),
  ]
  for (let round = 0; round < 40; round++) {
    await connected(x, twitter)
    for (let i = random(5); i >= 0; i--) x.post(`nova ${round} ${i}`)
    disturbances[random(disturbances.length)]?.()
    if (random(2) === 0) x.cut()
  }
  await connected(x, twitter)
  x.cut()
  await connected(x, twitter)
  x.post('nova, the last')
  await twitter.emitter.until(
    ({ texts }) => posts(twitter).at(-1)?.[0] === 'nova, the last' && texts.length > 0,
  )
  const read = posts(twitter).map(([text]) => text)
  expect(new Set(read).size).toBe(read.length)
  expect(read.length).toBeLessThanOrEqual(x.tweets.length)
  expect(read.length).toBeGreaterThan(20)
  // Each time without a connection is one gap.
  expect(twitter.emitter.gaps).toHaveLength(twitter.emitter.ups - 1)
})

test('after a connection that held for a while, rules that others removed are there again, and a stale one is ended again', async () => {
  vi.useFakeTimers({ toFake: ['performance'], shouldAdvanceTime: true })
  try {
    const x = await LocalX.start()
    x.haunt()
    const twitter = await running(x, { silence: '1h' })
    await connected(x, twitter)
    expect(x.requestsFor(CONNECTIONS)).toHaveLength(1)
    x.rules = []
    vi.advanceTimersByTime(11 * 60_000)
    x.haunt()
    x.cut()
    await connected(x, twitter, 2)
    expect(x.requestsFor(CONNECTIONS)).toHaveLength(2)
    expect(x.rules.map(({ tag }) => tag)).toEqual(['mood-exporter:nova', 'mood-exporter:star'])
  } finally {
    vi.useRealTimers()
  }
})

test('a quiet stream notes how long it has held, so that a restart does not count that as missed', async () => {
  vi.useFakeTimers({ toFake: ['performance'], shouldAdvanceTime: true })
  try {
    const x = await LocalX.start()
    const twitter = await running(x, { silence: '1h' })
    await connected(x, twitter)
    const before = Date.now()
    vi.advanceTimersByTime(31_000)
    await twitter.emitter.until(({ positions }) => positions.length === 1)
    const [position] = twitter.emitter.positions as { at: number }[]
    expect(position?.at).toBeGreaterThanOrEqual(before)
    expect(twitter.emitter.texts).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})
