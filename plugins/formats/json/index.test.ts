import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const receivedAt = 1_700_000_000_000

const mastodon = {
  text: '/content/plain',
  id: '/uri',
  time: '/published',
  lang: '/languages/0',
  author: '/account/acct',
  url: '/links/a~1b/~0c',
}

const toot = {
  uri: 'tag:1',
  content: { plain: 'I love it' },
  published: '2021-11-19T03:15:30Z',
  languages: ['en', 'de'],
  account: { acct: 'jane@example.org' },
  links: { 'a/b': { '~c': 'https://example.org/1' } },
}

test('finds the parts of a post by JSON pointers', async () => {
  const { decode } = await testFormat(format, mastodon)
  expect(decode(JSON.stringify(toot))).toEqual({
    id: 'tag:1',
    text: 'I love it',
    createdAt: 1_637_291_730_000,
    lang: 'en',
    author: 'jane@example.org',
    url: 'https://example.org/1',
  })
})

test('needs only the text, at /text by default', async () => {
  const { decode } = await testFormat(format)
  expect(decode('{"text":"hi","id":"not asked for"}', { receivedAt })).toEqual({
    text: 'hi',
    createdAt: receivedAt,
  })
})

test('accepts a record that is itself the text', async () => {
  const { decode } = await testFormat(format, { text: '' })
  expect(decode('"hi"')).toMatchObject({ text: 'hi' })
})

test('leaves out fields that a record does not have', async () => {
  const { decode } = await testFormat(format, mastodon)
  expect(decode('{"content":{"plain":"hi"},"account":null}', { receivedAt })).toEqual({
    text: 'hi',
    createdAt: receivedAt,
  })
})

test('reads ids and authors that are numbers, and Unix times in digits', async () => {
  const { decode } = await testFormat(format, { id: '/m/id', author: '/m/from', time: '/ts' })
  expect(
    decode('{"text":"hi","m":{"id":1461526788904562689,"from":7},"ts":"1637291730.000200"}'),
  ).toMatchObject({ id: '1461526788904562689', author: '7', createdAt: 1_637_291_730_000 })
})

test('takes several posts from one record', async () => {
  const { decode } = await testFormat(format, { each: '/hits', text: '/body' })
  expect(decode('{"hits":[{"body":"a"},{"body":"b"}]}')).toMatchObject([{ text: 'a' }, { text: 'b' }])
  expect(decode('{"hits":[]}')).toBeNull()
  expect(rejection(() => decode('{"hits":[{"body":"a"},{}]}'))).toBe(
    '/hits[1] /body: expected a string, got nothing',
  )
  expect(rejection(() => decode('{"hits":{}}'))).toBe('/hits: expected an array, got an object')
  expect(rejection(() => decode('{}'))).toBe('/hits: expected an array, got nothing')
})

test('takes several posts from a record that is an array', async () => {
  const { decode } = await testFormat(format, { each: '' })
  expect(decode('[{"text":"a"},{"text":"b"}]')).toMatchObject([{ text: 'a' }, { text: 'b' }])
  expect(rejection(() => decode('{}'))).toBe('record: expected an array, got an object')
})

test.each(['/constructor/name', '/__proto__', '/toString', '/list/length', '/list/00', '/list/-', '/word/0'])(
  'finds nothing at %s, which is not an own property of the record',
  async path => {
    const { decode } = await testFormat(format, { text: path })
    expect(rejection(() => decode('{"list":["a"],"word":"abc"}'))).toBe(
      `${path}: expected a string, got nothing`,
    )
  },
)

test('reads an own key called __proto__', async () => {
  const { decode } = await testFormat(format, { text: '/__proto__/text' })
  expect(decode('{"__proto__":{"text":"hi"}}')).toMatchObject({ text: 'hi' })
})

test('names the pointer at which a value has the wrong type', async () => {
  const { decode } = await testFormat(format, mastodon)
  const refused = (more: object) => rejection(() => decode(JSON.stringify({ ...toot, ...more })))
  expect(refused({ content: { plain: 7 } })).toBe('/content/plain: expected a string, got 7')
  expect(refused({ uri: [] })).toBe('/uri: expected a string or a whole number, got an array')
  expect(refused({ languages: [7] })).toBe('/languages/0: expected a string, got 7')
  expect(refused({ published: 'soon' })).toMatch(/^\/published: expected a time .+, got "soon"$/)
})

test.each(['text', 'a/b', '/a~2', '/a~'])('rejects %j as a pointer', path => {
  expect(() => format.options.parse({ text: path })).toThrow('expected a JSON pointer')
})

test('a damaged record yields posts or a rejection, and never another error', async () => {
  const one = await testFormat(format, mastodon)
  expect(fuzz(record => one.decode(record), [JSON.stringify(toot)])).toEqual([])
  const several = await testFormat(format, { each: '/hits', id: '/id' })
  const page = '{"hits":[{"id":1461526788904562689,"text":"b"},{"id":"1","text":"c"}]}'
  expect(fuzz(record => several.decode(record), [page])).toEqual([])
})

test('a text may be a list of strings and of objects with a text, which are joined', async () => {
  const { decode } = await testFormat(format)
  const bold = { type: 'bold', text: 'this' }
  expect(
    decode(JSON.stringify({ text: ['I hate ', bold, ' kettle ', { type: 'hashtag', text: '#tea' }, ''] })),
  ).toMatchObject({
    text: 'I hate this kettle #tea',
  })
  expect(decode('{"text":[]}')).toMatchObject({ text: '' })
  expect(rejection(() => decode('{"text":["a",{"type":"x"}]}'))).toBe(
    '/text/1: expected a string or an object with a text, got an object',
  )
})

const events = {
  post: { kind: 'commit', commit: { operation: 'create', record: { text: 'so good' } }, langs: ['en'] },
  deleted: { kind: 'commit', commit: { operation: 'delete' } },
  identity: { kind: 'identity' },
}

test('a record without a text can be configured to be no post', async () => {
  const { decode } = await testFormat(format, { text: '/commit/record/text', optional: true })
  expect(decode(JSON.stringify(events.post))).toMatchObject({ text: 'so good' })
  for (const record of [events.deleted, events.identity, { commit: { record: { text: '' } } }])
    expect(decode(JSON.stringify(record))).toBeNull()
  expect(rejection(() => decode('{"commit":{"record":{"text":7}}}'))).toBe(
    '/commit/record/text: expected a string, got 7',
  )
})

test('a record without the required values is not a post', async () => {
  const where = { '/kind': 'commit', '/commit/operation': ['create', 'update'] }
  const { decode } = await testFormat(format, { text: '/commit/record/text', where })
  expect(decode(JSON.stringify(events.post))).toMatchObject({ text: 'so good' })
  for (const record of [events.deleted, events.identity]) expect(decode(JSON.stringify(record))).toBeNull()
  expect(rejection(() => decode('{"kind":"commit","commit":{"operation":"update"}}'))).toMatch(
    /expected a string/,
  )
  const listed = await testFormat(format, { where: { '/langs': 'en', '/n': 1, '/ok': true } })
  expect(listed.decode('{"text":"a","langs":["ko","en"],"n":1,"ok":true}')).toMatchObject({ text: 'a' })
  expect(listed.decode('{"text":"a","langs":["ko"],"n":1,"ok":true}')).toBeNull()
})

test('reads times of any format and unit', async () => {
  const auto = await testFormat(format, { time: '/at' })
  const at = (value: unknown) => auto.decode(JSON.stringify({ text: 'a', at: value }))
  for (const value of [
    1637291730,
    1637291730000,
    1637291730000000,
    '1637291730000000000',
    'Fri, 19 Nov 2021 03:15:30 GMT',
  ])
    expect(at(value)).toMatchObject({ createdAt: 1_637_291_730_000 })
  expect(rejection(() => at('19/11/2021 03:15'))).toMatch(
    /say `time_format: day_first`, got "19\/11\/2021 03:15"$/,
  )
  expect(rejection(() => at(true))).toMatch(/^\/at: expected a time/)
  const day = await testFormat(format, { time: '/at', time_format: 'day_first' })
  expect(day.decode('{"text":"a","at":"19/11/2021 03:15:30"}')).toMatchObject({
    createdAt: 1_637_291_730_000,
  })
})

test('extracts the text of HTML with the option `html`', async () => {
  const { decode } = await testFormat(format, { html: true, text: '/content' })
  expect(decode('{"content":"<p>isn&#39;t <b>good</b></p>"}')).toMatchObject({ text: "isn't good" })
})

test('splits streams into the values at which its pointers start', async () => {
  const framing = async (options: Parameters<typeof testFormat<typeof format.options>>[1]) =>
    (await testFormat(format, options)).format.framing
  expect(await framing({})).toEqual({ kind: 'json', arrays: 'cut' })
  expect(await framing({ text: '/1', id: '/0' })).toEqual({ kind: 'json', arrays: 'whole' })
  expect(await framing({ each: '/data/list' })).toEqual({ kind: 'json', each: ['data', 'list'] })
  expect(await framing({ each: '/results/0/list' })).toEqual({ kind: 'json' })
})

test('accepts a single element of the array, as streams are split into elements', async () => {
  const { decode } = await testFormat(format, { each: '/hits', text: '/body' })
  expect(decode('{"body":"a"}')).toMatchObject({ text: 'a' })
})

test('the first of several pointers that finds a text is used', async () => {
  const { decode } = await testFormat(format, { text: ['/comment', '/story', '/title'] })
  expect(decode('{"comment":"a","title":"b"}')).toMatchObject({ text: 'a' })
  expect(decode('{"comment":null,"story":"","title":"b"}')).toMatchObject({ text: 'b' })
  expect(rejection(() => decode('{"comment":null}'))).toBe(
    '/comment or /story or /title: expected a string, got null',
  )
  const optional = await testFormat(format, { text: ['/comment', '/title'], optional: true })
  expect(optional.decode('{"comment":null,"title":""}')).toBeNull()
})

test('filters can require an absent value and exclude values', async () => {
  const own = await testFormat(format, { where: { '/reblog': null } })
  for (const record of ['{"text":"a"}', '{"text":"a","reblog":null}'])
    expect(own.decode(record)).toMatchObject({ text: 'a' })
  expect(own.decode('{"text":"a","reblog":{"id":"1"}}')).toBeNull()
  const others = await testFormat(format, { where_not: { '/kind': ['ad', 'poll'], '/bot': true } })
  for (const record of ['{"text":"a"}', '{"text":"a","kind":"post","bot":false}'])
    expect(others.decode(record)).toMatchObject({ text: 'a' })
  for (const record of ['{"text":"a","kind":"ad"}', '{"kind":["x","poll"]}', '{"text":"a","bot":true}'])
    expect(others.decode(record)).toBeNull()
})
