import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listening, post } from './testing-http.ts'

const NONE = { refused: [], refusedTotal: 0 }
const JSON_FRAMING = { kind: 'json' } as const
const OBJECTS = ['{"id":1}', '{"id":2}', '{"id":3}']

test.each([
  ['a line each', OBJECTS.join('\n')],
  ['one after another, as `curl -d` leaves them', OBJECTS.join('')],
  ['an array over several lines', `[\n${OBJECTS.join(',\n')}\n]`],
  ['lines with a comma at their end', `${OBJECTS.join(',\n')},\n`],
])('JSON is split into its values for every Content-Type: %s', async (_, body) => {
  const { url, emitter } = await listening()
  for (const framing of [JSON_FRAMING, { kind: 'lines' } as const]) {
    emitter.framing = framing
    expect((await post(url, body, 'application/json')).body).toEqual({ accepted: 3, ...NONE })
  }
  emitter.framing = JSON_FRAMING
  for (const type of ['application/x-ndjson', 'text/plain', 'application/x-www-form-urlencoded'])
    expect((await post(url, body, type)).body).toEqual({ accepted: 3, ...NONE })
  expect(emitter.texts).toEqual(Array(5).fill(OBJECTS).flat())
})

test('an unterminated array is rejected, but its complete elements are accepted', async () => {
  const { url, emitter } = await listening()
  emitter.framing = JSON_FRAMING
  for (const type of ['application/json', 'application/x-ndjson']) {
    const { status, body } = await post(url, '[{"a":1},\n{"b"', type)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'malformed_array', accepted: 1, refusedTotal: 0, next: 1 })
  }
  expect(emitter.texts).toEqual(['{"a":1}', '{"a":1}'])
})

test('a row of CSV may go over several lines', async () => {
  const { url, emitter } = await listening()
  emitter.framing = { kind: 'csv' }
  emitter.header = true
  expect((await post(url, 'id;text\r\n1;"a\r\nb"\r\n2;c\r\n', 'text/csv')).body).toEqual({
    accepted: 2,
    ...NONE,
  })
  expect(emitter.records.map(({ value, header }) => [header, value])).toEqual([
    ['id;text', '1;"a\r\nb"'],
    ['id;text', '2;c'],
  ])
})

test('lines that begin like headers are the header of the following lines', async () => {
  const { url, emitter } = await listening()
  emitter.framing = { kind: 'lines', headers: '# ' }
  emitter.header = true
  expect((await post(url, 'a\n# one\nb\nc\n# two\nd\n# three\n', 'text/plain')).body).toEqual({
    accepted: 4,
    ...NONE,
  })
  expect(emitter.records.map(({ value, header }) => [header, value])).toEqual([
    [undefined, 'a'],
    ['# one', 'b'],
    ['# one', 'c'],
    ['# two', 'd'],
  ])
  expect((await post(url, '# only\n', 'text/plain')).body).toEqual({ accepted: 0, ...NONE })
})

test('a whole body can be one record', async () => {
  const { url, emitter } = await listening()
  emitter.framing = { kind: 'whole' }
  expect((await post(url, '<a>\n<b/>\n</a>\n', 'application/xml')).body).toEqual({ accepted: 1, ...NONE })
  expect(emitter.texts).toEqual(['<a>\n<b/>\n</a>\n'])
})

test('rejects a body with only a header', async () => {
  const { url, emitter } = await listening()
  emitter.framing = { kind: 'csv' }
  emitter.header = true
  expect((await post(url, 'id,text\n', 'text/csv')).body).toEqual({
    accepted: 0,
    refused: [{ record: 0, reason: 'invalid', message: 'a header of 7 bytes and no record after it' }],
    refusedTotal: 1,
  })
  const form = await post(url, 'id,text1,a2,b', 'application/x-www-form-urlencoded')
  expect(form.body.refused[0].message).toMatch(/; curl -d strips line ends: .*--data-binary$/)
  expect(emitter.drops).toMatchObject([{ reason: 'invalid' }, { reason: 'invalid' }])
  expect((await post(url, '', 'text/csv')).body).toEqual({ accepted: 0, ...NONE })
})

test('the response has a note if `curl -d` may have joined lines', async () => {
  const { url } = await listening()
  const form = 'application/x-www-form-urlencoded'
  expect((await post(url, 'onetwo', form)).body).toEqual({
    accepted: 1,
    ...NONE,
    note: expect.stringContaining('--data-binary'),
  })
  expect((await post(url, 'one\ntwo', form)).body).toEqual({ accepted: 2, ...NONE })
})

const KOREAN = Buffer.from([0xc1, 0xa4, 0xb8, 0xbb, 0x20, 0x94, 0xee, 0x0a])

test.each([
  ['text/plain; charset=euc-kr', KOREAN, '정말 뷁'],
  ['text/plain;charset="CP949"', KOREAN, '정말 뷁'],
  ['text/plain; charset=iso-8859-1', Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'café'],
  ['text/plain; charset=utf-16', Buffer.from('\ufeffso good', 'utf16le'), 'so good'],
  ['text/plain; charset=utf-16', Buffer.from('so good', 'utf16le').swap16(), 'so good'],
  ['text/plain; charset=utf-16be', Buffer.from('정말', 'utf16le').swap16(), '정말'],
  ['application/json; charset=utf-16le', Buffer.from('[{"a":"정말"}]', 'utf16le'), '{"a":"정말"}'],
  ['text/plain; charset=utf-8', Buffer.from('정말'), '정말'],
  ['text/plain', Buffer.from('\ufeff정말'), '정말'],
])('respects a charset: %s', async (type, body, text) => {
  const { url, emitter } = await listening()
  expect((await post(url, body, type)).body).toEqual({ accepted: 1, ...NONE })
  expect(emitter.texts).toEqual([text])
})

test('without a charset, uses the encoding of the source', async () => {
  const { url, emitter } = await listening({ encoding: 'cp949' })
  await post(url, KOREAN, 'text/plain')
  await post(url, '정말', 'text/plain; charset=utf-8')
  expect(emitter.texts).toEqual(['정말 뷁', '정말'])
})

test('rejects an unknown charset with 415', async () => {
  const { url, emitter } = await listening()
  const { status, body } = await post(url, 'x', 'text/plain; charset=utf-7')
  expect(status).toBe(415)
  expect(body).toMatchObject({
    error: 'content_type',
    message: 'the charset "utf-7" is not taken; send UTF-8',
  })
  expect(emitter.texts).toEqual([])
})

test.each([
  [
    'gzip without Content-Encoding',
    gzipSync('{"a":1}\n'),
    'the body is gzip: send it with Content-Encoding: gzip',
  ],
  ['an archive', Buffer.from('PK\x03\x04........'), 'the body is a zip archive, which is not read'],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'the body is UTF-32, which is not supported'],
])('%s is rejected with 415', async (_, bytes, message) => {
  const { url, emitter } = await listening()
  for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
    const { status, body } = await post(url, bytes, type)
    expect(status).toBe(415)
    expect(body.message).toContain(message)
  }
  expect(emitter.texts).toEqual([])
})
