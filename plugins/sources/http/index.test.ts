import { connect } from 'node:net'
import { testSource } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import http from './index.ts'
import { listening, post, posting } from './testing-http.ts'

const NONE = { refused: [], refusedTotal: 0 }

test('a JSON object is one record, byte for byte', async () => {
  const { url, emitter } = await listening()
  const record = '{"id": 12345678901234567890,\n "text": "노바폰 😍"}'
  const { status, body } = await post(url, record, 'application/json; charset=utf-8')
  expect({ status, body }).toEqual({ status: 200, body: { accepted: 1, ...NONE } })
  expect(emitter.texts).toEqual([record])
})

test('the elements of a JSON array are records', async () => {
  const { url, emitter } = await listening()
  const { body } = await post(url, '[{"a": 1.0}, {"b": [1, 2]}]', 'application/json')
  expect(body).toEqual({ accepted: 2, ...NONE })
  expect(emitter.texts).toEqual(['{"a": 1.0}', '{"b": [1, 2]}'])
})

test.each(['application/x-ndjson', 'application/jsonl', 'text/plain', 'application/x-www-form-urlencoded'])(
  'with %s a line is a record',
  async type => {
    const { url, emitter } = await listening()
    expect((await post(url, '{"a":1}\r\n\n{"b":2}\nlast', type)).body).toEqual({ accepted: 3, ...NONE })
    expect(emitter.texts).toEqual(['{"a":1}', '{"b":2}', 'last'])
  },
)

test('an empty body contains no records', async () => {
  const { url } = await listening()
  for (const type of ['application/json', 'text/plain'])
    expect(await post(url, '', type)).toMatchObject({ status: 200, body: { accepted: 0, ...NONE } })
})

test('records are emitted before the request ends', async () => {
  const { url, emitter } = await listening()
  const { sent, answered } = posting(url)
  sent.write('{"a":1}\n{"b"')
  await emitter.until(({ texts }) => texts.length === 1)
  sent.write(':2}\n')
  await emitter.until(({ texts }) => texts.length === 2)
  sent.end('{"c":3}')
  expect(await answered).toEqual({ status: 200, body: { accepted: 3, ...NONE } })
  expect(emitter.texts).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
})

test('elements of an array are emitted before the request ends', async () => {
  const { url, emitter } = await listening()
  const { sent, answered } = posting(url, { 'Content-Type': 'application/json' })
  sent.write('[{"a":1},{"b"')
  await emitter.until(({ texts }) => texts.length === 1)
  sent.end(':2}]')
  expect((await answered).body.accepted).toBe(2)
})

test('the answer names each refused record and why', async () => {
  const { url, emitter } = await listening()
  emitter.rejects = record =>
    record.startsWith('bad') ? { reason: 'invalid', message: `no: ${record}` } : null
  const { status, body } = await post(url, 'good\nbad 1\ngood\nbad 2\n')
  expect(status).toBe(200)
  expect(body).toEqual({
    accepted: 2,
    refused: [
      { record: 1, reason: 'invalid', message: 'no: bad 1' },
      { record: 3, reason: 'invalid', message: 'no: bad 2' },
    ],
    refusedTotal: 2,
  })
})

test('of many refused records the first hundred are named and all are counted', async () => {
  const { url, emitter } = await listening()
  emitter.rejects = () => ({ reason: 'invalid', message: 'no' })
  const { body } = await post(url, 'x\n'.repeat(250))
  expect(body.refused).toHaveLength(100)
  expect(body).toMatchObject({ accepted: 0, refusedTotal: 250 })
})

test.each(['application/json', 'application/x-ndjson'])(
  'a record that is too long costs only itself (%s)',
  async type => {
    const { url, emitter } = await listening({}, { maxRecordBytes: 100 })
    const records = ['{"a":1}', `{"text":"${'x'.repeat(100_000)}"}`, '{"b":2}']
    const body = type === 'application/json' ? `[${records}]` : records.join('\n')
    expect((await post(url, body, type)).body).toEqual({
      accepted: 2,
      refused: [{ record: 1, reason: 'oversized', message: 'the record is longer than 100 bytes' }],
      refusedTotal: 1,
    })
    expect(emitter.texts).toEqual(['{"a":1}', '{"b":2}'])
    expect(emitter.drops).toMatchObject([{ reason: 'oversized', records: 1 }])
    expect(emitter.drops[0]?.sample).toMatch(/^\{"text":"x+$/)
  },
)

test('a malformed array is rejected with 400; its earlier elements are accepted', async () => {
  const { url, emitter } = await listening()
  const { status, body } = await post(url, '[{"a":1}, {"b":2},, {"c":3}]', 'application/json')
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: 'malformed_array', accepted: 2, next: 2 })
  expect(emitter.texts).toEqual(['{"a":1}', '{"b":2}'])
  expect(emitter.drops).toMatchObject([{ reason: 'invalid', records: 1 }])
})

test('for a format with a header, each record gets the first line, and JSON is rejected', async () => {
  const { url, emitter } = await listening()
  emitter.header = true
  expect((await post(url, 'id,text\n1,a\n2,b\n', 'text/csv')).body).toEqual({ accepted: 2, ...NONE })
  expect(emitter.records.map(({ value, header }) => [header, value])).toEqual([
    ['id,text', '1,a'],
    ['id,text', '2,b'],
  ])
  expect((await post(url, '{}', 'application/json')).status).toBe(415)
  expect(emitter.refusedReasons).toEqual(['415'])
})

test('binary data is emitted as lines, and does no harm', async () => {
  const { url, emitter } = await listening()
  const junk = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))
  emitter.rejects = () => ({ reason: 'encoding', message: 'not UTF-8' })
  const { status, body } = await post(url, junk, 'application/octet-stream')
  expect(status).toBe(200)
  expect(body.refusedTotal).toBeGreaterThan(10)
  emitter.rejects = () => null
  expect((await post(url, '{"a":1}')).body.accepted).toBe(1)
})

test('429 with Retry-After when the queue is full; nothing is counted', async () => {
  const { url, emitter } = await listening()
  emitter.full = true
  const { status, headers, body } = await post(url, 'a\nb\n')
  expect(status).toBe(429)
  expect(headers.get('retry-after')).toBe('1')
  expect(body).toMatchObject({ error: 'queue_full', accepted: 0, next: 0 })
  expect(emitter.drops).toEqual([])
})

test('429 within a body says how many records were accepted and where to continue', async () => {
  const { url, emitter } = await listening()
  emitter.rejects = record => (record === 'b' ? { reason: 'invalid', message: 'no b' } : null)
  const { sent, answered } = posting(url)
  sent.write('a\nb\nc\n')
  await emitter.until(({ texts }) => texts.length === 2)
  emitter.full = true
  sent.write('d\ne\n')
  expect(await answered).toMatchObject({
    status: 429,
    body: { accepted: 2, refused: [{ record: 1 }], refusedTotal: 1, next: 3 },
  })
  sent.end()
  emitter.full = false
  await post(url, 'd\ne\n')
  expect(emitter.texts).toEqual(['a', 'c', 'd', 'e'])
})

test('a request that fills the queue by itself is slowed down instead', async () => {
  const { url, emitter } = await listening()
  const results: (() => void)[] = []
  let turnedAway = 0
  const take = emitter.submit.bind(emitter)
  emitter.submit = (records, options) => {
    const result = take(records, options)
    if (result) emitter.full = true
    else turnedAway++
    return result && new Promise(resolve => results.push(() => resolve(result)))
  }
  const { sent, answered } = posting(url)
  sent.write('a\n')
  await emitter.until(({ texts }) => texts.length === 1)
  sent.end('b\n')
  await expect.poll(() => turnedAway).toBe(1)
  emitter.full = false
  results.shift()?.()
  await emitter.until(({ texts }) => texts.length === 2)
  results.shift()?.()
  expect((await answered).body.accepted).toBe(2)
})

test.each([
  ['committed', {}],
  ['decoded', { answer: 'decoded' }],
] as const)('a request is answered once its records are %s, with %o', async (moment, options) => {
  const { url, emitter } = await listening(options)
  const commit = Promise.withResolvers<void>()
  const take = emitter.submit.bind(emitter)
  emitter.submit = (records, options) => {
    const result = take(records, options)
    return result && options?.acknowledge === 'committed' ? commit.promise.then(() => result) : result
  }
  let isAnswered = false
  const answered = post(url, 'a\n').finally(() => {
    isAnswered = true
  })
  await emitter.until(({ texts }) => texts.length === 1)
  if (moment === 'committed') {
    // Time enough for an answer, had there been one.
    expect((await fetch(url)).status).toBe(405)
    expect(isAnswered).toBe(false)
    commit.resolve()
  }
  expect((await answered).body).toEqual({ accepted: 1, ...NONE })
})

test('a client that disconnects loses only its incomplete line', async () => {
  const { url, emitter, logged } = await listening()
  const { sent } = posting(url)
  sent.write('a\nb\nhalf')
  await emitter.until(({ texts }) => texts.length === 2)
  sent.on('error', () => {})
  sent.destroy()
  expect((await post(url, 'c\n')).body.accepted).toBe(1)
  expect(emitter.texts).toEqual(['a', 'b', 'c'])
  await expect
    .poll(() => logged.map(({ fields }) => fields.reason))
    .toContain('the request broke off before its end')
})

test('stops accepting connections, and finishes open requests', async () => {
  const { url, emitter, stop } = await listening()
  const { sent, answered } = posting(url)
  sent.write('a\n')
  await emitter.until(({ texts }) => texts.length === 1)
  const stopped = stop()
  await expect.poll(() => fetch(url).catch(({ cause }) => cause.code)).toBe('ECONNREFUSED')
  sent.end('b\n')
  expect((await answered).body.accepted).toBe(2)
  await stopped
})

test('a request that never ends does not keep it from stopping', async () => {
  const { url, emitter, stop } = await listening()
  const { sent, answered } = posting(url)
  sent.write('a\n')
  await emitter.until(({ texts }) => texts.length === 1)
  await stop()
  await expect(answered).rejects.toThrow()
})

test('a port in use is reported in one line', async () => {
  const { url } = await listening()
  const { host } = new URL(url)
  const { done } = await testSource(http, { listen: host })
  await expect(done).rejects.toThrow(
    `cannot listen on ${host}: the port is in use by another program; choose another with \`listen\``,
  )
})

test('closes a client with a slow request head', async () => {
  const { url } = await listening({ idle_timeout: '200ms' })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.resume().write('POST /posts HTTP/1.1\r\nHost: x\r\n')
  const drip = setInterval(() => socket.write('X-Slow: 1\r\n'), 50)
  // Not by `once`, which would take the reset that a write may run into for a failure.
  await new Promise(resolve => socket.on('close', resolve))
  clearInterval(drip)
})

test('closes a client that is silent within its body, and keeps its records', async () => {
  const { url, emitter } = await listening({ idle_timeout: '200ms' })
  const { sent, answered } = posting(url)
  sent.write('a\n')
  await expect(answered).rejects.toThrow()
  expect(emitter.texts).toEqual(['a'])
})
