import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { BatchWriter, batchMemory } from '../../pipeline/batch.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import type { Batch } from '../batch.ts'
import { testBatch } from '../runtime-testing.ts'
import type { Delta, FromWorker, ToWorker } from '../threads/messages.ts'
import { serveWorker } from './worker-thread.ts'

const spec = (use: string) => ({ use, name: use, options: {} })

let stop: (() => void) | undefined
afterEach(() => {
  stop?.()
  vi.restoreAllMocks()
})

/** A scorer that fails on some posts, has a value in its store, and notes its end. */
const SHAKY = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'shaky',
  description: 'Of a test.',
  options: z.object({}),
  async create(_, { store, signal }) {
    const kept = await store.get('k')
    return {
      score({ text }) {
        if (text.includes('boom')) throw new Error('it broke')
        // Without a stack, only the file is known.
        if (text.includes('bang')) throw 'a text'
        return text === 'kept' ? kept : 0.5
      },
      close: () => void globalThis.ended.push(signal.aborted),
    }
  },
})
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-worker-'))
  writeFileSync(join(folder, 'shaky.ts'), SHAKY)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A worker in this thread. Values of its plugins' stores are -0.25. */
async function made(more: Partial<WorkerConfig> = {}) {
  const workerConfig = testWorkerConfig({
    baseDir: folder,
    sources: [{ name: 'src', format: spec('post'), dedupe: false }],
    scorers: [spec('afinn')],
    extractors: [],
    ...more,
  })
  workerConfig.shape = { ...deltaShapeOf(workerConfig.shape), extractors: [] }
  const said: FromWorker[] = []
  let listen: (message: ToWorker) => void = () => {}
  let heard = Promise.withResolvers<void>()
  const port = {
    postMessage: (message: unknown) => {
      said.push(message as FromWorker)
      const { type, id } = message as { type: string; id: number }
      if (type === 'store') queueMicrotask(() => listen({ type: 'stored', id, value: -0.25 }))
      heard.resolve()
      heard = Promise.withResolvers<void>()
    },
    on: (_: string, listener: (message: ToWorker) => void) => {
      listen = listener
    },
  }
  const activity = new ThreadActivity()
  await serveWorker(port, { workerConfig, declared: null, activity: activity.memory })
  stop = () => listen({ type: 'stop' })
  let number = 0
  /** Sends a batch of such records, counted in that epoch. Returns its number. */
  const send = (epoch: number, records: unknown[], of: Partial<Batch> = {}) => {
    const bytes = records.map(record => Buffer.from(JSON.stringify(record)))
    const writer = new BatchWriter(batchMemory(bytes.length, 10_000), bytes.length)
    for (const record of bytes) writer.add(record)
    const batch = testBatch({ memory: writer.memory, records: bytes.length, receivedAt: 1_000_000, ...of })
    listen({ type: 'batch', batch, number: ++number, epoch, place: 0, skips: [] })
    return number
  }
  /** Resolves once it has sent this number of messages of a type. */
  const until = async (type: FromWorker['type'], n = 1) => {
    while (said.filter(message => message.type === type).length < n) await heard.promise
  }
  const deltas = () => said.filter((message): message is Delta => message.type === 'delta')
  const posts = ({ base }: Delta) =>
    State.decodeBase(workerConfig.shape, base).counter('mood_source_posts_total').get('src')
  return {
    said,
    send,
    listen: (message: ToWorker) => listen(message),
    until,
    deltas,
    posts,
    workerConfig,
    activity,
  }
}

const post = (text: string, createdAt = 900_000) => ({ text, created_at: new Date(createdAt).toISOString() })

describe('a worker', () => {
  test('reports that it is ready once its plugins are created, otherwise why not', async () => {
    const { said } = await made()
    expect(said).toEqual([
      { type: 'ready', metrics: [], headers: [false], framings: [{ kind: 'json' }], stride: 1, clamped: [] },
    ])
    const failed = await made({ scorers: [{ ...spec('afinn'), options: { unknown: 1 } }] })
    expect(failed.said).toMatchObject([{ type: 'unready', code: expect.stringMatching(/^ERR_/) }])
  })

  test('says that a batch is mapped, and then delivers the delta that counts it', async () => {
    const { send, until, said, deltas, workerConfig } = await made()
    const drops = [{ reason: 'oversized', records: 2, bytes: 500 }]
    send(1, [post('what a wonderful day', 950_000), post('x')], { partition: 'a', drops })
    await until('delta')
    expect(said.map(({ type }) => type)).toEqual(['ready', 'done', 'delta'])
    expect(said[1]).toMatchObject({ number: 1, rejections: null })
    const [delta] = deltas() as [Delta]
    expect([delta.epoch, delta.batches, delta.ids]).toEqual([1, [1], null])
    const state = State.decodeBase(workerConfig.shape, delta.base)
    expect(state.counter('mood_source_records_total').get('src')).toBe(4)
    expect(state.counter('mood_posts_dropped_total').get(labelKey('src', 'oversized'))).toBe(2)
    expect(JSON.parse(delta.base).eventTimes).toEqual([['src', 'a', 950_000]])
  })

  test('delivers without more to do, and counts nothing twice', async () => {
    const { send, until, deltas, posts } = await made()
    send(1, [post('x')])
    await until('delta')
    send(1, [post('x'), post('y')])
    await until('delta', 2)
    expect(deltas().map(each => [each.batches, posts(each)])).toEqual([
      [[1], 1],
      [[2], 2],
    ])
  })

  test('never counts two epochs in one delta', async () => {
    const { send, until, deltas, posts } = await made()
    // Deliver for no other reason: neither time nor memory.
    vi.spyOn(performance, 'now').mockReturnValue(1)
    send(1, [post('x')])
    send(1, [post('x')])
    send(2, [post('x')])
    await until('delta', 2)
    const perEpoch = new Map<number, number>()
    for (const delta of deltas()) perEpoch.set(delta.epoch, (perEpoch.get(delta.epoch) ?? 0) + posts(delta))
    expect([...perEpoch]).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(deltas().map(({ epoch, batches }) => [epoch, batches])).toEqual([
      [1, [1, 2]],
      [2, [3]],
    ])
  })

  test('delivers at the end of an epoch, behind all that it was given before', async () => {
    const { send, listen, until, said } = await made()
    vi.spyOn(performance, 'now').mockReturnValue(1)
    send(1, [post('x')])
    send(1, [post('x')])
    listen({ type: 'cut' })
    // Of a group that has begun: it belongs to the epoch although that has ended.
    send(1, [post('x')])
    await until('done', 3)
    expect(said.slice(1).map(({ type }) => type)).toEqual(['done', 'done', 'delta', 'done'])
  })

  test('delivers nothing at the end of an epoch that it counted nothing of', async () => {
    const { listen, said } = await made()
    listen({ type: 'cut' })
    listen({ type: 'cut' })
    await wait(0)
    expect(said).toHaveLength(1)
  })

  test('delivers sooner where the batches that it counts hold much of the queue', async () => {
    const { send, until, said } = await made({ queueBytes: 30_000 })
    vi.spyOn(performance, 'now').mockReturnValue(1)
    send(1, [post('x')])
    send(1, [post('x')])
    await until('done', 2)
    await until('delta', 2)
    expect(said.slice(1).map(({ type }) => type)).toEqual(['done', 'delta', 'done', 'delta'])
  })

  test('reports what it refused to sources that wait for that', async () => {
    const { send, until, said } = await made()
    send(1, [post('x'), { createdAt: 1 }], { acknowledge: 'decoded' })
    await until('done')
    expect(said.find(({ type }) => type === 'done')).toMatchObject({
      rejections: [{ record: 1, reason: 'invalid' }],
    })
  })

  test('notes in shared memory which batch it is at', async () => {
    const { send, until, activity } = await made()
    const number = send(1, [post('x')])
    await until('done')
    expect(activity.read()).toMatchObject({ batch: number, plugin: 1, record: 0 })
    expect(activity.read().calls % 2).toBe(0)
  })

  test('finishes and delivers all that it was given before it stops', async () => {
    const { send, listen, until, said } = await made()
    vi.spyOn(performance, 'now').mockReturnValue(1)
    send(1, [post('x')])
    send(1, [post('x')])
    listen({ type: 'stop' })
    stop = undefined
    await until('stopped')
    expect(said.slice(1).map(({ type }) => type)).toEqual(['done', 'done', 'delta', 'stopped'])
  })
})

describe('what a worker logs', () => {
  const logged = (said: FromWorker[]) =>
    said.flatMap(message =>
      message.type === 'log' ? [[message.level, message.cause, message.message, message.fields]] : [],
    )
  const shaky = { use: './shaky.ts', name: 'mine', options: {} }

  test('is each record that it drops, with the source, the reason and an excerpt', async () => {
    const { send, until, said } = await made()
    send(1, [post('good'), { text: 5 }, post('good')])
    await until('delta')
    expect(logged(said)).toEqual([
      [
        'warn',
        'src invalid',
        'a record was dropped',
        { source: 'src', reason: 'invalid', message: expect.stringContaining('text'), record: '{"text":5}' },
      ],
    ])
  })

  test('is not a duplicate, as those are usual', async () => {
    const ids = testWorkerConfig({ sources: [{ name: 'src', format: spec('post'), dedupe: true }] })
    const { send, until, said, deltas, workerConfig } = await made({
      sources: ids.sources,
      seenIds: new SharedArrayBuffer(4096),
    })
    send(1, [
      { ...post('good'), id: '1' },
      { ...post('good'), id: '1' },
    ])
    await until('delta')
    const [{ base }] = deltas() as [Delta]
    const dropped = State.decodeBase(workerConfig.shape, base).counter('mood_posts_dropped_total')
    expect(dropped.get(labelKey('src', 'duplicate'))).toBe(1)
    expect(logged(said)).toEqual([])
  })

  test('is each post on which a plugin failed, with the place in its file or the file', async () => {
    vi.stubGlobal('ended', [])
    const { send, until, said } = await made({ scorers: [shaky] })
    send(1, [post('boom one'), post('fine'), post('bang two')])
    await until('delta')
    const of = (detail: string, at: unknown, excerpt: string) => [
      'error',
      'scorer mine',
      'a plugin failed on a post',
      { kind: 'scorer', plugin: 'mine', reason: 'threw', detail, at, post: expect.stringContaining(excerpt) },
    ]
    expect(logged(said)).toEqual([
      of('it broke', expect.stringMatching(/shaky\.ts:12\b/), 'boom one'),
      of('a text', './shaky.ts', 'bang two'),
    ])
  })

  test('is limited, and what was left out is counted', async () => {
    const { send, until, said, listen } = await made({ logLines: 2 })
    send(1, Array(5).fill({ text: 5 }))
    await until('delta')
    expect(logged(said)).toHaveLength(2)
    listen({ type: 'stop' })
    await until('stopped')
    expect(said).toContainEqual({ type: 'suppressed', cause: 'src invalid', lines: 3 })
  })
})

test('a plugin has an answer to what it asks of its store while it is created, and is closed at the end', async () => {
  const ended: boolean[] = []
  vi.stubGlobal('ended', ended)
  const { send, until, deltas, workerConfig, listen } = await made({
    scorers: [{ use: './shaky.ts', name: 'mine', options: {} }],
  })
  send(1, [post('kept')])
  await until('delta')
  const [{ base }] = deltas() as [Delta]
  expect(base).toContain('negative')
  expect(base).not.toContain('positive')
  expect(State.decodeBase(workerConfig.shape, base).counter('mood_source_posts_total').get('src')).toBe(1)
  listen({ type: 'stop' })
  await until('stopped')
  expect(ended).toEqual([true])
})

test('the terms of rankings are passed on, in the order of batches', async () => {
  const trends = vi.spyOn(Pipeline.prototype, 'trends')
  const { send, until, listen, deltas } = await made()
  send(1, [post('good')])
  listen({ type: 'trends', trends: { hashtags: new Set(['nova']) } as never })
  send(1, [post('good')])
  await until('done', 2)
  expect(trends.mock.calls).toEqual([[{ hashtags: new Set(['nova']) }]])
  await until('delta')
  expect(deltas().flatMap(({ batches }) => batches)).toEqual([1, 2])
})
