import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Position, z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import { explainFileError } from './found-files.ts'
import file from './index.ts'

let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mood-file-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const write = (name: string, data: string | Uint8Array) => writeFile(join(dir, name), data)

type Options = z.input<typeof file.options>

type Positions = ReadonlyMap<string, Position>

const read = (options: Options, positions?: Positions) =>
  testSource(file, options, { baseDir: dir, ...(positions === undefined ? {} : { positions }) })

/** All records that a run to the end hands over. */
async function readAll(options: Options, positions?: Positions) {
  const run = await read(options, positions)
  await run.done
  return run.emitter
}

/** A number of lines, too random to compress well. */
const linesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `line ${i} ${(i * 0x9e3779b1) >>> 0}`)

const filesIn = (positions: Positions | undefined) =>
  [...(positions ?? [])].flatMap(([partition, position]) =>
    partition === '' ? [] : [position as unknown as { offset: number; settled: string | null }],
  )

test('a file is read to its end, a last line without a line end included', async () => {
  await write('posts.txt', 'one\r\n\ntwo\nthree')
  const emitter = await readAll({ path: 'posts.txt' })
  expect(emitter.texts).toEqual(['one', 'two', 'three'])
  expect(emitter.records[0]?.partition).toMatch(/^\d+:\d+$/)
  expect(emitter.ups).toBe(1)
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)(
  'a %s file is recognised by its first bytes, and may contain several streams',
  async (_, compress) => {
    const lines = linesOf(50_000)
    const text = Buffer.from(`${lines.join('\n')}\n`)
    // Cut within a line; the third part is of several blocks.
    const parts = [text.subarray(0, 10), text.subarray(10, 100_005), text.subarray(100_005)]
    await write('posts.txt', Buffer.concat(parts.map(part => compress(part))))
    const emitter = await readAll({ path: 'posts.txt' })
    expect(emitter.texts).toEqual(lines)
  },
)

test('a byte order mark is not part of the first record', async () => {
  await write('posts.txt', '\ufeffone\ntwo\n')
  const emitter = await readAll({ path: 'posts.txt' })
  expect(emitter.texts).toEqual(['one', 'two'])
  expect((await readAll({ path: 'posts.txt' }, emitter.history.at(-1))).texts).toEqual([])
})

test('the files of a glob are read in name order, each a partition with a stream of its own', async () => {
  await mkdir(join(dir, 'sub.txt'))
  await write('b.txt', 'three\n')
  await write('a.txt', 'one\ntwo without an end')
  await write('c.md', 'not this\n')
  const { records } = await readAll({ path: '*.txt' })
  expect(records.map(({ value }) => value)).toEqual(['one', 'two without an end', 'three'])
  const [first, second, third] = records.map(({ partition }) => partition)
  expect(first).toBe(second)
  expect(first).not.toBe(third)
})

test('a name with glob characters is literal if such a file exists', async () => {
  await write('posts[1].txt', 'one\n')
  expect((await readAll({ path: 'posts[1].txt' })).texts).toEqual(['one'])
})

test.each([
  ['plain', 'posts.txt', (text: string) => Buffer.from(text)],
  ['gzip', 'posts.gz', (text: string) => gzipSync(text)],
  ['zstd', 'posts.zst', (text: string) => zstdCompressSync(text)],
])('restarted from any position, a %s file loses and doubles nothing', async (_, name, encode) => {
  const lines = linesOf(40_000)
  const text = `${lines.join('\n')}\nlast`
  await write(name, encode(text))
  const { history } = await readAll({ path: name })
  expect(history.length).toBeGreaterThan(lines.length)
  expect(filesIn(history.at(-1))[0]?.settled).toEqual(expect.any(String))
  // After the first line, some in between, and the end.
  for (const position of [...history.filter((_, i) => i % 9000 === 0), history.at(-1)]) {
    const [filePosition] = filesIn(position)
    const rest = text.slice(filePosition?.offset).split('\n').filter(Boolean)
    const emitter = await readAll({ path: name }, position)
    expect(emitter.texts).toEqual(rest)
    expect((await readAll({ path: name }, emitter.history.at(-1) ?? position)).texts).toEqual([])
  }
})

test('stopped in the middle and started again, it continues with the next record', async () => {
  await write('a.txt', `${linesOf(10).join('\n')}\n`)
  await write('b.txt', `${linesOf(40).join('\n')}\n`)
  const first = await read({ path: '*.txt', rate: 1000 })
  await first.emitter.until(({ texts }) => texts.length > 20)
  await first.stop()
  const second = await readAll({ path: '*.txt' }, first.emitter.history.at(-1))
  expect([...first.emitter.texts, ...second.texts]).toEqual([...linesOf(10), ...linesOf(40)])
})

test('a last record without a line end is emitted together with its position', async () => {
  await write('posts.txt', 'one\ntwo')
  const { history } = await readAll({ path: 'posts.txt' })
  expect(history.map(position => filesIn(position))).toMatchObject([
    [{ offset: 4, settled: null }],
    [{ offset: 7, settled: null }],
    [{ offset: 7, settled: expect.any(String) }],
  ])
})

test('a file that was cut short since is read from its start', async () => {
  const lines = linesOf(200)
  await write('posts.txt', `${lines.join('\n')}\n`)
  const { history } = await readAll({ path: 'posts.txt' })
  await write('posts.txt', `${lines.slice(0, 100).join('\n')}\n`)
  expect((await readAll({ path: 'posts.txt' }, history.at(-1))).texts).toEqual(lines.slice(0, 100))
})

test('a finished file that has grown is read on from where it ended', async () => {
  await write('posts.txt', 'one\ntwo\n')
  const { history } = await readAll({ path: 'posts.txt' })
  expect(filesIn(history.at(-1))).toMatchObject([{ offset: 8, settled: expect.any(String) }])
  await write('posts.txt', 'one\ntwo\nthree\n')
  expect((await readAll({ path: 'posts.txt' }, history.at(-1))).texts).toEqual(['three'])
})

test('a file that was replaced by another is read from its start', async () => {
  await write('posts.txt', 'one\ntwo\n')
  const { history } = await readAll({ path: 'posts.txt' })
  await write('other.txt', 'three\nfour\nfive\n')
  await rename(join(dir, 'other.txt'), join(dir, 'posts.txt'))
  expect((await readAll({ path: 'posts.txt' }, history.at(-1))).texts).toEqual(['three', 'four', 'five'])
})

/** Two gzip members, the second of which begins with what cannot be a block. */
function corruptGzip(sound: Buffer): Buffer {
  const second = sound.indexOf(Buffer.from([0x1f, 0x8b, 8]), 1)
  return Buffer.from(sound).fill(0xff, second + 10, second + 11)
}

test.each([
  ['truncated gzip', gzipSync, (sound: Buffer) => sound.subarray(0, -50_000)],
  ['truncated zstd', zstdCompressSync, (sound: Buffer) => sound.subarray(0, -50_000)],
  ['corrupt gzip', gzipSync, corruptGzip],
  ['corrupt zstd', zstdCompressSync, (sound: Buffer) => Buffer.from(sound).fill(0xff, sound.length - 50_000)],
])(
  'a damaged %s file is read once up to the damage, and other files are read whole',
  async (_, compress, damage) => {
    const lines = linesOf(100_000)
    const text = Buffer.from(`${lines.join('\n')}\n`)
    const sound = Buffer.concat([compress(text.subarray(0, 700_000)), compress(text.subarray(700_000))])
    await write('a.txt', damage(sound))
    await write('b.txt', 'sound\n')
    const run = await read({ path: '*.txt' })
    await expect(run.done).rejects.toThrow(
      /^a\.txt: the (gzip|zstd) data is damaged at byte \d+ of \d+, after \d+ bytes of text, which were read: ./,
    )
    const before = run.emitter.texts.slice(0, -1)
    expect(run.emitter.texts.at(-1)).toBe('sound')
    expect(before.length).toBeGreaterThan(10_000)
    expect(before).toEqual(lines.slice(0, before.length))

    // Run again, as the exporter does after a failure, it has nothing more to read and fails, until the file is whole.
    const position = run.emitter.history.at(-1) as Positions
    const again = await read({ path: '*.txt' }, position)
    await expect(again.done).rejects.toThrow(/^a\.txt: is damaged; what comes before the damage was read/)
    expect(again.emitter.texts).toEqual([])
    await write('a.txt', sound)
    expect((await readAll({ path: '*.txt' }, position)).texts).toEqual(lines.slice(before.length))
  },
)

test('however small the parts of a damaged file, all before the damage is read', async () => {
  const lines = linesOf(100)
  const frames = lines.map(line => zstdCompressSync(`${line}\n`))
  await write('a.zst', Buffer.concat([...frames, Buffer.from('no frame')]))
  // At a pace, so that the decompressor could run ahead into the damage.
  const run = await read({ path: 'a.zst', rate: 2000 })
  await expect(run.done).rejects.toThrow('the zstd data is damaged at byte')
  expect(run.emitter.texts).toEqual(lines)
  expect(filesIn(run.emitter.history.at(-1))).toMatchObject([{ settled: expect.any(String) }])
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a %s file is read up to garbage, and nothing twice after the garbage is removed', async (_, compress) => {
  const lines = linesOf(500)
  const sound = compress(lines.join('\n'))
  await write('a.txt', Buffer.concat([sound, Buffer.from('garbage')]))
  const run = await read({ path: 'a.txt' })
  await expect(run.done).rejects.toThrow(`data is damaged at byte ${sound.length} of ${sound.length + 7}`)
  expect(run.emitter.texts).toEqual(lines)
  const position = run.emitter.history.at(-1) as Positions
  await expect((await read({ path: 'a.txt' }, position)).done).rejects.toThrow('a.txt: is damaged')
  await write('a.txt', sound)
  expect((await readAll({ path: 'a.txt' }, position)).texts).toEqual([])
})

test('an unreadable path fails with the reason', async () => {
  await mkdir(join(dir, 'folder'))
  await expect(readAll({ path: 'nowhere.txt' })).rejects.toThrow('nowhere.txt: no such file')
  await expect(readAll({ path: 'folder' })).rejects.toThrow('folder: is a directory: give its files, such as')
  await expect(readAll({ path: '*.none' })).rejects.toThrow(`*.none: no file matches, looked from ${dir}`)
  await expect(readAll({ path: '/dev/null' })).rejects.toThrow('/dev/null: is not a regular file')
})

test('a file without permission fails, and says so', () => {
  // The system lets root read anything, so that its error is made here.
  const error = Object.assign(new Error('EACCES: permission denied, open'), {
    code: 'EACCES',
    syscall: 'open',
  })
  expect(explainFileError('a.txt', error).message).toBe(
    'a.txt: permission denied: the exporter may not read it',
  )
})

test('one file of several that cannot be read fails the run once the others are read', async () => {
  // A file that opens but whose first byte cannot be read.
  await symlink('/proc/self/mem', join(dir, 'a.txt'))
  await write('b.txt', 'one\n')
  const run = await read({ path: '*.txt' })
  await expect(run.done).rejects.toThrow('a.txt: EIO')
  expect(run.emitter.texts).toEqual(['one'])
})

test('while the emitter is full it waits, and still stops at once', async () => {
  await write('posts.txt', 'one\ntwo\n')
  const run = await read({ path: 'posts.txt' })
  run.emitter.full = true
  await run.emitter.until(({ ups }) => ups === 1)
  await run.stop()
  expect(run.emitter.history).toHaveLength(2)
})

test("replayed by the records' own times, every record comes, in its order", async () => {
  const records = [0, 20, 10, 40].map((second, i) => `{"id":"${i}","at":${1_600_000_000 + second}}`)
  await write('posts.jsonl', records.join('\n'))
  const { texts } = await readAll({ path: 'posts.jsonl', speed: 1000, time_field: 'at' })
  expect(texts).toEqual(records)
})

test('repeated, it starts again at the end until it is stopped', async () => {
  await write('posts.txt', 'one\ntwo\n')
  const run = await read({ path: 'posts.txt', repeat: true })
  await run.emitter.until(({ texts }) => texts.length >= 5)
  await run.stop()
  expect(run.emitter.texts.slice(0, 5)).toEqual(['one', 'two', 'one', 'two', 'one'])
})

test.each([
  [{ from: 'end' }, '`end` needs `follow: true`'],
  [{ follow: true, repeat: true }, 'not together with `follow`'],
  [{ rate: 1, speed: 2, time_field: 'at' }, 'expected either `rate` or `speed`'],
  [{ speed: 2 }, '`speed` and `time_field` belong together'],
  [{ follow: true, speed: 2, time_field: 'at' }, 'not together with `follow`'],
])('rejects contradictory options: %j', (options, message) => {
  const { error } = file.options.safeParse({ path: 'x', ...options })
  expect(error?.issues.map(issue => issue.message).join()).toContain(message)
})

test.for([
  ['en-tweets.tsv.gz', 49_439],
  ['ko-reviews.tsv.gz', 210_000],
] as const)('every line of %s is read', async ([name, lines], context) => {
  const path = labelledPosts(context, name)
  const { texts } = await readAll({ path })
  expect(texts).toHaveLength(lines)
  expect(texts).toEqual(
    gunzipSync(await readFile(path))
      .toString()
      .split('\n')
      .filter(Boolean),
  )
})

test('records go with the path of their file', async () => {
  await write('a.log', 'one\n')
  await write('b.log', 'two\n')
  const { records } = await readAll({ path: '*.log' })
  expect(records.map(({ value, path }) => [value, path])).toEqual([
    ['one', 'a.log'],
    ['two', 'b.log'],
  ])
})

test.each(['a.log', 'a.log.gz'])('a restart within %s finds the last header before it', async name => {
  const text = '# one\na\n# two\nb\nc\n# three\nd\n'
  await write(name, name.endsWith('.gz') ? gzipSync(text) : text)
  const started = async (positions?: Positions) => {
    const run = await testSource(
      file,
      { path: name },
      {
        baseDir: dir,
        header: true,
        framing: { kind: 'lines', headers: '# ' },
        ...(positions === undefined ? {} : { positions }),
      },
    )
    await run.done
    return run.emitter
  }
  const whole = await started()
  const seen = whole.records.map(({ value, header }) => [value, header])
  expect(seen).toEqual([
    ['a', '# one'],
    ['b', '# two'],
    ['c', '# two'],
    ['d', '# three'],
  ])
  for (const [i, positions] of whole.history.entries()) {
    const rest = await started(positions)
    expect(rest.records.map(({ value, header }) => [value, header])).toEqual(
      seen.slice(whole.counts[i]?.records),
    )
  }
  expect(whole.history.length).toBeGreaterThanOrEqual(seen.length)
})
