import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode } = await testFormat(format)
const receivedAt = 1_700_000_000_000

const whole = {
  id: 'a1',
  text: 'I love it #galaxy',
  createdAt: '2021-11-19T03:15:30.250Z',
  lang: 'en',
  author: 'jane',
  url: 'https://example.org/a1',
  topics: ['galaxy'],
}

test('reads every field of a post', () => {
  expect(decode(JSON.stringify(whole))).toEqual({ ...whole, createdAt: 1_637_291_730_250 })
})

test('needs only a text: the time is then that of the arrival', () => {
  expect(decode('{"text":"hi"}', { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
  expect(decode('{"text":""}', { receivedAt })).toEqual({ text: '', createdAt: receivedAt })
})

test('treats null and empty strings as absent', () => {
  const record = '{"id":"","text":"hi","createdAt":null,"lang":"","author":null,"url":null,"topics":null}'
  expect(decode(record, { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
})

test.each([
  ['"createdAt":1637291730', 1_637_291_730_000],
  ['"createdAt":1637291730250', 1_637_291_730_250],
  ['"created_at":"2021-11-19T03:15:30Z"', 1_637_291_730_000],
])('reads the time %s', (field, time) => {
  expect(decode(`{"text":"hi",${field}}`)).toMatchObject({ createdAt: time })
})

test('reads an id that is a number, with all the digits of a 64-bit one', () => {
  expect(decode('{"id":20,"text":"hi"}')).toMatchObject({ id: '20' })
  expect(decode('{"id":1461526788904562689,"text":"hi"}')).toMatchObject({ id: '1461526788904562689' })
  expect(decode('[{"id":1,"text":"a"},{"id":1461526788904562689,"text":"b"}]')).toMatchObject([
    { id: '1' },
    { id: '1461526788904562689' },
  ])
})

test('reads an array as several posts, and an empty one as none', () => {
  expect(decode('[{"text":"a"},{"text":"b"}]')).toMatchObject([{ text: 'a' }, { text: 'b' }])
  expect(decode('[]')).toBeNull()
})

test('ignores unknown fields, whatever their names', () => {
  const record = '{"text":"hi","__proto__":{"lang":"xx"},"constructor":1,"likes":3}'
  expect(decode(record, { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
  expect(({} as Record<string, unknown>).lang).toBeUndefined()
})

test('skips a byte order mark', () => {
  expect(decode('\ufeff{"text":"hi"}')).toMatchObject({ text: 'hi' })
})

test('keeps any Unicode text unchanged', () => {
  const text = '"quotes" \0 \u202e rtl \ud800 lone {a="b"} 👩‍👩‍👧'
  expect(decode(JSON.stringify({ text }))).toMatchObject({ text })
})

test('gives every post the same properties in the same order', () => {
  const keys = (record: string) => Object.keys(decode(record) as object)
  expect(keys('{"text":"hi"}')).toEqual(keys(JSON.stringify(whole)))
})

test.each([
  ['{"text":5}', 'text: expected a string, got 5'],
  ['{}', 'text: expected a string, got nothing'],
  ['7', 'record: expected an object, got 7'],
  ['{"text":"hi","id":{}}', 'id: expected a string or a whole number, got an object'],
  ['{"text":"hi","id":1.5}', 'id: expected a string or a whole number, got 1.5'],
  ['{"text":"hi","lang":["en"]}', 'lang: expected a string, got an array'],
  ['{"text":"hi","author":7}', 'author: expected a string, got 7'],
  ['{"text":"hi","url":true}', 'url: expected a string, got true'],
  ['{"text":"hi","topics":"galaxy"}', 'topics: expected an array of strings, got "galaxy"'],
  ['{"text":"hi","topics":["a",1]}', 'topics[1]: expected a string, got 1'],
  [
    '{"text":"hi","createdAt":"soon"}',
    'createdAt: expected a time (ISO 8601, RFC 2822 or Unix time), got "soon"',
  ],
  [
    '{"text":"hi","createdAt":1e300}',
    'createdAt: expected a time (ISO 8601, RFC 2822 or Unix time), got 1e+300',
  ],
  ['[{"text":"a"},{"text":null}]', 'record[1] text: expected a string, got null'],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toBe(message)
})

test('shows the beginning of a text that is not JSON', () => {
  expect(rejection(() => decode('{"text":"hi"'))).toMatch(
    /^expected JSON, got "\{\\"text\\":\\"hi\\"" \(.+\)$/,
  )
  expect(rejection(() => decode('x'.repeat(100_000)))?.length).toBeLessThan(200)
})

test('a damaged record yields posts or a rejection, and never another error', () => {
  const big = '[{"id":1461526788904562689,"text":"b"}]'
  expect(
    fuzz(record => decode(record), [JSON.stringify(whole), JSON.stringify([whole, whole]), big]),
  ).toEqual([])
})

test('reads each value of a record as a post, and JSON within a string', () => {
  expect(decode('{"text":"a"}{"text":"b"} {"text":"c"}, [{"text":"d"}]')).toMatchObject([
    { text: 'a' },
    { text: 'b' },
    { text: 'c' },
    { text: 'd' },
  ])
  expect(decode(JSON.stringify(JSON.stringify({ id: 1, text: 'hi' })))).toMatchObject({ id: '1', text: 'hi' })
  expect(rejection(() => decode('{"text":"a"}{"text":5}'))).toBe('value[1] text: expected a string, got 5')
  expect(rejection(() => decode('{"text":"a"} and more'))).toMatch(
    /^expected JSON, got "{\\"text\\":\\"a\\"} and more"/,
  )
})

test('extracts the text of HTML with the option `html`', async () => {
  const html = await testFormat(format, { html: true })
  expect(html.decode('{"text":"<p>isn&#39;t good</p>"}')).toMatchObject({ text: "isn't good" })
  expect(decode('{"text":"<p>isn&#39;t good</p>"}')).toMatchObject({ text: '<p>isn&#39;t good</p>' })
})

test('splits streams into values, wherever lines end', async () => {
  expect((await testFormat(format)).format.framing).toEqual({ kind: 'json' })
})
