import { expect, test } from 'vitest'
import { decodeJson, mayHoldMore, valuesIn } from './decode-json.ts'
import { InvalidRecord } from './format.ts'
import { isObject, NotJson, parseJson, readJson } from './json.ts'

const toPost = (value: unknown) => {
  if (typeof value !== 'object' || value === null) throw new InvalidRecord('no object')
  return { text: JSON.stringify(value), createdAt: 0 }
}

const PARTS = ['{"a":1}', '{"b":"}{"}', '[{"c":2},3]', '"x"', '12', 'null', 'x = ', 'export default ', 'word']
const JOINTS = [
  '',
  ' ',
  ',',
  ' , ',
  '\n',
  '\r',
  '\r\n',
  '\0',
  ';',
  '}',
  ']',
  '{',
  '[',
  '"',
  ':',
  '\\',
  '\t',
  '\ufeff',
]

const isSound = (value: unknown) => isObject(value) && !(value instanceof NotJson)

/** Numbers from 0 up to, and without, n: a linear congruential generator with the constants of Numerical Recipes. */
function numbers(seed: number): (n: number) => number {
  let state = seed
  return n => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

test('a record is looked through for several values wherever it may hold them', () => {
  const below = numbers(7)
  const of = (list: readonly string[]) => list[below(list.length)] as string
  let several = 0
  for (let n = 0; n < 60_000; n++) {
    let text = ''
    for (let parts = 1 + below(4); parts > 0; parts--) text += of(JOINTS) + of(PARTS)
    for (let cuts = below(3); cuts > 0; cuts--) {
      const at = below(text.length)
      text = text.slice(0, at) + (below(2) === 0 ? '' : of(JOINTS)) + text.slice(at + below(3))
    }
    const read = readJson(text)
    if (!(read instanceof NotJson)) continue
    const values = valuesIn(text)
    // If one of them is no post, none is taken.
    if (values.length < 2 || values.some(value => !isSound(readJson(value)))) continue
    several++
    expect([text, mayHoldMore(text)]).toEqual([text, true])
  }
  expect(several).toBeGreaterThan(100)
})

test('text rejected by its first and last character is not JSON', () => {
  const below = numbers(11)
  for (let n = 0; n < 60_000; n++) {
    let text = ''
    for (let parts = 1 + below(2); parts > 0; parts--)
      text += [JOINTS, PARTS][below(2)]?.[below(JOINTS.length)] ?? '1'
    const read = readJson(text)
    let parsed: unknown
    try {
      parsed = JSON.parse(text.replace(/^\ufeff/, ''))
    } catch {
      expect([text, read]).toEqual([text, expect.any(NotJson)])
      continue
    }
    expect([text, read]).toEqual([text, parsed])
  }
})

test.each([
  '{"id":"1","text":"cut',
  '{"id":"1",text:"no quote"}',
  'no JSON at all',
  '{"tags":["a","b"],"text":"it is',
])('a record with a broken only value is invalid: %s', text => {
  expect(mayHoldMore(text)).toBe(false)
  expect(() => decodeJson(text, 'id', toPost)).toThrow(NotJson)
})

test('a record of several values is taken like an array of them', () => {
  for (const text of ['{"a":1}{"a":2}', '{"a":1}, {"a":2}', '[{"a":1},{"a":2}', '{"a":1}\n{"a":2}'])
    expect(decodeJson(text, 'id', toPost)).toEqual([
      { text: '{"a":1}', createdAt: 0 },
      { text: '{"a":2}', createdAt: 0 },
    ])
})

test('errors of others keep their traces', () => {
  const { stackTraceLimit } = Error
  expect(() => parseJson('{')).toThrow(NotJson)
  expect(parseJson('[1]')).toEqual([1])
  expect(Error.stackTraceLimit).toBe(stackTraceLimit)
})
