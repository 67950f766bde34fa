import type { z } from 'mood-exporter/plugin'
import { type TestSourceOptions, testSource } from 'mood-exporter/plugin/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import bluesky from './index.ts'
import { Jetstream, type JetstreamOptions } from './testing-jetstream.ts'

type Options = z.input<typeof bluesky.options>

const QUICK = { initial: '5ms', max: '20ms', healthy_after: '0s' }

/** An instance on loopback, until the test has finished. */
async function jetstream(options?: JetstreamOptions): Promise<Jetstream> {
  const instance = await Jetstream.start(options)
  onTestFinished(() => instance.stop())
  return instance
}

async function reading(hosts: string[], options: Options = {}, where: TestSourceOptions = {}) {
  const running = await testSource(bluesky, { hosts, backoff: QUICK, ...options }, where)
  onTestFinished(() => running.stop())
  return running
}

/** The source, connected to an instance. */
async function connected(options: Options = {}, where: TestSourceOptions = {}) {
  const instance = await jetstream()
  const running = await reading([instance.host], options, where)
  await running.emitter.until(({ ups }) => ups === 1)
  return { instance, ...running }
}

describe.each([
  ['v2, compressed by zstd', { wire: 'v2', compression: true }],
  ['v2, not compressed', { wire: 'v2', compression: false }],
  ['v1, compressed by deflate', { wire: 'v1', compression: true }],
  ['v1, not compressed', { wire: 'v1', compression: false }],
] as [string, Options][])('on the wire %s', (_, options) => {
  test('emits posts as they arrive, and ignores other events', async () => {
    const { instance, emitter, metrics } = await connected(options)
    const { at } = instance.post('hello', { did: 'did:plc:a', rkey: '3k' })
    instance.publish({ kind: 'identity' })
    instance.publish({ kind: 'account' })
    instance.publish({ operation: 'delete' })
    instance.publish({ operation: 'update', record: { text: 'edited' } })
    instance.publish({ collection: 'app.bsky.feed.like', record: {} })
    instance.post('안녕', { record: { langs: ['ko'] } })
    await emitter.until(({ records }) => records.length === 2)
    const [first, second] = emitter.records.map(({ value }) => value)
    expect(first).toMatchObject({
      id: 'at://did:plc:a/app.bsky.feed.post/3k',
      text: 'hello',
      lang: 'en',
      author: 'did:plc:a',
      url: 'https://bsky.app/profile/did:plc:a/post/3k',
    })
    expect((first as { createdAt: number }).createdAt).toBeLessThanOrEqual(at / 1000)
    expect(second).toMatchObject({ text: '안녕', lang: 'ko' })
    expect(emitter.drops).toEqual([])
    expect(metrics.value('events', { result: 'post' })).toBe(2)
    expect(metrics.value('events', { result: 'deleted' })).toBe(1)
    expect(metrics.value('events', { result: 'updated' })).toBe(1)
  })

  test('resumes after a lost connection without losing or repeating a post', async () => {
    const { instance, emitter } = await connected(options)
    instance.post('one')
    instance.post('two')
    await emitter.until(({ texts }) => texts.length === 2)
    instance.hangUp()
    instance.post('meanwhile')
    await emitter.until(({ ups }) => ups === 2)
    instance.post('after')
    await emitter.until(({ texts }) => texts.includes('after'))
    const ids = new Set(emitter.records.map(({ value }) => (value as { id: string }).id))
    expect(ids.size).toBe(4)
    // A cursor of v1 is a time: the exporter drops what comes again by its id.
    if (options.wire === 'v2') expect(emitter.texts).toEqual(['one', 'two', 'meanwhile', 'after'])
    expect(emitter.outages).toEqual(['network'])
    expect(emitter.gaps).toMatchObject([{ result: 'filled' }])
  })
})

test('a connection that is lost before the first post resumes at the time of its beginning', async () => {
  const [east, west] = [await jetstream(), await jetstream({ firstSeq: 900_000 })]
  const { emitter } = await reading([east.host, west.host])
  await emitter.until(({ ups }) => ups === 1)
  await east.stop()
  west.post('meanwhile')
  await emitter.until(({ texts }) => texts.includes('meanwhile'))
  expect(east.queries[0]?.has('cursor')).toBe(false)
})

test('a restart resumes at the committed position', async () => {
  const first = await connected()
  first.instance.post('one')
  await first.emitter.until(({ positions }) => positions.length > 0)
  await first.stop()
  const position = first.emitter.partitions.get('') ?? null
  first.instance.post('meanwhile')
  const second = await reading([first.instance.host], {}, { position })
  await second.emitter.until(({ texts }) => texts.length === 1)
  expect(second.emitter.texts).toEqual(['meanwhile'])
  expect(second.emitter.gaps).toMatchObject([{ result: 'filled' }])
})

test('ignores a position of another source', async () => {
  for (const position of [
    'text',
    { offset: 3 },
    { host: 'x', seq: 'y', at: 1 },
    { host: 'x', seq: 1e16, at: 1 },
  ]) {
    const { instance } = await connected({}, { position })
    expect(instance.queries[0]?.has('cursor')).toBe(false)
  }
})

test('on another instance it resumes by time, somewhat earlier', async () => {
  const [east, west] = [await jetstream(), await jetstream({ firstSeq: 900_000 })]
  const { emitter } = await reading([east.host, west.host], { rewind: '5s' })
  await emitter.until(({ ups }) => ups === 1)
  const at = Date.now() * 1000
  for (const instance of [east, west]) instance.post('one', { at, rkey: 'one' })
  await emitter.until(({ texts }) => texts.length === 1)
  await east.stop()
  west.post('two', { at: at + 2e6 })
  await emitter.until(({ texts }) => texts.includes('two'))
  expect(west.queries[0]?.get('cursor')).toBe(`${at - 5e6}`)
  // `one` comes again, with the same id.
  expect(emitter.texts).toEqual(['one', 'one', 'two'])
  expect(emitter.gaps).toMatchObject([{ result: 'filled' }])
  expect(emitter.partitions.get('')).toMatchObject({ host: west.host, seq: 900_001 })
})

describe('a gap that cannot be filled is counted as lost', () => {
  const HOUR = 3_600_000_000

  test.each(['v2', 'v1'] as const)(
    'counts a lost gap if the instance no longer has the missed posts, on %s',
    async wire => {
      const { instance, emitter, stop } = await connected({ wire })
      const now = Date.now() * 1000
      instance.post('old', { at: now - 40 * HOUR })
      await emitter.until(({ positions }) => positions.length > 0)
      await stop()
      instance.post('missed', { at: now - 30 * HOUR })
      const { seq } = instance.post('recent', { at: now - HOUR })
      instance.floor = seq
      const position = emitter.partitions.get('') ?? null
      const second = await reading([instance.host], { wire }, { position })
      await second.emitter.until(({ texts }) => texts.length === 1)
      expect(second.emitter.texts).toEqual(['recent'])
      expect(second.emitter.gaps).toMatchObject([{ result: 'lost' }])
      expect(second.emitter.gaps[0]?.ms).toBeCloseTo((39 * HOUR) / 1000, -1)
    },
  )

  test('resumes by time if the sequence numbers are those of another archive', async () => {
    const instance = await jetstream()
    const at = Date.now() * 1000
    const position = { host: instance.host, seq: 5_000_000, at: at - 3e6 }
    instance.post('missed', { at: at - 1e6 })
    const { emitter } = await reading([instance.host], {}, { position })
    await emitter.until(({ texts }) => texts.length === 1)
    expect(emitter.texts).toEqual(['missed'])
    expect(emitter.downs[0]).toContain('FutureCursor')
  })
})

test('switches from a silent instance to the next one', async () => {
  const [silent, good] = [await jetstream(), await jetstream()]
  silent.isSilent = true
  const { emitter } = await reading([silent.host, good.host], { idle_timeout: '500ms' })
  await emitter.until(({ outages }) => outages.includes('stalled'))
  await expect.poll(() => good.connections).toBeGreaterThan(0)
  good.post('one')
  await emitter.until(({ texts }) => texts.includes('one'))
  expect(emitter.downs[0]).toContain(`${silent.host}: nothing came for 0.5 s`)
})

test('switches from an unreachable instance to the next one', async () => {
  const gone = await jetstream()
  const { host } = gone
  await gone.stop()
  const good = await jetstream()
  const { emitter } = await reading([host, good.host])
  await emitter.until(({ ups }) => ups === 1)
  expect(emitter.outages).toEqual(['network'])
  expect(good.connections).toBe(1)
})

test.each([
  [
    { status: 503, body: '{"error":"ServiceUnavailable","message":"service not ready: warming up"}' },
    'server',
    'warming up',
  ],
  [{ status: 429, headers: { 'retry-after': '0' } }, 'slow_down', '429'],
  [{ status: 404, body: 'nothing here' }, 'server', 'it answered 404: nothing here'],
])('the reason of a rejecting instance is reported: %j', async (refuse, outage, message) => {
  const instance = await jetstream()
  instance.refuse = refuse
  const { emitter } = await reading([instance.host])
  await emitter.until(({ downs }) => downs.length >= 1)
  expect(emitter.downs[0]).toContain(message)
  expect(emitter.outages[0]).toBe(outage)
  instance.refuse = null
  await emitter.until(({ ups }) => ups === 1)
})

test('an error message of the stream closes it, and its kind is counted', async () => {
  const { instance, emitter } = await connected({ compression: false })
  instance.sendRaw('{"$type":"error","error":"ConsumerTooSlow","message":"reading below the floor rate"}')
  await emitter.until(({ ups }) => ups === 2)
  instance.hangUp(1001, 'shutting down')
  await emitter.until(({ ups }) => ups === 3)
  instance.hangUp(1013)
  await emitter.until(({ outages }) => outages.length === 3)
  expect(emitter.downs[0]).toContain('ConsumerTooSlow: reading below the floor rate')
  expect(emitter.downs[1]).toContain('closed with 1001: shutting down')
  expect(emitter.outages).toEqual(['server', 'closed', 'slow_down'])
})

test('unreadable frames are dropped as invalid, and do not affect others', async () => {
  const { instance, emitter, metrics } = await connected({ compression: false })
  instance.sendRaw('{"$type":"mess')
  instance.sendRaw('{"$type":"message","payload":{}}')
  instance.publish({ record: { text: 7 } })
  instance.publish({ record: null })
  instance.post('good')
  await emitter.until(({ texts }) => texts.length === 1)
  expect(emitter.drops.map(({ reason }) => reason)).toEqual(Array(4).fill('invalid'))
  expect(metrics.value('events', { result: 'invalid' })).toBe(4)
})

test('a binary frame of another dictionary ends the connection, and the dictionary is fetched again', async () => {
  const { instance, emitter } = await connected()
  instance.sendRaw(Buffer.from('28b52ffd03badc0ffe0000', 'hex'))
  await emitter.until(({ ups }) => ups === 2)
  expect(emitter.downs[0]).toContain('cannot be unpacked')
  instance.post('good')
  await emitter.until(({ texts }) => texts.length === 1)
})

test('an instance without a dictionary sends text', async () => {
  const instance = await jetstream({ dictionary: false })
  const { emitter, logged } = await reading([instance.host])
  await emitter.until(({ ups }) => ups === 1)
  instance.post('good')
  await emitter.until(({ texts }) => texts.length === 1)
  expect(logged.map(({ message }) => message)).toContain('the stream is not compressed')
})

test('requests only posts, and can leave out replies, quotes and other languages', async () => {
  const { instance, emitter, metrics } = await connected({ languages: ['en'], replies: false, quotes: false })
  const query = instance.queries[0] as URLSearchParams
  expect([query.getAll('kinds'), query.getAll('collections')]).toEqual([['commit'], ['app.bsky.feed.post']])
  const uri = 'at://did:plc:x/app.bsky.feed.post/3k'
  instance.post('reply', { record: { reply: { parent: { uri }, root: { uri } } } })
  instance.post('quote', { record: { embed: { $type: 'app.bsky.embed.record', record: { uri } } } })
  instance.post('with a picture', {
    record: { embed: { $type: 'app.bsky.embed.recordWithMedia', record: { record: { uri } } } },
  })
  instance.post('deutsch', { record: { langs: ['de'] } })
  instance.post('both', { record: { langs: ['de', 'en-GB'] } })
  instance.post('undeclared', { record: { langs: undefined } })
  instance.post('of a list', {
    record: { embed: { record: { uri: 'at://did:plc:x/app.bsky.graph.list/3k' } } },
  })
  await emitter.until(({ texts }) => texts.includes('of a list'))
  expect(emitter.texts).toEqual(['both', 'undeclared', 'of a list'])
  expect(emitter.records.map(({ value }) => (value as { lang?: string }).lang)).toEqual([
    undefined,
    undefined,
    'en',
  ])
  for (const [result, n] of [
    ['reply', 1],
    ['quote', 2],
    ['language', 1],
  ] as const)
    expect(metrics.value('events', { result })).toBe(n)
})

test('tags that are not in the text are appended to it', async () => {
  const { instance, emitter } = await connected()
  const feature = (tag: unknown) => ({ index: {}, features: [{ $type: 'app.bsky.richtext.facet#tag', tag }] })
  instance.post('a day #out', {
    record: { tags: ['hidden', 'two words', 7], facets: [feature('out'), feature('Linked'), feature(null)] },
  })
  await emitter.until(({ texts }) => texts.length === 1)
  expect(emitter.texts).toEqual(['a day #out #hidden #Linked'])
})

test('the event time of a post is at most the time of its receipt', async () => {
  const { instance, emitter } = await connected()
  const at = Date.UTC(2026, 8, 1) * 1000
  instance.post('future', { at, record: { createdAt: '2042-01-01T00:00:00Z' } })
  instance.post('past', { at, record: { createdAt: '2020-01-01T00:00:00.000Z' } })
  instance.post('nonsense', { at, record: { createdAt: 'yesterday-ish' } })
  await emitter.until(({ records }) => records.length === 3)
  const times = emitter.records.map(({ value }) => (value as { createdAt: number }).createdAt)
  expect(times).toEqual([at / 1000, Date.UTC(2020, 0, 1), at / 1000])
})

test('while the queue is full the socket is not read, and nothing is lost', async () => {
  const { instance, emitter, metrics } = await connected({ compression: false })
  emitter.full = true
  const text = 'x'.repeat(2000)
  for (let n = 0; n < 10_000; n++) instance.post(`${n} ${text}`)
  let read = -1
  await vi.waitFor(
    () => {
      const before = read
      read = Number(metrics.value('events', { result: 'post' }) ?? 0)
      expect(read).toBeGreaterThan(0)
      expect(read).toBe(before)
    },
    { timeout: 20_000, interval: 300 },
  )
  expect(read).toBeLessThan(2000)
  emitter.full = false
  await emitter.until(({ texts }) => texts.length === 10_000)
  expect(emitter.texts.map(text => Number.parseInt(text, 10))).toEqual(
    Array.from({ length: 10_000 }, (_, n) => n),
  )
  expect(emitter.downs).toEqual([])
})

test('stops at once while connected, waiting or blocked', async () => {
  const { instance, emitter, stop } = await connected()
  emitter.full = true
  instance.post('one')
  await stop()
  const waiting = await reading(['ws://127.0.0.1:1'], { backoff: { initial: '1h', max: '1h' } })
  await waiting.emitter.until(({ downs }) => downs.length === 1)
  await waiting.stop()
})

test.each(['https://x', 'ws://u:p@x', 'ws://x/path', 'a b', ''])('rejects an invalid host: %j', host => {
  expect(bluesky.options.safeParse({ hosts: [host] }).success).toBe(false)
})
