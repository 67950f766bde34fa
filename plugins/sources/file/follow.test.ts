import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Position } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import file from './index.ts'

let dir = ''
const running: (() => Promise<void>)[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mood-follow-'))
})

afterEach(async () => {
  await Promise.all(running.splice(0).map(stop => stop()))
  await rm(dir, { recursive: true, force: true })
})

const at = (name: string) => join(dir, name)

type Positions = ReadonlyMap<string, Position>

async function follow(options: { path: string; from?: 'end'; rate?: number }, positions?: Positions) {
  const started = positions === undefined ? {} : { positions }
  const run = await testSource(file, { follow: true, poll: '10ms', ...options }, { baseDir: dir, ...started })
  // One that fails is looked at by its test.
  running.push(() => run.stop().catch(() => {}))
  const texts = async (...expected: string[]) => {
    await run.emitter.until(emitter => emitter.texts.length >= expected.length)
    expect(run.emitter.texts).toEqual(expected)
  }
  return { ...run, texts }
}

test('a file is read as it grows, each line once it is complete', async () => {
  await writeFile(at('a.log'), 'one\ntw')
  const { texts } = await follow({ path: 'a.log' })
  await texts('one')
  await appendFile(at('a.log'), 'o\nthree\n')
  await texts('one', 'two', 'three')
})

test('waits for a file that does not exist yet, and reports it', async () => {
  const { emitter, texts } = await follow({ path: 'a.log' })
  await emitter.until(({ downs }) => downs.length > 0)
  expect(emitter.downs).toEqual(['no such file: a.log'])
  await writeFile(at('a.log'), 'one\n')
  await texts('one')
  expect(emitter.ups).toBe(1)
})

test('through a rotation, the old file is read to its end and the new one from its start', async () => {
  await writeFile(at('a.log'), 'one\n')
  const { texts } = await follow({ path: 'a.log' })
  await texts('one')
  await rename(at('a.log'), at('a.log.1'))
  await writeFile(at('a.log'), 'three\n')
  await texts('one', 'three')
  // A writer continues with the file that it has open until it is signalled.
  await appendFile(at('a.log.1'), 'two\n')
  await texts('one', 'three', 'two')
})

test('a rotated file that has gone quiet hands over its last line and leaves the position', async () => {
  await writeFile(at('a.log'), 'one\nno end')
  const { emitter, texts } = await follow({ path: 'a.log' })
  await texts('one')
  await rename(at('a.log'), at('a.log.1'))
  await writeFile(at('a.log'), 'two\n')
  await texts('one', 'two', 'no end')
  await emitter.until(({ history }) => filesOf(history.at(-1)).length === 1)
  expect(filesOf(emitter.history.at(-1))).toMatchObject([{ path: 'a.log', offset: 4 }])
})

const filesOf = (positions: Positions | undefined) =>
  [...(positions ?? [])].flatMap(([partition, position]) =>
    partition === '' ? [] : [position as unknown as { path: string; offset: number }],
  )

test('a truncated file is read from its start again', async () => {
  await writeFile(at('a.log'), 'one\ntwo\n')
  const { texts } = await follow({ path: 'a.log' })
  await texts('one', 'two')
  await copyFile(at('a.log'), at('a.log.1'))
  await truncate(at('a.log'))
  await appendFile(at('a.log'), 'new\n')
  await texts('one', 'two', 'new')
})

test('a file that was truncated and is already longer than before is read from its start', async () => {
  await writeFile(at('a.log'), 'one\ntwo\n')
  const { texts } = await follow({ path: 'a.log' })
  await texts('one', 'two')
  // Overwritten in one step, as if there was no poll between the truncation and what came after.
  const handle = await open(at('a.log'), 'r+')
  await handle.write('three\nfour\nfive\n', 0)
  await handle.close()
  await texts('one', 'two', 'three', 'four', 'five')
})

test('files that appear under the glob later are read from their start, even in new folders', async () => {
  await writeFile(at('a.log'), 'old\n')
  const { emitter } = await follow({ path: '**/*.log', from: 'end' })
  await emitter.until(({ ups }) => ups === 1)
  await mkdir(at('sub'))
  await writeFile(at('sub/b.log'), 'one\n')
  await emitter.until(({ texts }) => texts.length === 1)
  await appendFile(at('a.log'), 'two\n')
  await emitter.until(({ texts }) => texts.length === 2)
  expect(emitter.texts).toEqual(['one', 'two'])
  expect(new Set(emitter.records.map(({ partition }) => partition)).size).toBe(2)
})

test('a file renamed under the same glob is not read again', async () => {
  await writeFile(at('a.log'), 'one\n')
  const { texts } = await follow({ path: 'a.log*' })
  await texts('one')
  await rename(at('a.log'), at('a.log.1'))
  await writeFile(at('a.log'), 'two\n')
  await texts('one', 'two')
  await appendFile(at('a.log'), 'three\n')
  await texts('one', 'two', 'three')
})

test('a file that a scan missed during its rename keeps its position', async () => {
  await writeFile(at('a.log'), 'first\n')
  await writeFile(at('b.log'), 'old\n')
  const { emitter } = await follow({ path: '*.log*', rate: 20 })
  await emitter.until(({ texts }) => texts.includes('old'))
  await rename(at('b.log'), at('moving'))
  // That it is found tells that a scan has missed the other.
  await writeFile(at('c.log'), 'new\n')
  await emitter.until(({ texts }) => texts.includes('new'))
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  await appendFile(at('a.log'), `${lines.join('\n')}\n`)
  await emitter.until(({ texts }) => texts.includes('line 0'))
  await rename(at('moving'), at('b.log.1'))
  await appendFile(at('c.log'), 'after\n')
  await emitter.until(({ texts }) => texts.includes('after'))
  await appendFile(at('b.log.1'), 'last\n')
  await emitter.until(({ texts }) => texts.includes('last'))
  expect(emitter.texts.filter(text => !text.startsWith('line'))).toEqual([
    'first',
    'old',
    'new',
    'after',
    'last',
  ])
})

test('with from: end, a partly written line is read whole', async () => {
  await writeFile(at('a.log'), 'old\nha')
  const { emitter, texts } = await follow({ path: 'a.log', from: 'end' })
  await emitter.until(({ history }) => history.length > 0)
  await appendFile(at('a.log'), 'lf\n')
  await texts('half')
})

test('restarted at any position, nothing is lost or doubled', async () => {
  await writeFile(at('a.log'), 'one\ntwo\nthr')
  const first = await follow({ path: 'a.log' })
  await first.texts('one', 'two')
  await first.stop()
  await appendFile(at('a.log'), 'ee\n')
  await rename(at('a.log'), at('a.log.7'))
  await writeFile(at('a.log'), 'four\n')
  const second = await follow({ path: 'a.log' }, first.emitter.history.at(-1))
  await second.texts('three', 'four')
  await second.stop()
  const third = await follow({ path: 'a.log' }, second.emitter.history.at(-1))
  await appendFile(at('a.log'), 'five\n')
  await third.texts('five')
})

test('restarted before the first record, it does not skip new data', async () => {
  await writeFile(at('a.log'), 'old\n')
  const first = await follow({ path: 'a.log', from: 'end' })
  await first.emitter.until(({ history }) => history.length > 0)
  await first.stop()
  await appendFile(at('a.log'), 'one\n')
  const second = await follow({ path: 'a.log', from: 'end' }, first.emitter.history.at(-1))
  await second.texts('one')
})

test('unread data of a deleted file is reported and counted', async () => {
  await writeFile(at('a.log'), 'one\n')
  const first = await follow({ path: 'a.log' })
  await first.texts('one')
  await first.stop()
  await writeFile(at('b.log'), 'two\n')
  await unlink(at('a.log'))
  await rename(at('b.log'), at('a.log'))
  const second = await follow({ path: 'a.log' }, first.emitter.history.at(-1))
  await second.texts('two')
  expect(second.logged.map(({ message }) => message)).toContain(
    'the file is gone: the data after this offset is lost',
  )
  expect(second.emitter.gaps).toEqual([{ result: 'lost', ms: 0 }])
})

test('a compressed file cannot be followed: as a path it is an error, under a glob it is left out', async () => {
  await writeFile(at('a.log.gz'), gzipSync('old\n'))
  const alone = await follow({ path: 'a.log.gz' })
  await expect(alone.done).rejects.toThrow(
    'a.log.gz: is compressed, and a compressed file cannot be followed',
  )
  await writeFile(at('a.log'), 'one\n')
  const { texts, logged } = await follow({ path: 'a.log*' })
  await texts('one')
  expect(logged).toMatchObject([{ level: 'warn', message: expect.stringContaining('left out: a.log.gz') }])
})

test('many lines from two busy writers all arrive, in their order', async () => {
  const { emitter } = await follow({ path: '*.log', rate: 1_000_000 })
  const lines = (name: string) => Array.from({ length: 5000 }, (_, i) => `${name} ${i}`)
  const write = async (name: string) => {
    for (const line of lines(name)) await appendFile(at(`${name}.log`), `${line}\n`)
  }
  await Promise.all([write('a'), write('b')])
  await emitter.until(({ texts }) => texts.length === 10_000)
  for (const name of ['a', 'b'])
    expect(emitter.texts.filter(text => text.startsWith(name))).toEqual(lines(name))
})

test('replaced text of the same size is read', async () => {
  await writeFile(at('a.log'), 'one\n')
  const { texts, logged } = await follow({ path: 'a.log' })
  await texts('one')
  await writeFile(at('a.log'), 'two\n')
  await texts('one', 'two')
  expect(logged.map(({ message }) => message)).toContain(
    'the file was truncated or replaced: reading it from its start',
  )
})
