import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ZstdFrames } from '../../src/plugin/text/zstd-frames.ts'
import { ExpectedCounts } from './expected-counts.ts'
import { Producer, type ProducerOptions } from './producer.ts'

const QUICK: [number, number] = [20, 60]
const SPANS = { live: QUICK, rotated: QUICK, archive: QUICK, burst: [300, 600] as [number, number] }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-producer-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function produce(more: Partial<ProducerOptions> = {}) {
  const expected = new ExpectedCounts(['live'])
  const options = { folder, expected, seed: 3, rate: 1000, restarts: true, spans: SPANS, ...more }
  const written = (source: string) => expected.written('mood_source_records_total', { source })
  return { expected, written, producer: new Producer({ committed: written, ...options }) }
}

/** Records in the lines: an empty line is none, and an array has one for each post. */
function records(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n')
  expect(lines.pop(), 'the last line has its end').toBe('')
  const posts = (line: string) => (/^\[(\{|\])/.test(line) ? (JSON.parse(line) as unknown[]).length : 1)
  return lines.filter(line => line.trim() !== '').reduce((sum, line) => sum + posts(line), 0)
}

const filesIn = (path: string) => readdirSync(join(folder, path)).sort()

const recordsIn = (path: string) =>
  filesIn(path).reduce((sum, name) => sum + records(readFileSync(join(folder, path, name))), 0)

function recordsInArchives(): number {
  const unzstd = (data: Buffer) =>
    Buffer.concat(new ZstdFrames().cut(data).map(frame => zstdDecompressSync(frame)))
  return filesIn('archive').reduce((sum, name) => {
    const bytes = readFileSync(join(folder, 'archive', name))
    return sum + records(name.endsWith('.gz') ? gunzipSync(bytes) : unzstd(bytes))
  }, 0)
}

test('once it pauses, files hold what the expected counts say, over rotations, late writes and lines cut in two', async () => {
  const { producer, written } = produce()
  producer.resume()
  await vi.waitUntil(() => filesIn('live').length > 5 && filesIn('archive').length > 4, { timeout: 20_000 })
  producer.grow()
  producer.pause()
  expect(recordsIn('live')).toBe(written('live'))
  expect(recordsIn('rotated')).toBe(written('rotated'))
  expect(recordsInArchives()).toBe(written('archive'))
  expect(records(readFileSync(join(folder, 'plain.jsonl')))).toBe(written('plain'))
  producer.close()
})

test('rotated files keep their order: the higher the number, the older', async () => {
  const { producer } = produce()
  producer.resume()
  await vi.waitUntil(() => filesIn('live').length > 3, { timeout: 20_000 })
  producer.close()
  // The first may be a duplicate of a record in an older file.
  const lastId = (name: string) => {
    const text = readFileSync(join(folder, 'live', name), 'utf8')
    return Math.max(...[...text.matchAll(/"live-(\d+)"/g)].map(([, id]) => Number(id)))
  }
  const ids = filesIn('live')
    .filter(name => /\.\d$/.test(name))
    .map(lastId)
  expect(ids).toEqual(ids.toSorted((a, b) => b - a))
})

test('a file at one path is rotated once between two checks, and only when a record of it is committed', async () => {
  let committed = 0
  const { producer, written } = produce({ committed: () => committed })
  const rotations = () => filesIn('rotated').length - 1
  producer.resume()
  const until = (count: number) => vi.waitUntil(() => written('rotated') > count, { timeout: 20_000 })
  await until(200)
  expect(rotations()).toBe(0)
  committed = 1
  await vi.waitUntil(() => rotations() === 1, { timeout: 20_000 })
  committed = written('rotated')
  await until(committed + 200)
  expect(rotations()).toBe(1)
  producer.checked()
  committed = written('rotated')
  await vi.waitUntil(() => rotations() === 2, { timeout: 20_000 })
  producer.close()
})

test('after a check, old files are gone', async () => {
  const { producer } = produce()
  producer.resume()
  await vi.waitUntil(() => filesIn('live').length > 8 && filesIn('archive').length > 8, { timeout: 20_000 })
  producer.pause()
  producer.checked()
  expect(filesIn('live')).toEqual(
    ['posts.jsonl', 1, 2, 3, 4].map(name => (name === 'posts.jsonl' ? name : `posts.jsonl.${name}`)),
  )
  expect(filesIn('archive')).toHaveLength(4)
  producer.close()
})

test('an exporter that is not started again is given nothing that it would not read', async () => {
  const { producer, written } = produce({ restarts: false })
  const before = [written('archive'), written('plain')]
  producer.resume()
  await vi.waitUntil(() => filesIn('live').length > 3, { timeout: 20_000 })
  producer.grow()
  producer.close()
  expect([written('archive'), written('plain')]).toEqual(before)
})

test('while it pauses, nothing is written', async () => {
  const { producer, expected, written } = produce()
  producer.resume()
  await vi.waitUntil(() => written('live') > 100, { timeout: 20_000 })
  producer.pause()
  const { records } = expected
  // As long as ten of its turns: there is no condition to wait for.
  await sleep(200)
  expect(expected.records).toBe(records)
  producer.close()
})
