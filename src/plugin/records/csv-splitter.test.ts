import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { csvFields } from './csv.ts'
import { CsvSplitter } from './csv-splitter.ts'
import type { Framing } from './framing.ts'

type Options = Partial<Extract<Framing, { kind: 'csv' }>> & {
  max?: number
  chunk?: number
  firstLine?: string
}

/** The records in a text that arrives in chunks of this number of bytes; oversized ones after `!`. */
function cut(text: string, { max = 1000, chunk = 1e9, firstLine, ...framing }: Options = {}) {
  const found: string[] = []
  const covered: number[] = []
  const note = (record: string) => {
    found.push(record)
    covered.push(splitter.bytesCovered)
  }
  const splitter = new CsvSplitter(
    { kind: 'csv', ...framing },
    max,
    {
      record: bytes => note(Buffer.from(bytes).toString()),
      oversized: sample => note(`!${Buffer.from(sample)}`),
    },
    firstLine,
  )
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunk) splitter.write(bytes.subarray(at, at + chunk))
  splitter.end()
  expect(splitter.bytesCovered).toBe(bytes.length)
  return { found, covered }
}

/** The same, found to be so however the bytes are cut. */
function records(text: string, options: Options = {}): string[] {
  const { found } = cut(text, options)
  for (let chunk = 1; chunk < Math.min(text.length, 40); chunk++)
    expect(cut(text, { ...options, chunk }).found, `in chunks of ${chunk}`).toEqual(found)
  return found
}

test('a record is a line, and continues where the line ends within quotes', () => {
  expect(records('id,text\r\n1,"one\r\ntwo, ""three""\n"\r\n\r\n2,5" disk\n3,last')).toEqual([
    'id,text',
    '1,"one\r\ntwo, ""three""\n"',
    '2,5" disk',
    '3,last',
  ])
})

test('the line after a first one that is too long begins with no quote open', () => {
  const [first, ...others] = records(`"${'x'.repeat(25)}",b\n1,"c\nd"\n2,e`, { max: 10 })
  expect(first).toMatch(/^!"x+/)
  expect(others).toEqual(['1,"c\nd"', '2,e'])
})

test('lines may end in CR alone, and cells of theirs hold other line ends', () => {
  expect(records('id,text\r1,"one\ntwo"\r\r2,"a\rb"\r3,c')).toEqual([
    'id,text',
    '1,"one\ntwo"',
    '2,"a\rb"',
    '3,c',
  ])
  // A CR within quotes of the first line ends none.
  expect(records('1,"a\rb"\n2,c\n', { delimiter: ',' })).toEqual(['1,"a\rb"', '2,c'])
})

test('quotes are read after the delimiter that the first line has', () => {
  expect(records('id;text\n1;"a\n;b"\n2;x,"y\n')).toEqual(['id;text', '1;"a\n;b"', '2;x,"y'])
  expect(records('3;"c\nd"\n', { firstLine: 'id;text' })).toEqual(['3;"c\nd"'])
})

test('between tabs there are no quotes unless they are named', () => {
  expect(records('label\ttext\nneutral\t"a\nneutral\tb"\n')).toHaveLength(3)
  expect(records('label\ttext\nneutral\t"a\nneutral\tb"\n', { quote: '"' })).toHaveLength(2)
})

test('a line that names the delimiter goes with the header, or is left out where the delimiter is known', () => {
  expect(records('sep=^\nid^text\n1^"a\nb"\n')).toEqual(['sep=^\nid^text', '1^"a\nb"'])
  expect(records('sep=;\r\n1;"a\nb"\n', { delimiter: ';' })).toEqual(['1;"a\nb"'])
})

test('a quote that is not closed costs the record it is in and no other', () => {
  expect(records('id,text\n1,"open\n2,two\n3,"three"\n4,"fo\nur"\n')).toEqual([
    'id,text',
    '1,"open',
    '2,two',
    '3,"three"',
    '4,"fo\nur"',
  ])
  expect(records('id,text\n1,a\n2,"open\n')).toEqual(['id,text', '1,a', '2,"open'])
  expect(records('id,text\n1,"open\n2,b\n3,c\n')).toEqual(['id,text', '1,"open', '2,b', '3,c'])
  expect(records('"open\n2,b\n3,c\n')).toEqual(['"open', '2,b', '3,c'])
})

test('where a quote is not closed within the limit, the lines after it are read by themselves', () => {
  const rows = Array.from({ length: 200 }, (_, i) => (i % 10 === 5 ? `${i},"a\nb"` : `${i},row`))
  const lines = ['id,text', '0,"open', ...rows]
  // The first closing quote that fits ends a record too early only where it is at the end of a field.
  expect(
    cut(`${lines.slice(0, 7).join('\n')}\n${'7,row\n'.repeat(200)}`, { max: 100 }).found.slice(0, 7),
  ).toEqual(lines.slice(0, 7))
})

test('a record of just the limit is taken, one that is longer is reported as soon as it is, and its neighbours are', () => {
  for (const chunk of [1, 3, 1000])
    expect(cut(`a,b\n12345678\r\n123456789\r\n"1234567\nc,d\n`, { max: 8, chunk }).found).toEqual([
      'a,b',
      '12345678',
      '!12345678',
      '"1234567',
      'c,d',
    ])
  const found: string[] = []
  const splitter = new CsvSplitter({ kind: 'csv' }, 8, {
    record: bytes => found.push(Buffer.from(bytes).toString()),
    oversized: () => found.push('!'),
  })
  splitter.write(Buffer.from('a,b\n1234567890'))
  expect(found).toEqual(['a,b', '!'])
})

test('NULs before a record are skipped', () => {
  expect(records('id,text\n\x00\x001,a\n\x00\x00\n2,b\n')).toEqual(['id,text', '1,a', '2,b'])
})

test('bytes are covered up to the end of each record while it is handed over', () => {
  expect(cut('id,text\n1,"a\nb"\r\n2,c').covered).toEqual([8, 17, 20])
  expect(cut('a\n1,"b\n2,c\n3,"x"y\n').covered).toEqual([2, 7, 11, 18])
})

test('going on from the end of any record gives the records after it', () => {
  const text = 'id;text\n1;"a\nb; ""c"""\n\n2;d\n3;"e\n\nf"\n4;"open\n5;g\n'
  const { found, covered } = cut(text)
  expect(found).toHaveLength(6)
  for (const [i, end] of covered.entries()) {
    const rest = Buffer.from(text).subarray(end).toString()
    expect(cut(rest, { firstLine: 'id;text' }).found).toEqual(found.slice(i + 1))
  }
})

/** Numbers from 0 to n - 1, the same ones on every run (a linear congruential generator). */
function seeded(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

test('agrees with csv-parse on all kinds of well-formed CSV', () => {
  const next = seeded(1)
  const pieces = ['a', 'b c', '"', '""', ',', ';', '\n', '\r\n', '\r', 'é', '갤럭시', ' ', '\t']
  const pick = (list: string[]) => list[next(list.length)] as string
  for (let round = 0; round < 400; round++) {
    const delimiter = pick([',', ';', '\t'])
    const lineEnd = pick(['\n', '\r\n', '\r'])
    const cell = () => Array.from({ length: next(5) }, () => pick(pieces)).join('')
    const rows = Array.from({ length: 1 + next(6) }, () => ['x', ...Array.from({ length: 2 }, cell)])
    const written = [['id', 'one', 'two'], ...rows]
      .map(row =>
        row
          .map(value =>
            /["\r\n]/.test(value) || value.includes(delimiter) || value.startsWith(' ') || next(4) === 0
              ? `"${value.replaceAll('"', '""')}"`
              : value,
          )
          .join(delimiter),
      )
      .join(lineEnd)
    const dialect = { delimiter, quote: '"' }
    const found = cut(written, { ...dialect, chunk: 1 + next(20) }).found
    const read = found.map(record => csvFields(record, dialect))
    expect(read).toEqual([['id', 'one', 'two'], ...rows])
    expect(read).toEqual(parse(written, { ...dialect, record_delimiter: lineEnd }))
  }
})

test('with quotes anywhere, no byte is lost or repeated, in linear time', () => {
  const next = seeded(2)
  const pieces = ['"', '""', ',', '\n', '\r\n', 'a', ' ', 'b"', '",', '\n"', '0']
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 60 }, () => pieces[next(pieces.length)]).join('')
    const whole = cut(text, { delimiter: ',', max: 30 })
      .found.join('')
      .replaceAll(/[\r\n]/g, '')
    if (!whole.includes('!')) expect(whole).toBe(text.replaceAll(/[\r\n]/g, ''))
  }
  for (const piece of ['"\n', ',"\n', '"a\n', 'a,"b\n', '"",\n', '"\r'])
    expect(cut(piece.repeat(200_000), { max: 65_536 }).found.length).toBeGreaterThan(0)
}, 20_000)
