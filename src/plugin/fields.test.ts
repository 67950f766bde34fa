import { expect, test } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeEach } from './each.ts'
import { optionalString, timeOf } from './fields.ts'
import { InvalidRecord } from './format.ts'
import { idOf } from './ids.ts'
import { isObject, parseJson } from './json.ts'
import type { Post } from './post.ts'
import { shown } from './shown.ts'

test('a string may be absent, null or empty, and nothing else', () => {
  expect(optionalString('/lang', 'en')).toBe('en')
  for (const nothing of [undefined, null, '']) expect(optionalString('/lang', nothing)).toBeUndefined()
  expect(() => optionalString('/lang', 7)).toThrow(new InvalidRecord('/lang: expected a string, got 7'))
})

test('a time is a string or a number, and where there is none the record was written when it came', () => {
  expect(timeOf('/at', '2021-11-19T03:15:30Z', 5)).toBe(1_637_291_730_000)
  expect(timeOf('/at', 1_637_291_730, 5)).toBe(1_637_291_730_000)
  expect(timeOf('/at', null, 5)).toBe(5)
  expect(() => timeOf('/at', 'soon', 5)).toThrow('/at: expected a time (ISO 8601')
  expect(() => timeOf('/at', [], 5)).toThrow('got an array')
})

test('ids that are numbers keep all their digits', () => {
  const decode = (value: unknown) => (isObject(value) ? ({ id: idOf('/id', value.id) } as Post) : null)
  expect(decodeJson('{"id":20}', 'id', decode)).toEqual({ id: '20' })
  expect(decodeJson('{"id":1461526788904562689}', 'id', decode)).toEqual({ id: '1461526788904562689' })
  expect(() => decodeJson('{"id":1.5}', 'id', decode)).toThrow('/id: expected a string or a whole number')
})

test('an invalid element of a list is named by its place, and elements that are no posts are passed over', () => {
  const decode = (value: unknown) => {
    if (value === 0) return null
    if (typeof value !== 'string') throw new InvalidRecord('expected a text')
    return { text: value, createdAt: 0 }
  }
  expect(decodeEach(['a', 0, 'b'], '/posts', decode)).toMatchObject([{ text: 'a' }, { text: 'b' }])
  expect(decodeEach([0], '/posts', decode)).toBeNull()
  expect(() => decodeEach(['a', 7], '/posts', decode)).toThrow(new InvalidRecord('/posts[1] expected a text'))
})

test('JSON may begin with a byte order mark, and what is no JSON is an invalid record', () => {
  expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 })
  expect(() => parseJson('{')).toThrow(/^expected JSON, got "\{"/)
  expect(() => parseJson('{')).toThrow(InvalidRecord)
})

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [7, '7'],
  ['a\n', '"a\\n"'],
  ['x'.repeat(61), `"${'x'.repeat(60)}"…`],
  [[1], 'an array'],
  [{}, 'an object'],
  [Promise.resolve(), 'a promise'],
  [new Uint8Array(2), 'bytes'],
  [() => 'a secret', 'a function'],
])('%j is shown by its kind or its text', (value, text) => {
  expect(shown(value)).toBe(text)
})
