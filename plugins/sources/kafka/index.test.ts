import { once } from 'node:events'
import { createServer } from 'node:net'
import type { CompressionAlgorithmValue } from '@platformatic/kafka'
import type { Position, z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sharedBroker, USER } from '../../../test/support/kafka-tests.ts'
import { messagesOf } from '../../../tools/stack/kafka-client.ts'
import { TokenServer } from '../../kafka/testing-token-server.ts'
import kafka from './index.ts'

/** Generous: a broker on a busy machine takes its time. */
const MS = 60_000

vi.setConfig({ testTimeout: 2 * MS })

const brokerOf = sharedBroker()
const running: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(stop => stop()))
})

/** A login by tokens that a server gives. */
const TOKENS = { mechanism: 'oauthbearer', client_id: 'mood exporter', client_secret: 'a:b%c' } as const

type Options = z.input<typeof kafka.options>
type Run = Awaited<ReturnType<typeof read>>

/** How long a token of the test of sessions is valid, in seconds. */
const SESSION_SECONDS = 6

let groups = 0

/** A source with these options, which is stopped after the test. */
async function read(options: Options, positions?: ReadonlyMap<string, Position>) {
  const run = await testSource(
    kafka,
    { group: `group-${++groups}`, fetch_wait: '50ms', ...options },
    positions ? { positions } : {},
  )
  running.push(() => run.stop())
  return run
}

/** Resolves once a source has handed over these texts, in whatever order of the partitions. */
async function gives({ emitter }: Run, texts: readonly string[]): Promise<void> {
  await emitter.until(({ records }) => records.length >= texts.length, MS)
  expect(emitter.texts.toSorted()).toEqual(texts.toSorted())
}

/** As the exporter does: what was emitted is committed, and a partition is closed after that. */
function committing({ emitter, source }: Run): void {
  const close = emitter.close.bind(emitter)
  emitter.close = async (name, closing) => {
    source.commit?.(name, emitter.partitions.get(name) as number)
    await close(name, closing)
  }
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`)

describe('records', () => {
  test('of all partitions come in the order of each, with the offset after them as the position', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 2)
    await client.send(topic, numbered(2000), { partitions: 2 })
    const run = await read({ brokers: [kafka.brokers], topics: [topic] })
    await gives(run, numbered(2000))
    const { emitter } = run
    for (const partition of [0, 1]) {
      const own = emitter.records.filter(record => record.partition === `${topic}/${partition}`)
      expect(own.map(({ value }) => Number(value))).toEqual(
        numbered(2000)
          .map(Number)
          .filter(n => n % 2 === partition),
      )
    }
    expect(Object.fromEntries(emitter.partitions)).toEqual({ [`${topic}/0`]: 1000, [`${topic}/1`]: 1000 })
    await emitter.until(({ lagRecords }) => lagRecords === 0, MS)
    expect(emitter).toMatchObject({ ups: 1, downs: [] })
    expect(run.metrics.value('assigned_partitions')).toBe(2)
  })

  test.for<CompressionAlgorithmValue>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'compressed with %s are read',
    async (compression, context) => {
      const { kafka, client, topic } = await brokerOf(context)
      await client.create([topic], 1)
      const texts = numbered(300).map(text => text.padEnd(200, ' 좋아요'))
      await client.send(topic, texts, { producer: client.producer(compression) })
      await gives(await read({ brokers: [kafka.brokers], topics: [topic] }), texts)
    },
  )

  test('have their time, and if configured their key and headers', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    const timestamp = Date.parse('2026-01-31T12:00:00Z')
    const producer = client.producer('zstd')
    await client.send(
      topic,
      [
        { value: 'one', timestamp },
        { value: 'two', timestamp: timestamp + 1500, key: 'k', headers: { lang: 'ko', from: '토끼' } },
        { value: 'three', timestamp: timestamp - 70_000, headers: { lang: '' } },
      ],
      { producer },
    )
    const options = { brokers: [kafka.brokers], topics: [topic] }
    const [timed, full] = await Promise.all([read(options), read({ ...options, envelope: 'full' })])
    for (const run of [timed, full]) await gives(run, ['one', 'two', 'three'])
    const times = [timestamp, timestamp + 1500, timestamp - 70_000]
    expect(timed.emitter.records.map(({ envelope }) => envelope)).toEqual(times.map(time => ({ time })))
    expect(full.emitter.records.map(({ envelope }) => envelope)).toEqual([
      { time: times[0] },
      {
        time: times[1],
        key: Buffer.from('k'),
        headers: [
          ['lang', Buffer.from('ko')],
          ['from', Buffer.from('토끼')],
        ],
      },
      { time: times[2], headers: [['lang', Buffer.from('')]] },
    ])
  })

  test('have the time of the broker if the topic is configured for it', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.admin.createTopics({
      topics: [topic],
      partitions: 1,
      replicas: 1,
      configs: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
    })
    const before = Date.now()
    await client.send(topic, [{ value: 'one', timestamp: before - 3_600_000 }])
    const run = await read({ brokers: [kafka.brokers], topics: [topic] })
    await gives(run, ['one'])
    const time = run.emitter.records[0]?.envelope?.time as number
    // Both run on this machine, whose clock may have been set in between.
    expect(time).toBeGreaterThan(before - 60_000)
  })

  test('without a value are counted and skipped', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, [
      { value: 'one' },
      { value: null, key: 'k' },
      { value: 'two' },
      { value: null, key: 'k' },
    ])
    const run = await read({ brokers: [kafka.brokers], topics: [topic] })
    await gives(run, ['one', 'two'])
    expect(run.emitter.partitions.get(`${topic}/0`)).toBe(4)
    expect(run.metrics.value('tombstones')).toBe(2)
  })

  test('of transactions are read if committed', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    const producer = client.producer('none', `transactions-${topic}`)
    for (const [name, ends] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'commit'],
      ['d', 'abort'],
    ] as const) {
      const transaction = await producer.beginTransaction()
      const texts = numbered(3).map(n => `${name}${n}`)
      await transaction.send({ messages: messagesOf(topic, texts, 1), acks: -1 })
      await transaction[ends]()
    }
    await client.send(topic, ['last'])
    const run = await read({ brokers: [kafka.brokers], topics: [topic], partition_bytes: '1B' })
    await gives(run, ['a0', 'a1', 'a2', 'c0', 'c1', 'c2', 'last'])
    // Twelve records, four that end transactions, and the last.
    expect(run.emitter.partitions.get(`${topic}/0`)).toBe(17)
  })

  test('wait at the broker while the queue is full', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    const producer = client.producer()
    const texts = numbered(4000).map(text => text.padEnd(500))
    for (let i = 0; i < texts.length; i += 500)
      await client.send(topic, texts.slice(i, i + 500), { producer })
    const run = await read({
      brokers: [kafka.brokers],
      topics: [topic],
      fetch_bytes: '64KiB',
      partition_bytes: '64KiB',
    })
    await run.emitter.until(({ records }) => records.length > 0, MS)
    run.emitter.full = true
    expect(run.emitter.records.length).toBeLessThan(4000)
    run.emitter.full = false
    await gives(run, texts)
  })
})

describe('it begins', () => {
  test('at the end, at the beginning or at a time', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    const at = (time: string) => Date.parse(time)
    await client.send(topic, [
      { value: 'old', timestamp: at('2026-01-01T00:00:00Z') },
      { value: 'new', timestamp: at('2026-03-01T00:00:00Z') },
    ])
    const options = { brokers: [kafka.brokers], topics: [topic] }
    const latest = await read({ ...options, start: 'latest' })
    const timed = await read({ ...options, start: '2026-02-01T00:00:00Z' })
    const earliest = await read({ ...options, start: 'earliest' })
    await latest.emitter.until(({ partitions }) => partitions.size > 0, MS)
    await client.send(topic, ['next'])
    await gives(latest, ['next'])
    await gives(timed, ['new', 'next'])
    await gives(earliest, ['old', 'new', 'next'])
  })

  test('at the offset of the state or of the group, whichever is further', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, numbered(10))
    const options = { brokers: [kafka.brokers], topics: [topic], group: `resumed-${topic}` }
    const first = await read(options)
    await gives(first, numbered(10))
    first.source.commit?.(`${topic}/0`, 4)
    await vi.waitFor(async () => expect(await client.committed(options.group, topic)).toEqual({ 0: 4 }), MS)
    await first.stop()
    const second = await read(options)
    await gives(second, numbered(6, 4))
    await second.stop()
    const third = await read(options, new Map([[`${topic}/0`, 7]]))
    await gives(third, numbered(3, 7))
    await third.stop()
    // Where it begins is committed before anything else, so the group is there now.
    await gives(await read(options, new Map([[`${topic}/0`, 2]])), numbered(3, 7))
  })

  test('at the start of a recreated partition, and logs it', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, ['one', 'two'])
    const run = await read({ brokers: [kafka.brokers], topics: [topic] }, new Map([[`${topic}/0`, 50]]))
    await gives(run, ['one', 'two'])
    expect(run.logged.map(({ message }) => message).join()).toContain(
      'the partition ends before what was read of it',
    )
  })

  test('at the first remaining record, and counts the deleted ones', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, numbered(10))
    await client.admin.deleteRecords({
      topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }],
    })
    const run = await read({ brokers: [kafka.brokers], topics: [topic] }, new Map([[`${topic}/0`, 1]]))
    await gives(run, numbered(4, 6))
    expect(run.metrics.value('missed_records')).toBe(5)
  })
})

describe('topics', () => {
  test('that match the pattern are read, and those that are made later', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([`${topic}.a`, `other-${topic}`], 1)
    await client.send(`${topic}.a`, ['one'])
    await client.send(`other-${topic}`, ['not this'])
    const run = await read({ brokers: [kafka.brokers], topic_pattern: `^${topic}[.]`, refresh: '1s' })
    await gives(run, ['one'])
    await client.create([`${topic}.b`], 2)
    await client.send(`${topic}.b`, ['two', 'three'], { partitions: 2 })
    await gives(run, ['one', 'two', 'three'])
  })

  test('that do not exist are named, and read once they exist', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    const missing = `missing-${topic}`
    await client.create([topic], 1)
    const run = await read({ brokers: [kafka.brokers], topics: [topic, missing] })
    await run.emitter.until(({ downs }) => downs.length > 0, MS)
    expect(run.emitter).toMatchObject({
      downs: [`there is no topic "${missing}", or this user may not see it`],
      ups: 0,
    })
    await client.create([missing], 1)
    await client.send(missing, ['one'])
    await gives(run, ['one'])
    expect(run.emitter.ups).toBe(1)
  })
})

describe('members of a group', () => {
  test('share the partitions, and release them once everything read is committed', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 4)
    await client.send(topic, numbered(40), { partitions: 4 })
    const options = {
      brokers: [kafka.brokers],
      topics: [topic],
      group: `two-${topic}`,
      session_timeout: '10s',
    }
    const first = await read(options)
    await gives(first, numbered(40))
    committing(first)
    const { emitter } = first
    const second = await read(options)
    await second.emitter.until(({ partitions }) => partitions.size === 2, MS)
    expect(new Set(emitter.closed)).toEqual(new Set(second.emitter.partitions.keys()))
    await client.send(topic, numbered(40, 40), { partitions: 4 })
    await first.emitter.until(({ records }) => records.length === 60, MS)
    await second.emitter.until(({ records }) => records.length === 20, MS)
    expect([...first.emitter.texts, ...second.emitter.texts].toSorted()).toEqual(numbered(80).toSorted())
    expect(first.metrics.value('doubled_records')).toBe(0)
    expect(first.metrics.value('rebalances')).toBeGreaterThan(1)
    // One that leaves gives its partitions back at once, as far as they are committed.
    for (const [name, offset] of second.emitter.partitions) second.source.commit?.(name, offset)
    await second.stop()
    await client.send(topic, numbered(40, 80), { partitions: 4 })
    await first.emitter.until(({ records }) => records.length >= 100, MS)
    expect([...first.emitter.texts, ...second.emitter.texts].toSorted()).toEqual(numbered(120).toSorted())
  })

  test('with an instance_id come back to their partitions without a rebalance for the others', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 4)
    const options = { brokers: [kafka.brokers], topics: [topic], group: `static-${topic}` }
    const first = await read({ ...options, instance_id: 'one' })
    await first.emitter.until(({ partitions }) => partitions.size === 4, MS)
    const second = await read({ ...options, instance_id: 'two' })
    await second.emitter.until(({ partitions }) => partitions.size === 2, MS)
    const own = [...second.emitter.partitions.keys()].toSorted()
    await vi.waitFor(() => expect(first.metrics.value('assigned_partitions')).toBe(2), MS)
    const before = first.metrics.value('rebalances')
    await second.stop()
    const again = await read({ ...options, instance_id: 'two' })
    await again.emitter.until(({ partitions }) => partitions.size === 2, MS)
    expect([...again.emitter.partitions.keys()].toSorted()).toEqual(own)
    expect(first.metrics.value('rebalances')).toBe(before)
  })
})

test('fixed shares have each partition once', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], 5)
  await client.send(topic, numbered(50), { partitions: 5 })
  const options = { brokers: [kafka.brokers], topics: [topic], group: `shares-${topic}` }
  const shares = await Promise.all([0, 1, 2].map(share => read({ ...options, partitions: { share, of: 3 } })))
  for (const { emitter } of shares)
    await emitter.until(
      ({ partitions, records }) => records.length === partitions.size * 10 && records.length > 0,
      MS,
    )
  expect(shares.flatMap(({ emitter }) => emitter.texts).toSorted()).toEqual(numbered(50).toSorted())
  shares[0]?.source.commit?.(`${topic}/9`, 1)
  const [name, offset] = [...(shares[0]?.emitter.partitions ?? [])][0] as [string, number]
  shares[0]?.source.commit?.(name, offset)
  await vi.waitFor(
    async () => expect(Object.values(await client.committed(options.group, topic))).toContain(10),
    MS,
  )
})

describe('what goes wrong is one line', () => {
  test('for a fixed share of a group that has members, until they have left', async context => {
    const { kafka, client, topic } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, numbered(10))
    const options = { brokers: [kafka.brokers], topics: [topic], group: `members-${topic}` }
    const member = await read(options)
    await gives(member, numbered(10))
    const share = await read({ ...options, partitions: { share: 0, of: 1 } })
    await share.emitter.until(({ downs }) => downs.length > 0, MS)
    expect(share.emitter.downs).toEqual([
      'the group has members that share out its partitions: with `partitions`, use another `group`, or stop them',
    ])
    expect(share.emitter).toMatchObject({ ups: 0, records: [] })
    await member.stop()
    await gives(share, numbered(10))
  })

  test('for a connection that is refused', async context => {
    await brokerOf(context)
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    const run = await read({ brokers: [`127.0.0.1:${port}`], topics: ['posts'] })
    await run.emitter.until(({ downs }) => downs.length > 0, MS)
    expect(run.emitter.downs).toEqual([`connect ECONNREFUSED 127.0.0.1:${port}`])
  })

  test.for(['plain', 'scram-sha-512'] as const)('for a wrong password by %s', async (mechanism, context) => {
    const { kafka, topic, ca } = await brokerOf(context)
    const sasl = { mechanism, username: USER.name, password: 'wrong' }
    const run = await read({ brokers: [kafka.secureBrokers], topics: [topic], tls: true, tls_ca: ca, sasl })
    await run.emitter.until(({ downs }) => downs.length > 0, MS)
    expect(run.emitter.downs).toEqual(['the login failed: check `sasl.username` and the password or token'])
  })

  test('for a certificate that is not trusted', async context => {
    const { kafka, topic } = await brokerOf(context)
    const run = await read({ brokers: [kafka.secureBrokers], topics: [topic], tls: true })
    await run.emitter.until(({ downs }) => downs.length > 0, MS)
    expect(run.emitter.downs).toEqual(['self-signed certificate: is `tls_ca` the right one?'])
  })

  test('for a file of certificates that is not there', async () => {
    const options = { brokers: ['127.0.0.1:1'], topics: ['posts'], tls: true, tls_ca: 'none.pem' }
    await expect(read(options)).rejects.toThrow('tls_ca: cannot be read: ENOENT')
  })

  test.for<[Partial<Options>, string]>([
    [{ topics: undefined }, 'expected either `topics` or `topic_pattern`'],
    [{ topics: ['a'], topic_pattern: 'a' }, 'expected either `topics` or `topic_pattern`'],
    [{ topics: ['a'], tls_ca: 'x' }, 'needs `tls: true`'],
    [{ topics: ['a'], tls: true, tls_key: 'x' }, 'belong together'],
    [{ topics: ['a'], partitions: { share: 3, of: 3 } }, 'expected a number below `of`'],
    [{ topics: ['a'], partitions: { share: 0, of: 3 }, instance_id: 'x' }, 'not together with `partitions`'],
    [{ topics: ['a'], sasl: { mechanism: 'plain' } }, 'expected `username` and `password`'],
    [{ topics: ['a'], sasl: { mechanism: 'oauthbearer' } }, 'expected either `token`'],
    [
      { topics: ['a'], sasl: { mechanism: 'plain', username: 'a', password: 'b', token: 'c' } },
      'goes with `mechanism: oauthbearer`',
    ],
    [
      { topics: ['a'], sasl: { mechanism: 'oauthbearer', token_endpoint: 'https://a/', client_id: 'a' } },
      'belong together',
    ],
    [{ topics: ['a'], sasl: { mechanism: 'oauthbearer', token: 'a', client_id: 'a' } }, 'belong together'],
    [
      { topics: ['a'], sasl: { mechanism: 'oauthbearer', token: 'a', scope: 'a' } },
      'goes with `token_endpoint`',
    ],
    [
      { topics: ['a'], sasl: { ...TOKENS, token_endpoint: 'http://login.example.com/token' } },
      'expected an `https` address',
    ],
    [{ topics: ['a'], sasl: { ...TOKENS, token_endpoint: 'login' } }, 'Invalid URL'],
    [{ topics: ['a'], start: 'whenever' }, 'expected `earliest`, `latest` or a time'],
    [{ topic_pattern: '(' }, 'expected a regular expression'],
  ])('for options that make no sense together: %j', ([given, message]) => {
    const { error } = kafka.options.safeParse({ brokers: ['127.0.0.1:9092'], ...given })
    expect(error?.issues.map(issue => issue.message).join()).toContain(message)
  })
})

test.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
  'it logs in over TLS by %s',
  async (mechanism, context) => {
    const { kafka, client, topic, ca } = await brokerOf(context)
    await client.create([topic], 1)
    await client.send(topic, ['one'])
    const sasl = { mechanism, username: USER.name, password: USER.password }
    const run = await read({ brokers: [kafka.secureBrokers], topics: [topic], tls: true, tls_ca: ca, sasl })
    await gives(run, ['one'])
  },
)

/** A token that is not signed: Kafka accepts it where it is configured to. https://datatracker.ietf.org/doc/html/rfc7515#appendix-A.5 */
function unsecuredToken(lifetimeSeconds: number): string {
  const now = Math.floor(Date.now() / 1000)
  const parts = [{ alg: 'none' }, { sub: 'mood', iat: now - 3600, exp: now + lifetimeSeconds }]
  return `${parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}

test('it logs in over TLS by a token', async context => {
  const { kafka, client, topic, ca } = await brokerOf(context)
  await client.create([topic], 1)
  await client.send(topic, ['one'])
  const options = { brokers: [kafka.secureBrokers], topics: [topic], tls: true, tls_ca: ca }
  const by = (token: string) => ({ ...options, sasl: { mechanism: 'oauthbearer' as const, token } })
  await gives(await read(by(unsecuredToken(3600))), ['one'])
  const expired = await read(by(unsecuredToken(-60)))
  await expired.emitter.until(({ downs }) => downs.length > 0, MS)
  expect(expired.emitter.downs[0]).toBe('the login failed: check `sasl.username` and the password or token')
})

test('logs in with tokens from a server, and re-authenticates before the session ends', async context => {
  const { kafka, client, topic, ca } = await brokerOf(context)
  await client.create([topic], 1)
  const tokens = await TokenServer.start(() => unsecuredToken(SESSION_SECONDS), SESSION_SECONDS)
  running.push(() => tokens.close())
  const sasl = { ...TOKENS, token_endpoint: tokens.url, scope: 'kafka' }
  const run = await read({ brokers: [kafka.secureBrokers], topics: [topic], tls: true, tls_ca: ca, sasl })
  await client.send(topic, ['one'])
  await gives(run, ['one'])
  expect(tokens.asked[0]).toEqual({
    id: TOKENS.client_id,
    secret: TOKENS.client_secret,
    form: { grant_type: 'client_credentials', scope: 'kafka' },
  })
  // Each session ends with its token, so what is read later is read by another one.
  const before = tokens.asked.length
  await vi.waitFor(() => expect(tokens.asked.length).toBeGreaterThan(before + 1), {
    timeout: MS,
    interval: 100,
  })
  await client.send(topic, ['two'])
  await gives(run, ['one', 'two'])
  expect(run.emitter.downs).toEqual([])
})

test('it says why a server gives no token', async context => {
  const { kafka, topic, ca } = await brokerOf(context)
  const tokens = await TokenServer.start(() => null, 0)
  running.push(() => tokens.close())
  const sasl = { ...TOKENS, token_endpoint: tokens.url }
  const run = await read({ brokers: [kafka.secureBrokers], topics: [topic], tls: true, tls_ca: ca, sasl })
  await run.emitter.until(({ downs }) => downs.length > 0, MS)
  expect(run.emitter.downs[0]).toBe(
    `no token from ${tokens.url}: it answered 401: invalid_client, no such client`,
  )
})

test('it presents a certificate of its own where brokers ask for one', async context => {
  const { kafka, client, topic, ca, certificate, key } = await brokerOf(context)
  await client.create([topic], 1)
  await client.send(topic, ['one'])
  const options = { brokers: [kafka.mutualBrokers], topics: [topic], tls: true, tls_ca: ca }
  await gives(await read({ ...options, tls_cert: certificate, tls_key: key }), ['one'])
  const without = await read(options)
  await without.emitter.until(({ downs }) => downs.length > 0, MS)
  expect(without.emitter).toMatchObject({ ups: 0, records: [] })
})

test('continues after an outage of the broker, with nothing lost or doubled', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], 2)
  await client.send(topic, numbered(20), { partitions: 2 })
  const run = await read({ brokers: [kafka.brokers], topics: [topic], session_timeout: '6s' })
  committing(run)
  await gives(run, numbered(20))
  await kafka.stop('SIGKILL')
  await run.emitter.until(({ downs }) => downs.length > 0, MS)
  await kafka.restart()
  await client.send(topic, numbered(20, 20), { partitions: 2 })
  await gives(run, numbered(40))
  // More often where the broker takes its time to be whole again.
  expect(run.emitter.ups).toBeGreaterThanOrEqual(2)
})
