import { expect, test } from 'vitest'
import { rejection } from '../testing.ts'
import { parsePythonLiteral } from './python-literal.ts'

test('reads what python3 prints for a dict of everything that JSON can hold, and more', () => {
  const printed = String.raw`{'id': 1461526788904562688, 'text': 'it\'s "so" good 😀 갤럭시 \n\t\\ \x00 \x85 \u200b \ud83d', 'geo': None, 'truncated': False, 'ok': True, 'f': [0.5, 1e-07, 1e+22, -3, 2.0], 't': (1,), 'e': (), 'd': {}, 'l': [], 'b': b'it\'s \xea\xb0\xa4 "x"\n', "it's": 1, 3: 'three', 'big': 1180591620717411303424}`
  expect(parsePythonLiteral(printed)).toEqual({
    id: '1461526788904562688',
    text: 'it\'s "so" good 😀 갤럭시 \n\t\\ \0 \x85 \u200b \ud83d',
    geo: null,
    truncated: false,
    ok: true,
    f: [0.5, 1e-7, 1e22, -3, 2],
    t: [1],
    e: [],
    d: {},
    l: [],
    b: Buffer.from('it\'s 갤 "x"\n'),
    "it's": 1,
    3: 'three',
    big: '1180591620717411303424',
  })
})

test('picks the quotes that python3 picks', () => {
  expect(
    parsePythonLiteral(String.raw`{'a': "only 'single'", 'b': 'only "double"', 'c': 'both \' and "'}`),
  ).toEqual({
    a: "only 'single'",
    b: 'only "double"',
    c: 'both \' and "',
  })
})

test.each([
  [String.raw`'\a\b\f\n\r\t\v'`, '\x07\b\f\n\r\t\v'],
  [String.raw`'\x41\u00e9\U0001f600'`, 'Aé😀'],
  [String.raw`'\0\12\101\1011'`, '\0\nAA1'],
  [String.raw`u'\ud83d\ude00'`, '😀'],
  [String.raw`b'\xc3\xa9\\u00e9'`, Buffer.from('é\\u00e9')],
  ['B"it\'s"', Buffer.from("it's")],
])('reads the escapes of %s', (literal, value) => {
  expect(parsePythonLiteral(literal)).toEqual(value)
})

test('distinguishes a tuple of one element from a value in parentheses', () => {
  expect(parsePythonLiteral('(1,)')).toEqual([1])
  expect(parsePythonLiteral('(1)')).toBe(1)
  expect(parsePythonLiteral('((1, 2),)')).toEqual([[1, 2]])
})

test('reads a set like a list, and keys of any kind as text', () => {
  expect(parsePythonLiteral("{1, 'a'}")).toEqual([1, 'a'])
  expect(parsePythonLiteral('[set(), frozenset({1}), deque([2], maxlen=3)]')).toEqual([[], [1], [2]])
  expect(parsePythonLiteral("{None: 1, True: 2, (1, 2): 3, b'k': 4}")).toEqual({
    null: 1,
    true: 2,
    '[1,2]': 3,
    k: 4,
  })
})

test('reads NaN and infinity as None, and long numbers of Python 2', () => {
  expect(parsePythonLiteral('[nan, inf, -inf, 123L, 1461526788904562688L]')).toEqual([
    null,
    null,
    null,
    123,
    '1461526788904562688',
  ])
})

test.each([
  ['datetime.datetime(2021, 11, 19, 3, 15)', '2021-11-19T03:15:00.000000'],
  [
    'datetime.datetime(2021, 11, 19, 3, 15, 30, 250000, tzinfo=datetime.timezone.utc)',
    '2021-11-19T03:15:30.250000+00:00',
  ],
  [
    'datetime.datetime(2021, 11, 19, 12, 15, tzinfo=datetime.timezone(datetime.timedelta(seconds=32400)))',
    '2021-11-19T12:15:00.000000+09:00',
  ],
  [
    'datetime.datetime(2021, 11, 18, 21, 45, tzinfo=tzoffset(None, -19800))',
    '2021-11-18T21:45:00.000000-05:30',
  ],
  ['datetime.datetime(2021, 11, 19, 3, 15, tzinfo=<UTC>)', '2021-11-19T03:15:00.000000'],
  [
    "datetime.datetime(2021, 11, 19, 12, 15, tzinfo=datetime.timezone(datetime.timedelta(seconds=32400), 'KST'))",
    '2021-11-19T12:15:00.000000+09:00',
  ],
  [
    "datetime.datetime(2021, 11, 19, 12, 15, tzinfo=zoneinfo.ZoneInfo(key='Asia/Seoul'))",
    '2021-11-19T12:15:00.000000+09:00',
  ],
  [
    "datetime.datetime(2021, 7, 1, 12, 0, tzinfo=zoneinfo.ZoneInfo(key='America/New_York'))",
    '2021-07-01T12:00:00.000000-04:00',
  ],
  [
    "datetime.datetime(2021, 11, 19, 12, 15, tzinfo=<DstTzInfo 'Asia/Seoul' KST+9:00:00 STD>)",
    '2021-11-19T12:15:00.000000+09:00',
  ],
  [
    "datetime.datetime(2021, 11, 18, 22, 15, tzinfo=<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>)",
    '2021-11-18T22:15:00.000000-05:00',
  ],
  [
    'datetime.datetime(2021, 11, 19, 12, 15, tzinfo=pytz.FixedOffset(540))',
    '2021-11-19T12:15:00.000000+09:00',
  ],
  [
    "datetime.datetime(2021, 11, 19, 12, 15, tzinfo=zoneinfo.ZoneInfo(key='Asia/Soul'))",
    '2021-11-19T12:15:00.000000 {"key":"Asia/Soul"}',
  ],
  ['datetime.date(2021, 11, 9)', '2021-11-09'],
])('reads %s as ISO 8601', (literal, value) => {
  expect(parsePythonLiteral(literal)).toBe(value)
})

test('reads the attributes of objects', () => {
  expect(parsePythonLiteral("OrderedDict([('a', 1), ('b', [2])])")).toEqual({ a: 1, b: [2] })
  expect(parsePythonLiteral("OrderedDict({'a': 1})")).toEqual({ a: 1 })
  expect(parsePythonLiteral("defaultdict(<class 'list'>, {'a': [1]})")).toEqual({ a: [1] })
  expect(parsePythonLiteral("Decimal('1.5')")).toBe('1.5')
  expect(
    parsePythonLiteral("Status(_api=<tweepy.api.API object at 0x7f>, _json={'id': 1}, author=User(id=2))"),
  ).toEqual({
    _api: null,
    _json: { id: 1 },
    author: { id: 2 },
  })
  expect(
    parsePythonLiteral(
      "[<Tweet id=1461526788904562688 text='it > \\'that\\''>, <User id=2 name=Jane D. username=jane>]",
    ),
  ).toEqual([
    { id: '1461526788904562688', text: "it > 'that'" },
    { id: 2, name: 'Jane D.', username: 'jane' },
  ])
})

test('reads objects of the standard library, and of those that hold tables', () => {
  for (const [literal, value] of [
    ['deque([1, 2], maxlen=5)', [1, 2]],
    ["Counter({'a': 2})", { a: 2 }],
    ['frozenset({1})', [1]],
    ['set()', []],
    ["{'f': <function <lambda> at 0x7f4c>, 'b': 2}", { f: null, b: 2 }],
    ['[<built-in function print>, <NA>, NaT, NaN, NotImplemented]', [null, null, null, null, null]],
    ['[np.float64(nan), np.int64(5), array([1, 2])]', [null, 5, [1, 2]]],
    ["Timestamp('2021-11-19 03:15:30')", '2021-11-19 03:15:30'],
  ] as const)
    expect(parsePythonLiteral(literal), literal).toEqual(value)
})

test('allows white space and a trailing comma wherever Python does', () => {
  expect(parsePythonLiteral(" { 'a' : [ 1 , 2 , ] , } ")).toEqual({ a: [1, 2] })
})

test('reads a key called __proto__ as a key', () => {
  const dict = parsePythonLiteral("{'__proto__': {'polluted': True}, 'a': 1}") as Record<string, unknown>
  expect(Object.keys(dict)).toEqual(['__proto__', 'a'])
  expect(dict.polluted).toBeUndefined()
})

test('keeps the digits of an int that a number cannot hold', () => {
  expect(parsePythonLiteral('[9007199254740991, -9007199254740993]')).toEqual([
    9007199254740991,
    '-9007199254740993',
  ])
})

test.each([
  ['', 'expected a Python literal at character 1 of the Python literal, got the end'],
  ["{'a': 1, 2}", 'expected ":" at character 11 of the Python literal, got "}"'],
  ["{1, 'a': 2}", 'expected "," or "}" at character 8 of the Python literal, got ": 2}"'],
  ["{'a': 1", 'expected "," or "}" at character 8 of the Python literal, got the end'],
  ["{'a': 1} x", 'expected the end at character 10 of the Python literal, got "x"'],
  ['[1 2]', 'expected "," or "]" at character 4 of the Python literal, got "2]"'],
  ["'a' 'b'", 'expected the end at character 5 of the Python literal, got "\'b\'"'],
  ["'abc", 'expected a closing quote at character 5 of the Python literal, got the end'],
  ["'a\nb'", 'expected a closing quote at character 3 of the Python literal, got "\\nb\'"'],
  ["{'t': datetime}", 'expected a Python literal at character 7 of the Python literal, got "datetime}"'],
  [
    '<function <lambda> at 0x7f',
    'expected an object that ends in ">" at character 1 of the Python literal, got "<function <lambda> a"',
  ],
  ['<Tweet id=1', 'expected ">" at character 12 of the Python literal, got the end'],
])('refuses %j', (text, message) => {
  expect(rejection(() => parsePythonLiteral(text))).toBe(message)
})

test.each([
  ...[
    String.raw`'\N{BULLET}'`,
    String.raw`'\x4'`,
    String.raw`'\u12g4'`,
    String.raw`'\U00110000'`,
    String.raw`'\q'`,
  ],
  ...[String.raw`b'\u00e9'`, String.raw`b'\400'`, "b'é'", "r'a'", "f'a'", "'''a'''", "ub'a'"],
  ...['007', '1_000', '0x10', '1j', '+1', '--1', 'Nonesuch', 'true', '1+2', '(,)', '{,}'],
])('rejects %s, which repr does not write', text => {
  expect(rejection(() => parsePythonLiteral(text))).toMatch(/^expected .+ of the Python literal, got /)
})

test('rejects deep nesting instead of exhausting the stack', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  expect(rejection(() => parsePythonLiteral(nested(100)))).toBeUndefined()
  for (const text of [nested(100_000), '('.repeat(100_000), "{'a':".repeat(100_000)])
    expect(rejection(() => parsePythonLiteral(text))).toMatch(/^expected at most 100 levels/)
})

test('reads hostile texts of a megabyte in one pass', () => {
  const million = 1_000_000
  expect(parsePythonLiteral(`'${'\\n'.repeat(million / 2)}'`)).toHaveLength(million / 2)
  expect(parsePythonLiteral(`[${'1,'.repeat(million / 2)}]`)).toHaveLength(million / 2)
  expect(parsePythonLiteral('9'.repeat(million))).toHaveLength(million)
  expect(rejection(() => parsePythonLiteral(`'${'\\'.repeat(million - 1)}`))).toMatch(/^expected /)
})
