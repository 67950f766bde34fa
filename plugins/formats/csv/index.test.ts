import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const receivedAt = 1_700_000_000_000
const labelled = { delimiter: '\t', columns: ['label', 'text'] }

test('reads lines without a header by configured column names', async () => {
  const { decode, format: instance } = await testFormat(format, labelled)
  expect(instance.header).toBe(false)
  expect(decode('neutral\tOn Tuesday, the "theatres" open', { receivedAt })).toEqual({
    text: 'On Tuesday, the "theatres" open',
    createdAt: receivedAt,
  })
})

test.each(['"theatres" open', '"theatres open', 'he said "', '"', '""'])(
  'keeps the quotes of %s, because fields between tabs are not quoted',
  async text => {
    const { decode } = await testFormat(format, labelled)
    expect(decode(`neutral\t${text}`)).toMatchObject({ text })
  },
)

test('finds the fields of a post by the names in the header', async () => {
  const { decode, format: instance } = await testFormat(format)
  expect(instance.header).toBe(true)
  const header = 'id,created_at,lang,author,url,likes,text'
  expect(decode('a1,2021-11-19T03:15:30Z,en,jane,https://example.org/1,3,I love it', { header })).toEqual({
    id: 'a1',
    text: 'I love it',
    createdAt: 1_637_291_730_000,
    lang: 'en',
    author: 'jane',
    url: 'https://example.org/1',
  })
  expect(decode(',,,,,,', { header, receivedAt })).toEqual({ text: '', createdAt: receivedAt })
})

test('uses the header of each stream', async () => {
  const { decode } = await testFormat(format)
  expect(decode('1,a', { header: 'id,text' })).toMatchObject({ id: '1', text: 'a' })
  expect(decode('b,2', { header: 'text,id' })).toMatchObject({ id: '2', text: 'b' })
  expect(decode('3,c', { header: '\ufeffid,text' })).toMatchObject({ id: '3', text: 'c' })
})

test('takes columns by configured names and by number', async () => {
  const byName = await testFormat(format, { text: 'tweet', id: 'key' })
  expect(byName.decode('7,hi', { header: 'key,tweet' })).toMatchObject({ id: '7', text: 'hi' })
  const byNumber = await testFormat(format, { header: false, text: 2, id: 1 })
  expect(byNumber.decode('7,hi,and more')).toMatchObject({ id: '7', text: 'hi' })
  const renamed = await testFormat(format, { header: true, columns: ['id', 'text'] })
  expect(renamed.format.header).toBe(true)
  expect(renamed.decode('7,hi', { header: 'whatever,else' })).toMatchObject({ id: '7', text: 'hi' })
})

test('reads quoted fields, and keeps a quote inside an unquoted field', async () => {
  const { decode } = await testFormat(format, { columns: ['label', 'text'] })
  expect(decode('neutral,"one, two ""three"""')).toMatchObject({ text: 'one, two "three"' })
  expect(decode('neutral,a 5" disk')).toMatchObject({ text: 'a 5" disk' })
  expect(decode('neutral,"theatres" open')).toMatchObject({ text: '"theatres" open' })
  expect(decode('neutral,""')).toMatchObject({ text: '' })
})

test('accepts any delimiter and quote', async () => {
  const { decode } = await testFormat(format, { delimiter: ';', quote: "'", columns: ['label', 'text'] })
  expect(decode(`neutral;'one; "two" ''three'''`)).toMatchObject({ text: `one; "two" 'three'` })
  const unquoted = await testFormat(format, { quote: false, columns: ['label', 'text'] })
  expect(unquoted.decode('neutral,"a')).toMatchObject({ text: '"a' })
  const quotedTabs = await testFormat(format, { ...labelled, quote: '"' })
  expect(quotedTabs.decode('neutral\t"a\tb"')).toMatchObject({ text: 'a\tb' })
})

test.each([
  ['auto', '1637291730', 1_637_291_730_000],
  ['auto', 'Fri Nov 19 03:15:30 +0000 2021', 1_637_291_730_000],
  ['iso', '2021-11-19 03:15:30', 1_637_291_730_000],
  ['seconds', '1637291730.5', 1_637_291_730_500],
  ['milliseconds', '1637291730', 1_637_291_730],
] as const)('reads a time that is %s: %s', async (time_format, time, ms) => {
  const { decode } = await testFormat(format, { columns: ['time', 'text'], time_format })
  expect(decode(`${time},hi`)).toMatchObject({ createdAt: ms })
})

test('rejects an invalid time', async () => {
  const auto = await testFormat(format, { columns: ['time', 'text'] })
  expect(rejection(() => auto.decode('soon,hi'))).toMatch(/^time: expected a time .+, got "soon"$/)
  const seconds = await testFormat(format, { columns: ['time', 'text'], time_format: 'seconds' })
  expect(rejection(() => seconds.decode('2021-11-19,hi'))).toBe(
    'time: expected Unix time in seconds, got "2021-11-19"',
  )
})

test('rejects a line with another number of columns', async () => {
  const { decode } = await testFormat(format, { columns: ['label', 'text'] })
  expect(rejection(() => decode('neutral'))).toBe('expected 2 columns, got 1: "neutral"')
  expect(rejection(() => decode('neutral,one, two'))).toBe('expected 2 columns, got 3: "neutral,one, two"')
  const byNumber = await testFormat(format, { header: false, text: 2 })
  expect(rejection(() => byNumber.decode('neutral'))).toBe('expected at least 2 columns, got 1: "neutral"')
})

test('rejects an unterminated quoted field, and joined rows', async () => {
  const { decode } = await testFormat(format, { columns: ['label', 'text'] })
  expect(rejection(() => decode('neutral,"one'))).toBe(
    'expected a row of CSV, got a quote that is not closed: "neutral,\\"one"',
  )
  expect(rejection(() => decode('neutral,"one"\nneutral,two'))).toMatch(/^expected 2 columns, got 3: /)
})

test('lists the existing columns if the header lacks a configured one', async () => {
  const byName = await testFormat(format, { text: 'tweet' })
  expect(rejection(() => byName.decode('1,a', { header: 'id,text' }))).toBe(
    'text: expected one of the columns "id", "text", got "tweet"',
  )
  const byNumber = await testFormat(format, { id: 3 })
  expect(rejection(() => byNumber.decode('1,a', { header: 'id,text' }))).toBe(
    'id: expected one of the columns "id", "text", got 3',
  )
  const unnamed = await testFormat(format)
  expect(rejection(() => unnamed.decode('1,a', { header: 'id,tweet' }))).toBe(
    'text: none of the columns "id", "tweet" is named "text"; say which it is, such as `text: review`',
  )
  expect(rejection(() => unnamed.decode('1,a'))).toBe('header: expected a first line with names, got nothing')
})

test.each([
  [{ columns: ['label', 'tweet'] }, 'none of the columns "label", "tweet" is named "text"'],
  [{ columns: ['label', 'text'], id: 'key' }, 'id: expected one of the columns "label", "text", got "key"'],
  [{ header: false }, 'columns have numbers only'],
  [{ header: false, text: 'text' }, 'text: expected one of the columns by number, got "text"'],
  [{ delimiter: '||' }, 'expected one character'],
  [{ delimiter: '"' }, 'another character than the delimiter'],
  [{ quote: ',' }, 'another character than the delimiter'],
  [{ text: 0 }, 'text'],
])('rejects the options %j before the first record', (options, message) => {
  expect(() => format.options.parse(options)).toThrow(message.replaceAll('"', '\\"'))
})

test('a damaged line yields posts or a rejection, and never another error', async () => {
  const quoted = await testFormat(format, { columns: ['id', 'time', 'text'] })
  const lines = ['1,2021-11-19T03:15:30Z,"one, ""two"""', '2,1637291730,a 5" disk', '3,,three']
  expect(fuzz(line => quoted.decode(line), lines, 5000)).toEqual([])
  const tabs = await testFormat(format, labelled)
  expect(fuzz(line => tabs.decode(line), ['neutral\tOn Tuesday, the "theatres" open'])).toEqual([])
})

test('names of columns may have white space around them, and any case', async () => {
  const { decode } = await testFormat(format)
  const header = 'ID, Text , CREATED_AT'
  expect(decode('1, it is fine , 2021-11-19 03:15:30', { header })).toEqual({
    id: '1',
    text: ' it is fine ',
    createdAt: 1_637_291_730_000,
  })
  const exact = await testFormat(format, { text: 'Review' })
  expect(exact.decode('a,b', { header: 'review,Review' })).toMatchObject({ text: 'b' })
  expect(exact.decode('a,b', { header: ' REVIEW ,x' })).toMatchObject({ text: 'a' })
})

test.each([
  ['id;text\n', '1;bad, really bad', 'bad, really bad'],
  ['id\ttext', '1\tbad, "really" bad', 'bad, "really" bad'],
  ['id|text', '1|"a|b"', 'a|b'],
  ['sep=^\nid^text', '1^a;b', 'a;b'],
  ['sep=;\r\nid;text', '1;a', 'a'],
  ['\ufeffid;text', '1;a', 'a'],
])('finds the delimiter in the header %j', async (header, row, text) => {
  const { decode } = await testFormat(format)
  expect(decode(row, { header })).toMatchObject({ id: '1', text })
})

test('warns about a delimiter that is more likely than the configured one', async () => {
  const { decode } = await testFormat(format, { delimiter: ',' })
  expect(rejection(() => decode('1;a', { header: 'id;text' }))).toBe(
    'text: none of the columns "id;text" is named "text"; say which it is, such as `text: review`; did you mean `delimiter: ";"`?',
  )
  const headless = await testFormat(format, { columns: ['id', 'text'] })
  expect(rejection(() => headless.decode('1\ta'))).toBe(
    'expected 2 columns, got 1: "1\\ta"; did you mean `delimiter: "\\t"`?',
  )
})

test('a quoted text may span several lines', async () => {
  const { decode, format: instance } = await testFormat(format)
  expect(instance.framing).toEqual({ kind: 'csv' })
  expect(decode('1,"first, line\r\nsecond"', { header: 'id,text' })).toMatchObject({
    text: 'first, line\r\nsecond',
  })
  expect((await testFormat(format, labelled)).format.framing).toEqual({ kind: 'csv', delimiter: '\t' })
  expect((await testFormat(format, { quote: false, columns: ['text'] })).format.framing).toEqual({
    kind: 'csv',
    delimiter: ',',
    quote: null,
  })
})

test.each([
  ['auto', 'Mon Apr 06 22:19:45 PDT 2009', '2009-04-07T05:19:45Z'],
  ['auto', 'Fri, 27 Nov 2026 10:00:00 GMT', '2026-11-27T10:00:00Z'],
  ['auto', '2026/11/27 10:00:00', '2026-11-27T10:00:00Z'],
  ['auto', '1795773600123456', '2026-11-27T10:00:00.123Z'],
  ['auto', '1.7957736E+12', '2026-11-27T10:00:00Z'],
  ['day_first', '27/11/2026 10:00', '2026-11-27T10:00:00Z'],
  ['month_first', '11/27/2026 10:00:01 AM', '2026-11-27T10:00:01Z'],
  ['nanoseconds', '1795773600123456789', '2026-11-27T10:00:00.123Z'],
] as const)('reads a time that is %s: %s', async (time_format, time, iso) => {
  const { decode } = await testFormat(format, { columns: ['time', 'text'], time_format })
  expect(decode(`"${time}",hi`)).toMatchObject({ createdAt: Date.parse(iso) })
})

test('extracts the text of HTML with the option `html`', async () => {
  const { decode } = await testFormat(format, { columns: ['text'], html: true })
  expect(decode('caf\u00e9 &lt;3 &quot;best&quot; &amp;c &lt;/3')).toMatchObject({
    text: 'café <3 "best" &c </3',
  })
})
