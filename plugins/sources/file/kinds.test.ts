import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Framing, Position, z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import file from './index.ts'

let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mood-kinds-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const write = (name: string, data: string | Uint8Array) => writeFile(join(dir, name), data)
const hex = (bytes: string) => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

type Options = z.input<typeof file.options>

interface More {
  positions?: ReadonlyMap<string, Position> | undefined
  framing?: Framing
  header?: boolean
  maxRecordBytes?: number
}

const read = (options: Options, { positions, ...more }: More = {}) =>
  testSource(file, options, { baseDir: dir, ...(positions === undefined ? {} : { positions }), ...more })

async function readAll(options: Options, more?: More) {
  const run = await read(options, more)
  await run.done
  return run.emitter
}

/** Whether each run that starts from a position of another takes up exactly where that one was. */
async function resumable(options: Options, texts: string[], more: More = {}) {
  const whole = await readAll(options, more)
  expect(whole.texts).toEqual(texts)
  const last = whole.counts.at(-1)
  for (const [i, positions] of whole.history.entries()) {
    const { records = 0, dropped = 0 } = whole.counts[i] ?? {}
    for (const pace of [{}, { rate: 1e6 }]) {
      const rest = await readAll({ ...options, ...pace }, { ...more, positions })
      expect(rest.texts).toEqual(texts.slice(records))
      expect(rest.counts.at(-1)?.dropped ?? 0).toBe((last?.dropped ?? 0) - dropped)
      for (const { header } of rest.records) expect(header).toBe(whole.records[0]?.header)
    }
  }
  const paced = await read({ ...options, rate: 200 }, more)
  await paced.emitter.until(emitter => emitter.texts.length >= Math.min(2, texts.length))
  await paced.stop()
  const seen = paced.emitter.counts.at(-1)?.records ?? 0
  const positions = paced.emitter.history.at(-1)
  expect((await readAll(options, { ...more, positions })).texts).toEqual(texts.slice(seen))
  return whole
}

test.each([
  ['bzip2', 'p.bz2', hex('42 5a 68 39 31 41 59 26 53 59 64 2d'), 'bzip2 -dc p.bz2'],
  ['xz', 'p.xz', hex('fd 37 7a 58 5a 00 00 04'), 'xz -dc p.xz'],
  ['a zip archive', 'p.csv', hex('50 4b 03 04 14 00 00 00 08 00'), 'unzip -p p.csv'],
])('%s is rejected with its type and the command to unpack it', async (name, path, bytes, command) => {
  await write(path, bytes)
  const run = await read({ path })
  await expect(run.done).rejects.toThrow(
    `${path}: is ${name}, which is not read: unpack it first (${command}), or pipe that into the source \`stdin\``,
  )
  expect(run.emitter.texts).toEqual([])
  expect(run.emitter.ups).toBe(0)
  const followed = await read({ path, follow: true })
  await expect(followed.done).rejects.toThrow(`${path}: is ${name}, which is not read`)
})

test('one file of several that is an archive fails the run once the others are read', async () => {
  await write('a.bz2', hex('42 5a 68 39 31 41 59 26 53 59'))
  await write('b.jsonl', 'one\n')
  const run = await read({ path: '*' })
  await expect(run.done).rejects.toThrow('a.bz2: is bzip2')
  expect(run.emitter.texts).toEqual(['one'])
  const followed = await read({ path: '*', follow: true, poll: '10ms' })
  await followed.emitter.until(({ texts }) => texts.length === 1)
  await followed.stop()
  expect(followed.logged.map(({ message }) => message).join()).toContain('left out: a.bz2: is bzip2')
})

test('an archive within a compressed file is named, too', async () => {
  const tar = Buffer.concat([
    Buffer.from('posts.jsonl'.padEnd(257, '\0')),
    Buffer.from('ustar\0'),
    Buffer.alloc(300),
  ])
  await write('p.tar.gz', gzipSync(tar))
  await write('p.gz', gzipSync(gzipSync('one\n')))
  await expect(readAll({ path: 'p.tar.gz' })).rejects.toThrow(
    'p.tar.gz: holds what is a tar archive, which is not read',
  )
  await expect(readAll({ path: 'p.gz' })).rejects.toThrow('p.gz: holds what is gzip, which is not read')
})

test('zstd with a window of 2 GiB is read, and the log warns about its memory', async () => {
  const params = { [constants.ZSTD_c_windowLog]: 27 }
  await write(
    'a.zst',
    zstdCompressSync('one\ntwo\n', { params: { ...params, [constants.ZSTD_c_contentSizeFlag]: 0 } }),
  )
  // A frame of one raw block, by hand, as no compressor here makes such a window.
  await write('b.zst', Buffer.concat([hex('28 b5 2f fd 00 a8 41 00 00'), Buffer.from('3 is new')]))
  const run = await read({ path: '*.zst' })
  await run.done
  expect(run.emitter.texts).toEqual(['one', 'two', '3 is new'])
  expect(run.logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'b.zst: decompressing it takes up to 2048 MiB of memory',
  ])
})

test.each([
  ['a window beyond that', hex('28 b5 2f fd 00 b8 41 00 00 33'), 'needs a window of more than 2 GiB'],
  ['a dictionary', hex('28 b5 2f fd 01 58 05 41 00 00 33'), 'was compressed with a dictionary'],
])('zstd with %s is not reported as damaged', async (_, bytes, message) => {
  await write('a.zst', bytes)
  const run = await read({ path: 'a.zst' })
  await expect(run.done).rejects.toThrow(`a.zst: ${message}`)
  // It fails again rather than end as if it had been read.
  await expect(readAll({ path: 'a.zst' }, { positions: run.emitter.history.at(-1) })).rejects.toThrow(message)
})

const lines = ['id,text', '1,정말 좋아요 뷁', '2,ok good', '3,최고 “따옴표”', '4,됬어요']

/** The same in CP949, as Python makes it. */
const korean = hex(
  '69642c746578740d0a312cc1a4b8bb20c1c1bec6bfe42094ee0d0a322c6f6b20676f6f640d0a332cc3d6b0ed20' +
    'a1b0b5fbbfc8c7a5a1b10d0a342c89e7beeebfe4',
)

test.each([
  ['utf-16le with a mark', Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le'), undefined],
  ['utf-16be with a mark', Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le').swap16(), undefined],
  ['utf-16le that is named', Buffer.from(lines.join('\n'), 'utf16le'), 'UTF-16LE'],
  ['utf-8 with a mark, whatever is named', Buffer.from(`\ufeff${lines.join('\n')}`), 'cp949'],
])('text in %s is read, and can be resumed at any record', async (_, bytes, encoding) => {
  await write('posts.csv', bytes)
  await resumable({ path: 'posts.csv', ...(encoding ? { encoding } : {}) }, lines, {
    framing: { kind: 'csv' },
  })
  await write('posts.gz', gzipSync(bytes))
  await resumable({ path: 'posts.gz', ...(encoding ? { encoding } : {}) }, lines)
})

test('Korean and Western text in legacy encodings is read if the encoding is configured', async () => {
  await write('kr.csv', korean)
  await resumable({ path: 'kr.csv', encoding: 'cp949' }, lines)
  await write('latin.csv', hex('636166e92077617320677265617421 0a 6974927320 35 80 0a'))
  await resumable({ path: 'latin.csv', encoding: 'latin1' }, ['café was great!', 'it’s 5€'])
})

test('UTF-16 without a mark is recognised by its NULs, and UTF-32 is named', async () => {
  await write('a.jsonl', Buffer.from('{"text":"one"}\n{"text":"좋아요"}\n', 'utf16le'))
  expect((await readAll({ path: 'a.jsonl' })).texts).toEqual(['{"text":"one"}', '{"text":"좋아요"}'])
  await write('b.txt', hex('ff fe 00 00 61 00 00 00'))
  await expect(readAll({ path: 'b.txt' })).rejects.toThrow('b.txt: is UTF-32, which is not supported')
})

test('rejects an unknown encoding', () => {
  expect(file.options.safeParse({ path: 'x', encoding: 'klingon' }).error?.message).toContain(
    'expected an encoding such as',
  )
})

test('text in UTF-16 is followed as it grows, from the end and through truncation', async () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le')
  await write('a.log', Buffer.concat([utf16('\ufeffold\r\n')]))
  const run = await read({ path: 'a.log', follow: true, poll: '10ms', from: 'end' })
  await run.emitter.until(({ positions }) => positions.length === 1)
  const append = (text: string) => writeFile(join(dir, 'a.log'), utf16(text), { flag: 'a' })
  // U+0A0D and U+0D0A hold the bytes of line ends.
  await append('one \u0a0d\u0d0a\r\nhalf')
  await run.emitter.until(({ texts }) => texts.length === 1)
  await append(' two\r\n')
  await run.emitter.until(({ texts }) => texts.length === 2)
  await run.stop()
  expect(run.emitter.texts).toEqual(['one \u0a0d\u0d0a', 'half two'])
  await append('three\r\n')
  const again = await read(
    { path: 'a.log', follow: true, poll: '10ms' },
    { positions: run.emitter.history.at(-1) },
  )
  await again.emitter.until(({ texts }) => texts.length === 1)
  await write('b.log', utf16('\ufeffnew\r\n'))
  await copyFile(join(dir, 'b.log'), join(dir, 'a.log'))
  await again.emitter.until(({ texts }) => texts.length === 2)
  await again.stop()
  expect(again.emitter.texts).toEqual(['three', 'new'])
})

test('lines that end in CR alone are read', async () => {
  await write('reviews.csv', 'id,text\r1,wonderful\r2,"aw\nful"\r3,fine\r')
  await resumable({ path: 'reviews.csv' }, ['id,text', '1,wonderful', '2,"aw\nful"', '3,fine'], {
    framing: { kind: 'csv' },
  })
})

test('quoted line breaks are part of their row, and reading resumes at any row', async () => {
  const rows = [
    'id,text',
    ...Array.from({ length: 30 }, (_, i) => `${i},"line\nof ""${i}"""`),
    '31,"open',
    '32,last',
  ]
  await write('a.csv', rows.join('\n'))
  await resumable({ path: 'a.csv' }, rows, { framing: { kind: 'csv' } })
})

test('JSON of any layout is read, and can be resumed at any value', async () => {
  const objects = Array.from({ length: 30 }, (_, id) => ({ id, list: [{ text: '갤럭시 }' }] }))
  const pretty = objects.map(each => JSON.stringify(each, null, 2))
  const framing = { kind: 'json' } as const
  await write('array.json', JSON.stringify(objects, null, 2))
  const { texts } = await readAll({ path: 'array.json' }, { framing })
  expect(texts.map(text => JSON.parse(text))).toEqual(objects)
  await resumable({ path: 'array.json' }, texts, { framing })
  await write('glued.json', objects.map(each => JSON.stringify(each)).join(''))
  await resumable(
    { path: 'glued.json' },
    objects.map(each => JSON.stringify(each)),
    { framing },
  )
  await write('wide.json', Buffer.from(`\ufeff[\r\n${pretty.join(',\r\n')}]`, 'utf16le'))
  await resumable({ path: 'wide.json' }, pretty, { framing })
  await write('export.json', JSON.stringify({ name: 'x', messages: objects, more: [] }, null, 1))
  const each = { framing: { kind: 'json', each: ['messages'] } } as const
  const exported = (await readAll({ path: 'export.json' }, each)).texts
  expect(exported.map(text => JSON.parse(text))).toEqual(objects)
  await resumable({ path: 'export.json' }, exported, each)
})

test('NULs after a truncation are not part of a record', async () => {
  await write('a.log', 'one\n')
  const run = await read({ path: 'a.log', follow: true, poll: '10ms' })
  await run.emitter.until(({ texts }) => texts.length === 1)
  await write('a.log', `${'\0'.repeat(200_000)}two\nthree\n`)
  await run.emitter.until(({ texts }) => texts.length === 3)
  await run.stop()
  expect(run.emitter.texts).toEqual(['one', 'two', 'three'])
  expect(run.emitter.drops).toEqual([])
})

test.each([
  ['over two lines', '"the id","the\ntext"\r\n1,"a\nb"\r\n2,c\r\n', '"the id","the\ntext"'],
  ['behind a line that names the delimiter', 'sep=;\nid;text\n1;"a\nb"\n2;c', 'sep=;\nid;text'],
  ['that is too long', `id,text,${'x'.repeat(500)}\n1,"a\nb"\n2,c\n`, `id,text,${'x'.repeat(42)}`],
])('a header %s is given to records after a resume', async (_, text, header) => {
  const more = { framing: { kind: 'csv' }, header: true, maxRecordBytes: 50 } as const
  const rows = text.includes(';') ? ['1;"a\nb"', '2;c'] : ['1,"a\nb"', '2,c']
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  for (const [name, data] of [
    ['plain.csv', text],
    ['wide.csv', bytes],
    ['wide.csv.gz', gzipSync(bytes)],
  ] as const) {
    await write(name, data)
    const { records } = await resumable({ path: name }, rows, more)
    expect(records[0]?.header).toBe(header)
  }
})

test('a header without any record is counted once', async () => {
  await write('a.csv', 'id,text\n')
  const { counts } = await resumable({ path: 'a.csv' }, [], { framing: { kind: 'csv' }, header: true })
  expect(counts.at(-1)).toEqual({ records: 0, dropped: 1 })
})

const long = 'x'.repeat(700_000)

test.each<[string, Framing, string, string[]]>([
  ['a line', { kind: 'lines' }, `one\n${long}\ntwo\n${long}`, ['one', 'two']],
  ['a row', { kind: 'csv' }, `a,one\n${long}\nb,"t\nwo"\nc,"${long}"\n`, ['a,one', 'b,"t\nwo"']],
  [
    'a value',
    { kind: 'json' },
    `[{"a":1},\n{"a":"${long}"}, {"a":\n2}, {"a":"${long}"}]`,
    ['{"a":1}', '{"a":\n2}'],
  ],
])('%s that is too long is counted once, wherever reading resumes', async (_, framing, text, texts) => {
  for (const [name, data] of [
    ['a.txt', text],
    ['b.txt', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ] as const) {
    await write(name, data)
    const { counts } = await resumable({ path: name }, texts, { framing, maxRecordBytes: 100 })
    expect(counts.at(-1)?.dropped).toBe(2)
  }
})

test('a JSON value that is broken is read once, however much of the file is skipped after it', async () => {
  const broken = '{\n  "a": 1 "b": 2'
  await write('a.json', `{"a":0}\n${broken}\n${'  and so on\n'.repeat(60_000)}{"a":3}\n`)
  const { texts } = await readAll({ path: 'a.json' }, { framing: { kind: 'json' } })
  expect(texts).toEqual(['{"a":0}', expect.stringMatching(/^{\n {2}"a": 1 "/), '{"a":3}'])
  await resumable({ path: 'a.json' }, texts, { framing: { kind: 'json' } })
})

test('values on one line in another encoding are read once, although not each has a position', async () => {
  const values = hex('22c1a4b8bb22') // "정말"
  await write(
    'kr.json',
    Buffer.concat([Buffer.from('['), values, Buffer.from(', '), values, Buffer.from(']\n')]),
  )
  const { history } = await resumable({ path: 'kr.json', encoding: 'cp949' }, ['"정말"', '"정말"'], {
    framing: { kind: 'json' },
  })
  expect(history.length).toBeGreaterThan(0)
})
