import { expect, test } from 'vitest'
import { csvDialect, csvFields, isSeparatorLine, withoutSeparatorLine } from './csv.ts'

const COMMAS = { delimiter: ',', quote: '"' }
const fields = (record: string, dialect = COMMAS) => csvFields(record, dialect)

test('fields are between delimiters, in quotes if they hold one', () => {
  expect(fields('1,two,')).toEqual(['1', 'two', ''])
  expect(fields('')).toEqual([''])
  expect(fields('1,"one, ""two""",""')).toEqual(['1', 'one, "two"', ''])
  expect(fields('"a\r\nb",c')).toEqual(['a\r\nb', 'c'])
})

test('spaces around the quotes of a field are left out, all others are kept', () => {
  expect(fields('1, "a, b" , c ')).toEqual(['1', 'a, b', ' c '])
  expect(fields('a "b" c')).toEqual(['a "b" c'])
})

test('quotes are text in a field that does not begin with one, or continues after the closing one', () => {
  expect(fields('5" disk,"theatres" open,"x"')).toEqual(['5" disk', '"theatres" open', 'x'])
})

test('an unterminated quoted field is invalid', () => {
  for (const record of ['"one', '1,"two', '1,"two""']) expect(fields(record)).toBeNull()
})

test.each([
  ['id,text', ','],
  ['id;text;created_at', ';'],
  ['id\ttext', '\t'],
  ['id|text', '|'],
  ['text', ','],
  ['"a,b,c";"d"', ';'],
  ['sep=^', '^'],
  ['"sep=;"\r\n', ';'],
  ['\ufeffSEP=|\nid|text, long', '|'],
])('the delimiter of %j is %j', (line, delimiter) => {
  expect(csvDialect(line).delimiter).toBe(delimiter)
})

test('quotes are double ones unless another is named, but none between tabs', () => {
  expect(csvDialect('a,b').quote).toBe('"')
  expect(csvDialect('a\tb').quote).toBeNull()
  expect(csvDialect('a\tb', { quote: "'" })).toEqual({ delimiter: '\t', quote: "'" })
  expect(csvDialect('a;b', { delimiter: ',', quote: null })).toEqual({ delimiter: ',', quote: null })
})

test('a line that names the delimiter is distinguished from others', () => {
  for (const line of ['sep=;', 'sep=,\r\n', '"sep=\t"']) expect(isSeparatorLine(line)).toBe(true)
  for (const line of ['sep=;id', 'sep;=', 'id,sep=;']) expect(isSeparatorLine(line)).toBe(false)
  expect(withoutSeparatorLine('sep=;\r\nid;text')).toBe('id;text')
  expect(withoutSeparatorLine('id;text')).toBe('id;text')
})

test('a long line of quotes is read in one pass', () => {
  for (const piece of ['"', '""', '"a', '"a,', '"""a,', '",', ' "'])
    expect(fields(piece.repeat(200_000))?.length ?? 0).toBeLessThanOrEqual(200_001)
})
