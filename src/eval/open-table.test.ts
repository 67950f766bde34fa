import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseColumns } from './columns.ts'
import { type Layout, openTable, type Row } from './open-table.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-eval-rows-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function rowsOf(name: string, content: string | Uint8Array, layout?: Layout): Promise<Row[]> {
  const file = join(folder, name)
  await writeFile(file, content)
  const rows: Row[] = []
  const table = await openTable(file, layout)
  for await (const some of table.rows()) rows.push(...some)
  return rows
}

const rejection = async (name: string, content: string | Uint8Array, layout?: Layout) => {
  const error = await rowsOf(name, content, layout).then(
    () => new Error('it was taken'),
    (error: Error) => error,
  )
  return error.message.replaceAll(`${folder}/`, '')
}

test('a line with tabs is a row, quotes included; blank lines are skipped', async () => {
  expect(await rowsOf('a.tsv', '\ufeffneutral\t"On Tuesday\r\n\npositive\tI\u2028love it\rso\n')).toEqual([
    { line: 1, label: 'neutral', text: '"On Tuesday' },
    { line: 3, label: 'positive', text: 'I\u2028love it\rso' },
  ])
})

test('a row of CSV may go over several lines in quotes, and knows where it begins', async () => {
  const content = 'id,text,label,lang\n1,"one, ""two""\nthree",pos,en\n2,a 5" disk,neg,\n'
  expect(await rowsOf('a.csv', content)).toEqual([
    { line: 2, label: 'pos', text: 'one, "two"\nthree', lang: 'en' },
    { line: 4, label: 'neg', text: 'a 5" disk' },
  ])
})

test('CSV between semicolons is known by its header', async () => {
  expect(await rowsOf('b.csv', 'text;label\nso, so;0\n')).toEqual([{ line: 2, label: '0', text: 'so, so' }])
})

test('a line of NDJSON is an object, whose label may be a number', async () => {
  const content =
    '{"text":"hi","label":"pos","lang":"en"}\n{"text":"ho","label":-1}\n\n{"text":5,"label":1}\nnope\n'
  expect(await rowsOf('a.jsonl', content)).toEqual([
    { line: 1, label: 'pos', text: 'hi', lang: 'en' },
    { line: 2, label: '-1', text: 'ho' },
    { line: 4, problem: 'expected a text in "text"' },
    { line: 5, problem: 'expected an object of JSON, got "nope"' },
  ])
  const named = await rowsOf('b.jsonl', '{"body":{},"review":"hi","stars":4}\n', {
    columns: parseColumns('label=stars,text=review'),
  })
  expect(named).toEqual([{ line: 1, label: '4', text: 'hi' }])
})

test('rows of JSON may be in an array and span several lines', async () => {
  const array = '[\n  {"text": "hi",\n   "label": "pos"},\n  {"text": "ho", "label": "neg"}\n]\n'
  expect(await rowsOf('c.json', array)).toEqual([
    { line: 2, label: 'pos', text: 'hi' },
    { line: 4, label: 'neg', text: 'ho' },
  ])
  expect(await rowsOf('d.json', '[{"text":"hi","label":1},{"text":"ho","label":0}]')).toHaveLength(2)
  expect(await rowsOf('e.json', '{"text":"hi","label":1}{"text":"ho","label":0}')).toHaveLength(2)
})

test.each([
  ['a line that is cut off', '{"text":"a","label":1}\n{"text":"b","label":0}\n{bad\n', 3],
  ['a last line without its end', '{"text":"a","label":1}\n{"text":"b","label":0}\n{"text":"c","la', 3],
  ['a last record that never closes', '{"text":"a","label":1}\n\n{\n  "text": "b",\n  "label": 0\n', 3],
  ['a first one of several lines', '{\n  "text": "b",\n\n\n{"text":"a","label":1}\n', 1],
  ['CRLF', '{"text":"a","label":1}\r\n{"text":"b","label":0}\r\n{bad\r\n', 3],
  ['a line of no JSON', '{"text":"a","label":1}\nnope\n', 2],
  ['a text with a line end', '{"text":"a","label":1}\n{"text":"b\n","label":0}\n{"text":"c","label":1}\n', 2],
])('a broken record of JSON is named by its first line: %s', async (_, content, line) => {
  const columns = parseColumns('label=label,text=text')
  const file = join(folder, 'broken.jsonl')
  await writeFile(file, content)
  const table = await openTable(file, { columns }).catch((error: Error) => error)
  if (table instanceof Error) {
    expect(table.message).toContain(`broken.jsonl:${line}: expected an object of JSON`)
    return
  }
  const lines: number[] = []
  for await (const rows of table.rows())
    for (const row of rows) if (row.problem !== undefined) lines.push(row.line)
  expect(lines[0]).toBe(line)
})

const UNCLOSED = 'the JSON array that begins here does not end: the file may be incomplete'

test.each([
  ['at a record', '[{"label":"positive","text":"I love it"}', 1],
  ['after a comma', '\n[\n{"label":"positive","text":"I love it"},\n', 2],
  ['within a record', '[{"label":"positive","text":"I love it"},{"label":"negative","te', 1],
  ['within the first record', '[\n  {\n    "label": "positive",\n', 1],
  [
    'far after its beginning',
    `{"label":1,"text":"a"}\n[${'{"label":1,"text":"a"},\n'.repeat(20_000)}{"label":1`,
    2,
  ],
  ['in a second array', '[{"label":1,"text":"a"}]\n\n[{"label":1,"text":"a"}', 3],
])('an array of JSON that ends %s is refused', async (_, content, line) => {
  expect(await rejection('cut.json', content)).toBe(`cut.json:${line}: ${UNCLOSED} (ERR_EVAL_DATA)`)
})

test.each(['json', 'ndjson'] as const)('the format %s is JSON in lines or in an array', async format => {
  const row = '{"text":"hi","label":"pos"}'
  for (const content of [`${row}\n`, `[${row}]`])
    expect(await rowsOf('named.txt', content, { format })).toEqual([{ line: 1, label: 'pos', text: 'hi' }])
})

test('lines may end in CR alone', async () => {
  expect(await rowsOf('e.csv', 'text,label\r"so, so",0\rhi,1\r')).toEqual([
    { line: 2, label: '0', text: 'so, so' },
    { line: 3, label: '1', text: 'hi' },
  ])
})

test('a line that names the delimiter (sep=) is not a row', async () => {
  expect(await rowsOf('f.csv', 'sep=;\r\nText ; Label\r\n"so; so, so";0\r\n')).toEqual([
    { line: 3, label: '0', text: 'so; so, so' },
  ])
  expect(await rowsOf('g.csv', 'sep=|\n1|a\n0|b\n', { columns: parseColumns('label,text') })).toHaveLength(2)
})

test('an unclosed quote affects only its own row', async () => {
  expect(await rowsOf('g.csv', 'text,label\nhi,1\n"ho,0\nhe,1\n')).toEqual([
    { line: 2, label: '1', text: 'hi' },
    { line: 3, problem: 'expected a row of CSV, got a quote that is not closed' },
    { line: 4, label: '1', text: 'he' },
  ])
})

const CP949 = Buffer.from('746578742c6c6162656c0ac1c1be c6bfe42c310a'.replaceAll(' ', ''), 'hex')

test.each([
  ['euc-kr', CP949],
  ['utf-16le', Buffer.from('text,label\n좋아요,1\n', 'utf16le')],
  [undefined, Buffer.from('\ufefftext,label\n좋아요,1\n', 'utf16le')],
])('text in %s is read, where it is named or has a byte order mark', async (encoding, content) => {
  expect(await rowsOf('h.csv', content, encoding ? { encoding } : {})).toEqual([
    { line: 2, label: '1', text: '좋아요' },
  ])
})

test('files may be compressed', async () => {
  const content = Buffer.from('pos\thi\n'.repeat(100_000))
  expect(await rowsOf('a.tsv.gz', gzipSync(content))).toHaveLength(100_000)
  expect((await rowsOf('a.tsv.zst', zstdCompressSync(content))).at(-1)?.line).toBe(100_000)
  const members = Buffer.concat([zstdCompressSync(content), zstdCompressSync(content)])
  expect(await rowsOf('b.tsv.zst', members)).toHaveLength(200_000)
})

test('a row with too few columns, too many or no label is a problem of its own', async () => {
  expect(await rowsOf('c.tsv', 'pos\thi\npos\nneg\ta\tb\n\t no label\npos\tho')).toEqual([
    { line: 1, label: 'pos', text: 'hi' },
    { line: 2, problem: 'expected 2 columns, got 1' },
    { line: 3, problem: 'expected 2 columns, got 3' },
    { line: 4, problem: 'expected a label, got nothing' },
    { line: 5, label: 'pos', text: 'ho' },
  ])
})

test.each([
  ['empty.tsv', '\n\n', undefined, 'empty.tsv: is empty'],
  ['d.tsv', 'a\tb\tc\n', undefined, 'd.tsv:1: it is not clear which column is the label'],
  ['f.jsonl', '{"a":1}\n', undefined, 'f.jsonl:1: it is not clear which field is the label: there are "a"'],
  ['g.csv', Buffer.from('BZh91AY&SY....'), undefined, 'g.csv: is bzip2, which is not read: unpack it first'],
  [
    'h.gz',
    gzipSync(Buffer.alloc(500_000, 'pos\thi\n')).subarray(0, 300),
    undefined,
    'the compressed data is damaged',
  ],
  ['i.tsv', 'x'.repeat(3_000_000), undefined, 'i.tsv:1: expected lines of text, got one longer than 1 MiB'],
] as const)('%s is refused, with its line', async (name, content, layout, message) => {
  expect(await rejection(name, content, layout)).toContain(message)
})

test('a missing file, or a folder, is rejected by name', async () => {
  await expect(openTable(join(folder, 'gone.tsv'))).rejects.toThrow(/gone\.tsv: cannot be read: no such file/)
  await expect(openTable(folder)).rejects.toThrow(`${folder}: it is a folder; name a file (ERR_EVAL_DATA)`)
  await expect(openTable('/dev/null')).rejects.toThrow('expected a regular file')
})
