import { expect, test } from 'vitest'
import { timeInColumn, timeInField } from './record-time.ts'

const NOON = Date.UTC(2021, 10, 19, 12)

const inField = (field: string, line: string) => timeInField(field)(Buffer.from(line))
const inColumn = (column: number, line: string, delimiter = ',') =>
  timeInColumn(column, delimiter)(Buffer.from(line))

test.each([
  ['ISO 8601', '"2021-11-19T12:00:00Z"'],
  ["Twitter's own", '"Fri Nov 19 12:00:00 +0000 2021"'],
  ['Unix seconds', '1637323200'],
  ['Unix seconds with a fraction', '1637323200.0'],
  ['Unix milliseconds, as text', '"1637323200000"'],
  ['Unix microseconds', '1637323200000000'],
])('a time may be %s', (_, value) => {
  expect(inField('at', `{"at":${value}}`)).toBe(NOON)
  expect(inField('at', `{"text": "x", "at" : ${value} , "n": 1}`)).toBe(NOON)
})

test('a field is that of the outermost object, wherever else its name occurs', () => {
  const line = `{"user":{"at":1},"list":[{"at":2}],"text":"\\"at\\": 3 {[","a":"at","at":1637323200}`
  expect(inField('at', line)).toBe(NOON)
  expect(inField('at', '{"user":{"at":1}}')).toBeUndefined()
})

test('a path leads through objects', () => {
  const line = '{"includes":{"data":{"at":1}},"at":2,"data":{"user":{"at":3},"at":1637323200},"n":1}'
  expect(inField('/data/at', line)).toBe(NOON)
  expect(inField('/data/missing', line)).toBeUndefined()
  expect(inField('/at/x', line)).toBeUndefined()
})

test("a Python dict's repr is read like JSON", () => {
  const line = `{'text': "it's 'at': 1", 'geo': None, 'at': 'Fri Nov 19 12:00:00 +0000 2021', 'b': 'don\\'t'}`
  expect(inField('at', line)).toBe(NOON)
})

test('a column may be quoted, and so may those before it', () => {
  expect(inColumn(1, '2021-11-19T12:00:00Z,x')).toBe(NOON)
  expect(inColumn(3, '"a, ""b"", c",,"2021-11-19T12:00:00Z"')).toBe(NOON)
  expect(inColumn(2, 'text\t1637323200', '\t')).toBe(NOON)
  expect(inColumn(3, 'one,two')).toBeUndefined()
  expect(inColumn(1, 'created_at,text')).toBeUndefined()
})

test('any broken record is read in one pass and without an error', () => {
  const hostile = [
    '',
    '{',
    '"',
    "'at'",
    '{"at"',
    '{"at":',
    '{"at":"',
    '{'.repeat(100_000),
    '"'.repeat(100_001),
  ]
  for (const line of [...hostile, '\\'.repeat(99_999), '","'.repeat(50_000), '{"at":{}}', '}}]]{"at":1}']) {
    expect(inField('at', line)).toBeUndefined()
    expect(inColumn(99_999, line)).toBeUndefined()
  }
})
