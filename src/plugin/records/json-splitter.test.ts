import { expect, test } from 'vitest'
import type { Framing } from './framing.ts'
import { JsonSplitter } from './json-splitter.ts'

type Options = Omit<Extract<Framing, { kind: 'json' }>, 'kind'> & { max?: number; chunk?: number }

/** The records in a text that arrives in chunks of `chunk` bytes; oversized ones after `!`, errors after `?`. */
function cut(text: string, { max = 1000, chunk = 1e9, ...framing }: Options = {}) {
  const found: string[] = []
  const covered: number[] = []
  const errors: string[] = []
  const note = (record: string) => {
    found.push(record)
    covered.push(splitter.bytesCovered)
  }
  const splitter = new JsonSplitter({ kind: 'json', ...framing }, max, {
    record: bytes => note(Buffer.from(bytes).toString()),
    oversized: sample => note(`!${Buffer.from(sample)}`),
    malformed: message => errors.push(message),
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunk) splitter.write(bytes.subarray(at, at + chunk))
  splitter.end()
  expect(splitter.bytesCovered).toBe(bytes.length)
  return { found, covered, errors }
}

/** The records, found to be the same however the bytes are cut. */
function records(text: string, options: Options = {}): string[] {
  const { found, errors } = cut(text, options)
  for (let chunk = 1; chunk < Math.min(text.length, 40); chunk++) {
    const other = cut(text, { ...options, chunk })
    expect(other.found, `in chunks of ${chunk}`).toEqual(found)
    expect(other.errors).toEqual(errors)
  }
  return found
}

test('objects are records, a line each or several, one right after the other or spread over lines', () => {
  expect(
    records('{"a":1}\r\n\n{"b":"}{"}{"c":[{}]} {"d":1}{"e":2}\n{\n  "f": {\n    "g": "[,"\n  }\n}\n{"h":3}'),
  ).toEqual([
    '{"a":1}',
    '{"b":"}{"}',
    '{"c":[{}]}',
    '{"d":1}',
    '{"e":2}',
    '{\n  "f": {\n    "g": "[,"\n  }\n}',
    '{"h":3}',
  ])
})

test('the elements of an array are records, wherever its lines end', () => {
  const elements = ['{"id": 12345678901234567890}', '[1, [2]]', '"a,]b"', 'null', '1.0']
  expect(records(` [ ${elements.join(' ,\n\t')}]\n`)).toEqual(elements)
  expect(records(`[\n${elements.join(',\n')}\n]`)).toEqual(elements)
  expect(records(`[${elements.join('\n,')}]`)).toEqual(elements)
  expect(records('[{"a":1},\n{"b":2},\n{"c":3}]')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
  expect(records('[\n  {\n    "a": 1\n  },\n  {\n    "b": 2\n  }\n]\n')).toEqual([
    '{\n    "a": 1\n  }',
    '{\n    "b": 2\n  }',
  ])
  expect(records('[{"a":1}][{"b":2}]\n[]\n[{"c":3}]')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
})

test('lines that end in a comma are records without it', () => {
  expect(records('{"a":1},\n{"b":2} ,\r\n{"c":3},\n')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
  expect(records('{"a":1}\n,{"b":2}\n, {"c":3}')).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
})

test('other text is a record to the end of its line', () => {
  expect(records('b\'{"a": "{"}\'\n"{\\"b\\":1}"\n  true \nno JSON at all {\n{"c":1}\n')).toEqual([
    'b\'{"a": "{"}\'',
    '"{\\"b\\":1}"',
    'true',
    'no JSON at all {',
    '{"c":1}',
  ])
  expect(records('one\rtwo\r{"c":1}\r')).toEqual(['one', 'two', '{"c":1}'])
})

test('output of Python is split like JSON', () => {
  expect(records("[{'a': \"it's\", 'b': (1, {2: None})}, {'c': b'}'}]\n{'d': u'{'}\n")).toEqual([
    "{'a': \"it's\", 'b': (1, {2: None})}",
    "{'c': b'}'}",
    "{'d': u'{'}",
  ])
})

test('objects that Python prints are elements of a list', () => {
  const elements = [
    "Status(id=1, text='a, ]', user=User(id=(2, 3)))",
    "<Tweet id=1 text='a, > b'>",
    "b'x, y'",
    'None',
  ]
  expect(records(`[${elements.join(', ')}]\n`)).toEqual(elements)
})

test('JavaScript before a value is skipped', () => {
  for (const before of [
    'window.YTD.tweets.part0 = ',
    'window.YTD.tweets.part0=',
    'Grailbird.data.tweets_2012_11 = \n ',
    'var tweets =\n',
    'export default ',
    '\ufeffmodule.exports = ',
  ]) {
    expect(records(`${before}[ {\n  "a" : 1\n}, {"b":2} ];\n`)).toEqual(['{\n  "a" : 1\n}', '{"b":2}'])
    expect(records(`${before}{"a":1};{"b":2}`)).toEqual(['{"a":1}', '{"b":2}'])
  }
  expect(records('a = b\n{"a":1}')).toEqual(['a = b', '{"a":1}'])
})

test('a byte order mark, white space and NULs between records are no part of them', () => {
  expect(records('\ufeff{"a":1}')).toEqual(['{"a":1}'])
  expect(records('\0\0\0{"a":1}\n\0\0\0\0{"b":2}\n')).toEqual(['{"a":1}', '{"b":2}'])
  // What was being written when the file was truncated.
  expect(records('{"a":"x\0\0\0\0{"b":2}\n{"c":3}')).toEqual(['{"a":"x', '{"b":2}', '{"c":3}'])
  for (const nothing of ['', ' \n ', '[]', '[\n]\n', ',']) expect(records(nothing)).toEqual([])
})

test('a truncated line is a record, and does not affect others', () => {
  for (const broken of [
    '{"a":1,',
    '{"a":"x',
    '{"a":',
    '{"a"',
    '{',
    '{"a":[1,{"b":2}',
    '{"a":{"b":"c"}',
    '{"a":[',
    '{"a":"\\',
  ]) {
    const found = records(`{"x":0}\n${broken}\n{"x":1}\n{"x":2}\n`)
    expect(found, broken).toEqual(['{"x":0}', broken, '{"x":1}', '{"x":2}'])
  }
})

test('a broken value over several lines is one record, and does not affect others', () => {
  const broken = '{\n  "a": "line\n  break",\n  "b": {\n    "c": 1\n  }\n}'
  const found = records(`[${broken},\n{\n  "d": 1\n},\n${broken}\n{"e":2}\n]`)
  expect(found).toHaveLength(4)
  expect([found[1], found[3]]).toEqual(['{\n  "d": 1\n}', '{"e":2}'])
  const inArray = records(
    '[\n  {\n    "a": 1 "b": 2\n    "c": [\n      {\n      }\n    ]\n  },\n  {\n    "d": 1\n  }\n]\n',
  )
  expect(inArray).toHaveLength(2)
  expect(inArray[1]).toBe('{\n    "d": 1\n  }')
})

test('a broken element on a line with others affects only itself', () => {
  expect(records('[{"a":1}, {"b":}, }, tru, {"c":3}]')).toEqual(['{"a":1}', '{"b":}', '}', 'tru', '{"c":3}'])
})

test('with `whole`, an array is one record, unless it contains arrays', () => {
  expect(records('["1","a"]\n[\n"2",\n{"b":[]}]\n{"c":3}', { arrays: 'whole' })).toEqual([
    '["1","a"]',
    '["2",\n{"b":[]}]',
    '{"c":3}',
  ])
  expect(records('[["1","a"],\n [ "2", "b"]]', { arrays: 'whole' })).toEqual(['["1","a"]', '[ "2", "b"]'])
})

const exported = `{
  "name": "chat, messages",
  "about": { "messages": [ 1 ], "list": { "list": [] } },
  "n": [ { "messages": [ 2 ] } ],
  "messages": [
    { "id": 1, "text": "a" },
    {
      "id": 2,
      "text": ["b", { "text": "c" }]
    }
  ],
  "more": { "messages": [ { "id": 3 } ] }
}
`

test('with `each`, the elements of that array are records of an object over several lines', () => {
  const elements = [
    '{ "id": 1, "text": "a" }',
    '{\n      "id": 2,\n      "text": ["b", { "text": "c" }]\n    }',
  ]
  expect(records(exported, { each: ['messages'] })).toEqual(elements)
  expect(records(`${exported}${exported}`, { each: ['messages'], max: 60 })).toEqual([
    ...elements,
    ...elements,
  ])
  expect(records(exported, { each: ['more', 'messages'] })).toEqual(['{ "id": 3 }'])
  expect(records(exported, { each: ['more'] })).toEqual([exported.trim()])
  expect(cut(exported, { each: ['messages'] }).errors).toEqual([])
})

test('with `each`, the elements are records also in an object on one line; an object without the array is a record', () => {
  expect(
    records('{"messages":[{"id":1},{"id":2}]}\n{"messages":[]}\n{"error":1}\n', { each: ['messages'] }),
  ).toEqual(['{"id":1}', '{"id":2}', '{"error":1}'])
})

test.each([
  ['[1,,2]', 'expected an element of the array, got ","'],
  ['[,1]', 'expected an element of the array, got ","'],
  ['[1,]', 'expected an element of the array, got "]"'],
  ['[1', 'the array is not closed: expected "]", got the end of the data'],
  ['[1,', 'the array is not closed: expected "]", got the end of the data'],
  ['["1]', 'the array is not closed: expected "]", got the end of the data'],
  ['[', 'the array is not closed: expected "]", got the end of the data'],
])('of %s is said what is wrong', (text, message) => {
  expect(cut(text).errors).toEqual([message])
  expect(cut(text, { chunk: 1 }).errors).toEqual([message])
})

test('a record of just the limit is taken, a longer one is reported as soon as it is, and its neighbours are taken', () => {
  for (const chunk of [1, 3, 100, 1e9]) {
    const long = `{"a":"${'x'.repeat(5000)}"}`
    expect(
      cut(`[{"b":1},${long},{"c":2}]`, { max: 100, chunk }).found.map(record => record.slice(0, 8)),
    ).toEqual(['{"b":1}', '!{"a":"xx', '{"c":2}'].map(record => record.slice(0, 8)))
    const lines = cut(`{"a":1}\n{\n"x": "${'y\\n'.repeat(100)}"\n}\n{"b":2}\n`, { max: 100, chunk }).found
    expect(lines.map(record => record.slice(0, 4))).toEqual(['{"a"', '!{\n"', '{"b"'])
  }
  expect(records(`["${'x'.repeat(98)}" ]`, { max: 100 })).toHaveLength(1)
  expect(records(`["${'x'.repeat(99)}"]`, { max: 100 })[0]).toMatch(/^!"xx/)
  const found: string[] = []
  const splitter = new JsonSplitter({ kind: 'json' }, 8, {
    record: () => {},
    oversized: () => found.push('!'),
  })
  splitter.write(Buffer.from('{"a":1234'))
  expect(found).toEqual(['!'])
})

test('a stream without any line end is cut as it comes', () => {
  const found: string[] = []
  const splitter = new JsonSplitter({ kind: 'json' }, 100, {
    record: bytes => found.push(Buffer.from(bytes).toString()),
    oversized: () => {},
  })
  for (let i = 0; i < 3; i++) {
    splitter.write(Buffer.from(`{"i":${i}}`))
    expect(found).toHaveLength(i + 1)
  }
})

test('going on from the end of any record gives the records after it', () => {
  for (const [text, options] of [
    ['[\n  {\n    "a": 1\n  }, {"b":2},\n  {"c":3}\n]\n{"d":4}{"e":5}\n', {}],
    ['{"a":1}\n{"b":\n{"c":3}\nx\n[{"d":4},\n{"e":5}]\n', {}],
    [exported + exported, { each: ['messages'] }],
    [exported.replaceAll('messages', 'list'), { each: ['about', 'list', 'list'] }],
  ] as [string, Options][]) {
    const { found, covered } = cut(text, options)
    for (const [i, end] of covered.entries()) {
      const rest = Buffer.from(text).subarray(end).toString()
      expect(cut(rest, options).found).toEqual(found.slice(i + 1))
    }
  }
})

test('deep nesting is supported', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000)
  expect(cut(`[${deep},1]`, { max: 200_000 }).found).toEqual([deep, '1'])
})

/** Numbers from 0 to n - 1, the same ones on every run (a linear congruential generator). */
function seeded(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

test('finds the values that JSON.stringify wrote, however they are laid out', () => {
  const next = seeded(1)
  const texts = ['a', '}{', '],[', '"', '\\', 'é\n', "it's", '[', '{"a":1}', '갤럭시']
  const pick = <T>(list: readonly T[]) => list[next(list.length)] as T
  // No quotes and backslashes: V8 mistakes `"\\""` for a key `"\\\\"` that it has met before.
  const keys = ['a', '}{', '],[', "it's", '갤럭시']
  const value = (depth: number): unknown => {
    if (depth > 3 || next(3) === 0) return pick([pick(texts), 1.5, null, true, [], {}])
    const inner = Array.from({ length: next(4) }, () => value(depth + 1))
    return next(2) ? inner : Object.fromEntries(inner.map((each, i) => [pick(keys) + i, each]))
  }
  const object = () => ({ id: next(100), [pick(keys)]: value(0) })
  for (let round = 0; round < 400; round++) {
    const objects = Array.from({ length: 1 + next(5) }, object)
    const indent = pick([undefined, 1, 2, '\t'])
    const written = pick([
      () =>
        objects.map(each => JSON.stringify(each, null, indent)).join(pick(['\n', '', ' ', ',\n', '\n\n'])),
      () => JSON.stringify(objects, null, indent),
      () => `[${objects.map(each => JSON.stringify(each)).join(',\n')}]`,
    ])()
    const { found, errors } = cut(written, { chunk: 1 + next(50) })
    expect(found.map(record => JSON.parse(record))).toEqual(objects)
    expect(errors).toEqual([])
  }
})

test('any input is read in linear time', () => {
  for (const piece of [
    '{',
    '[',
    '"',
    '{"a":',
    '{"a":\n',
    '[\n',
    '{\n',
    '\n',
    '{"a":1,\n',
    '{"a":"\n',
    "'",
    '} {',
    '\\',
    ',',
    '{\n"a":\n',
  ])
    expect(cut(piece.repeat(200_000 / piece.length), { max: 65_536 }).found.length).toBeGreaterThanOrEqual(0)
}, 20_000)
