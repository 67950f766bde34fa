import { expect, test } from 'vitest'
import { JsonCutter } from './json-cutter.ts'

/** The records cut out of a text that arrives in chunks of so many bytes, and those that were too long in brackets. */
function cut(text: string, { chunk = text.length || 1, max = 100 } = {}): string[] {
  const found: string[] = []
  const cutter = new JsonCutter(max, {
    record: bytes => found.push(Buffer.from(bytes).toString()),
    oversized: sample => found.push(`<${Buffer.from(sample).toString().slice(0, 5)}>`),
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunk) cutter.write(bytes.subarray(at, at + chunk))
  cutter.end()
  return found
}

test('an array is cut into its elements, as they stand', () => {
  expect(cut(' [ {"id": 12345678901234567890} ,\n\t[1, [2]], "a,]b", null ,1.0]\n')).toEqual([
    '{"id": 12345678901234567890}',
    '[1, [2]]',
    '"a,]b"',
    'null',
    '1.0',
  ])
})

test('anything but an array is one record', () => {
  expect(cut('{"a": [1,\n2]}\n')).toEqual(['{"a": [1,\n2]}'])
  expect(cut('  true ')).toEqual(['true'])
  expect(cut('\ufeff{"a":1}')).toEqual(['{"a":1}'])
  expect(cut('')).toEqual([])
  expect(cut(' \n ')).toEqual([])
  expect(cut('[]')).toEqual([])
})

test('strings may hold brackets, commas, escaped quotes and anything of Unicode', () => {
  const elements = ['{"text":"\\"],[{\\\\"}', '"노바폰 😍 ]"', '"\\\\\\""']
  expect(cut(`[${elements.join(',')}]`)).toEqual(elements)
})

test('it does not matter where the bytes are cut', () => {
  const text = '\ufeff [{"a":"\\"]é 😍"} , [[1],{"b":[]}],"\\\\", 2 ]  '
  const whole = cut(text)
  expect(whole).toHaveLength(4)
  for (let chunk = 1; chunk < 12; chunk++) expect(cut(text, { chunk })).toEqual(whole)
})

test('a broken element costs itself and not its neighbours', () => {
  expect(cut('[{"a":1}, {"b":}, }, tru, {"c":3}]')).toEqual(['{"a":1}', '{"b":}', '}', 'tru', '{"c":3}'])
})

test('an element that is too long is named by its beginning, and its neighbours are kept', () => {
  const long = `"${'x'.repeat(5000)}"`
  for (const chunk of [3, 100, 10_000]) {
    expect(cut(`[1,${long},2]`, { chunk })).toEqual(['1', '<"xxxx>', '2'])
    expect(cut(long, { chunk })).toEqual(['<"xxxx>'])
  }
  expect(cut(`["${'x'.repeat(98)}" ]`)).toHaveLength(1)
  expect(cut(`["${'x'.repeat(99)}"]`)).toEqual(['<"xxxx>'])
})

test.each([
  ['[1,,2]', 'expected an element of the array, got ","'],
  ['[,1]', 'expected an element of the array, got ","'],
  ['[1,]', 'expected an element of the array, got "]"'],
  ['[1] 2', 'expected nothing after the array, got "2"'],
  ['[1', 'the array is not closed'],
  ['[1,', 'the array is not closed'],
  ['["1]', 'the array is not closed'],
  ['[', 'the array is not closed'],
])('%s is refused', (text, message) => {
  expect(() => cut(text)).toThrow(message)
  expect(() => cut(text, { chunk: 1 })).toThrow(message)
})

test('deep nesting is no matter', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000)
  expect(cut(`[${deep},1]`, { max: 200_000 })).toEqual([deep, '1'])
})
