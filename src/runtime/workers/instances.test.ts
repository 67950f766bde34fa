import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ContextParts } from '../../loader/instances.ts'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import { MemoryStore } from '../../plugin/memory-store.ts'
import type { Post } from '../../plugin/post.ts'
import { checkedFraming, makeInstances } from './instances.ts'

const plugin = (kind: string, create: string, more = '') => `
import { define${kind}, z } from 'mood-exporter/plugin'

export default define${kind}({
  name: 'probe',
  description: 'Of a test.',
  options: z.object({}),
  ${more}
  create: ${create},
})
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-instances-'))
  for (const [name, text] of Object.entries({
    framed: plugin('Format', "() => ({ decode: () => null, framing: { kind: 'pages' } })"),
    batching: plugin('Scorer', '() => ({ batchSize: 1e9, scoreBatch: async posts => posts.map(() => 0) })'),
    naming: plugin('Extractor', '(_, { name }) => ({ extract: () => [name] })'),
    relaying: plugin(
      'Output',
      '() => ({ write() {}, relay: posts => void globalThis.relayed.push(...posts) })',
      "takes: ['windows'],",
    ),
    writing: plugin('Output', '() => ({ write() {} })', "takes: ['windows'],"),
  }))
    writeFileSync(join(folder, `${name}.ts`), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

const spec = (use: string, name = use) => ({ use, name, options: {} })

function make(more: Partial<WorkerConfig>, loading?: <T>(load: () => T) => T) {
  const parts = {
    log: { write: vi.fn<ContextParts['log']['write']>() },
    signal: new AbortController().signal,
    baseDir: folder,
    topics: [],
    clamped: vi.fn<(owner: string, message: string) => void>(),
    own: vi.fn<ContextParts['own']>(() => ({ metrics: {}, store: new MemoryStore() })),
  }
  const workerConfig = testWorkerConfig({
    baseDir: folder,
    sources: [],
    scorers: [],
    extractors: [],
    ...more,
  })
  return { parts, made: makeInstances(workerConfig, parts, loading) }
}

const formats = (...uses: string[]) => uses.map(use => ({ name: 'src', format: spec(use), dedupe: false }))

describe('a worker', () => {
  test('has a format for each source, and its scorers and extractors in order', async () => {
    const { made, parts } = make({
      sources: formats('post', 'text', 'post'),
      scorers: [spec('afinn', 'a'), spec('afinn', 'b')],
      extractors: [spec('./naming.ts', 'first'), spec('./naming.ts', 'second')],
    })
    const { formats: all, scorers, extractors, detector, relay, receiver } = await made
    expect(all.map(({ framing }) => framing?.kind)).toEqual(['json', undefined, 'json'])
    expect(all[0]).not.toBe(all[2])
    expect(scorers).toHaveLength(2)
    const post: Post = { text: 'good', createdAt: 0 } as Post
    expect(await (scorers[0] as { score(post: Post): unknown }).score(post)).toBeGreaterThan(0)
    expect(extractors.map(each => each.extract(post))).toEqual([['first'], ['second']])
    expect([detector, relay, receiver]).toEqual([null, null, null])
    expect(parts.own.mock.calls.map(([owner]) => owner).toSorted()).toEqual([
      'extractor first',
      'extractor second',
      'format post',
      'format post',
      'format text',
      'scorer a',
      'scorer b',
    ])
  })

  test('detects languages if it is configured to, and loads them later', async () => {
    const loading = vi.fn<<T>(load: () => T) => T>(load => load())
    const { detector } = await make({ languages: { labels: ['en', 'ko'], detect: true } }, loading as never)
      .made
    expect(detector).not.toBeNull()
    expect(loading).not.toHaveBeenCalled()
    expect(detector?.detect('this is a sentence in the English language, which is easy to see')).toBe('en')
    expect(loading).toHaveBeenCalled()
  })

  test('reports limits that a scorer declares too high', async () => {
    const { made, parts } = make({ scorers: [spec('./batching.ts', 'big')] })
    await made
    expect(parts.clamped).toHaveBeenCalledExactlyOnceWith('scorer big', expect.stringContaining('batchSize'))
  })

  test.each<[string, Partial<WorkerConfig>, object]>([
    ['a format', { sources: formats('nonesuch') }, { code: 'ERR_PLUGIN_UNLOADABLE' }],
    [
      'a format of an unknown framing',
      { sources: formats('./framed.ts') },
      { message: expect.stringMatching(/format \.\/framed\.ts could not be created: framing: expected/) },
    ],
    ['a scorer', { scorers: [spec('nonesuch')] }, { code: 'ERR_PLUGIN_UNLOADABLE' }],
    ['an extractor', { extractors: [spec('nonesuch')] }, { code: 'ERR_PLUGIN_UNLOADABLE' }],
    ['an output', { relay: spec('nonesuch') }, { code: 'ERR_PLUGIN_UNLOADABLE' }],
    [
      'an output that cannot relay',
      { relay: spec('./writing.ts') },
      { code: 'ERR_RELAY_OUTPUT', message: 'outputs: ./writing.ts cannot relay posts' },
    ],
  ])('is not made where %s cannot be created', async (_, more, error) => {
    await expect(make(more).made).rejects.toMatchObject(error)
  })

  test('relays posts to its output', async () => {
    const relayed: unknown[] = []
    Object.assign(globalThis, { relayed })
    const { made, parts } = make({ relay: spec('./relaying.ts', 'central') })
    const { relay, receiver } = await made
    const post = { text: 'a', createdAt: 0 } as Post
    await relay?.write([post], { failed: message => expect.unreachable(message), rejected: () => {} })
    expect(relayed).toEqual([post])
    expect(receiver).toHaveProperty('relay')
    expect(parts.own).toHaveBeenCalledExactlyOnceWith(
      'output central',
      expect.objectContaining({ name: 'probe' }),
    )
  })
})

describe('the framing of a format', () => {
  const checked = (framing: unknown) => checkedFraming({ decode: () => null, framing } as never)

  test.each([
    undefined,
    { kind: 'lines' },
    { kind: 'lines', headers: '#Fields: ' },
    { kind: 'whole' },
    { kind: 'csv' },
    { kind: 'csv', delimiter: ';', quote: null },
    { kind: 'json' },
    { kind: 'json', arrays: 'whole', each: ['data', 'posts'] },
    { kind: 'json', arrays: 'cut' },
  ])('may be %o', framing => {
    expect(checked(framing)).toMatchObject({ decode: expect.any(Function) })
  })

  test.each([
    null,
    'lines',
    {},
    { kind: 'pages' },
    { kind: 'lines', headers: '' },
    { kind: 'lines', more: 1 },
    { kind: 'whole', more: 1 },
    { kind: 'csv', delimiter: '' },
    { kind: 'csv', quote: "''" },
    { kind: 'csv', more: 1 },
    { kind: 'json', arrays: 'some' },
    { kind: 'json', each: 'data' },
    { kind: 'json', more: 1 },
  ])('is refused: %o', framing => {
    expect(() => checked(framing)).toThrow(
      'framing: expected { kind: "lines" }, { kind: "csv" }, { kind: "json" } or { kind: "whole" }',
    )
  })
})
