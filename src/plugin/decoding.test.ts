import { expect, test } from 'vitest'
import { decodeRecord, NoPost, readPosts, recordText } from './decoding.ts'
import { type Format, InvalidRecord } from './format.ts'

const RECORD = { bytes: Buffer.alloc(0), receivedAt: 0 }
const createdAt = 5

const decoded = (decode: () => unknown) => decodeRecord({ decode } as Format, '', RECORD)

test('a record becomes the posts that the format finds in it', () => {
  expect(decoded(() => ({ text: 'a', createdAt }))).toEqual([{ text: 'a', createdAt }])
  expect(decoded(() => ['a', 'b'].map(text => ({ text, createdAt })))).toMatchObject([
    { text: 'a' },
    { text: 'b' },
  ])
})

test.each<[what: string, decode: () => unknown, reason: string, message: string]>([
  ['null', () => null, 'not_a_post', 'holds no post'],
  ['an empty list', () => [], 'not_a_post', 'holds no post'],
  ['nothing', () => undefined, 'plugin', 'expected a post, got undefined'],
  ['a number', () => 7, 'plugin', 'expected a post, got number'],
  [
    'one post that is none',
    () => [{ text: 'x', createdAt }, {}],
    'plugin',
    'expected `text` to be a string, got undefined',
  ],
  ['a list with holes', () => new Array(2), 'plugin', 'expected a post, got undefined'],
])('%s gives no post', (_, decode, reason, message) => {
  expect(decoded(decode)).toMatchObject({ reason, message })
})

test('a format rejects a record with InvalidRecord; any other error is a failure of the format', () => {
  const thrown = (error: unknown) =>
    decoded(() => {
      throw error
    })
  expect(thrown(new InvalidRecord('expected sense'))).toEqual(new NoPost('invalid', 'expected sense'))
  expect(thrown(new Error('oops'))).toMatchObject({
    reason: 'plugin',
    error: { reason: 'threw', message: 'oops' },
  })
  const unviewable = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new Error('no')
      },
    },
  )
  expect(thrown(unviewable)).toMatchObject({ reason: 'plugin', error: { reason: 'threw' } })
})

test('a getter that throws is a failure of the format', () => {
  const post = {
    createdAt,
    get text() {
      throw new Error('no text')
    },
  }
  expect(decoded(() => post)).toMatchObject({
    reason: 'plugin',
    error: { reason: 'threw', message: 'no text' },
  })
})

test('the text of a part of some bytes is valid UTF-8, or is not a text', () => {
  const bytes = Buffer.concat([Buffer.from('가\ufffd'), Buffer.from([0xff, 0x61])])
  expect(recordText(bytes, 0, 3)).toBe('가')
  // The replacement character may also be part of the record itself.
  expect(recordText(bytes, 3, 6)).toBe('\ufffd')
  expect(recordText(bytes, 6, 8)).toEqual(new NoPost('encoding', 'not valid UTF-8'))
})

test('posts created by a source are validated in the same way', () => {
  expect(readPosts({ text: 'x', createdAt })).toEqual([{ text: 'x', createdAt }])
  expect(readPosts({ text: 7 })).toMatchObject({ reason: 'plugin', error: { reason: 'invalid_result' } })
})
