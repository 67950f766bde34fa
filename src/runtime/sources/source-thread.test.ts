import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { BatchReader } from '../../pipeline/batch.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { Emitter, Position } from '../../plugin/source.ts'
import type { FromSource, SourceData, ToSource } from '../threads/messages.ts'
import { threadNumber } from '../threads/thread-clock.ts'
import { testPort } from '../threads/threads-testing.ts'
import { serveSource } from './source-thread.ts'

/** A source whose calls a test answers: it finds them, and the context of its creation, under its name. */
const PROBE = `
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'probe',
  description: 'Does what a test says.',
  replayable: true,
  changeable: ['list'],
  options: z.object({ probe: z.string(), list: z.array(z.string()).default([]) }),
  metrics: { hits: { type: 'counter', help: 'Hits.' } },
  create: (options, context) => globalThis.sourceProbes.get(options.probe)(context, options),
})
`

const LIVE = PROBE.replace('replayable: true,', '').replace("changeable: ['list'],", '')

interface Context {
  name: string
  log: { info(message: string): void }
  signal: AbortSignal
  store: { get(key: string): Promise<unknown> }
  metrics: { hits: { add(n: number): void } }
  topics: unknown[]
  position: Position | undefined
  positions: ReadonlyMap<string, Position>
  maxRecordBytes: number
}
interface Probe {
  run(emitter: Emitter, signal: AbortSignal): unknown
  commit?(partition: string, position: Position): unknown
  topics?(topics: unknown): unknown
  options?(options: { list: string[] }): unknown
  close?(): unknown
}
type Create = (context: Context, options: object) => Probe | Promise<Probe>

const probes = new Map<string, Create>()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-source-thread-'))
  writeFileSync(join(folder, 'probe.ts'), PROBE)
  writeFileSync(join(folder, 'live.ts'), LIVE)
  Object.assign(globalThis, { sourceProbes: probes })
})
afterAll(() => rmSync(folder, { recursive: true }))

let close: (() => Promise<unknown>) | undefined
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await close?.()
  close = undefined
})

let last = 0

function served(
  create: Create,
  { use = './probe.ts', ...more }: Partial<SourceData> & { use?: string } = {},
) {
  const { port, ...all } = testPort<FromSource, ToSource>()
  const probe = `probe ${++last}`
  probes.set(probe, create)
  const spec = { use, name: 'src', options: { probe } }
  const activity = new ThreadActivity()
  const serving = serveSource(port, {
    spec,
    baseDir: folder,
    positions: [],
    topics: '[]',
    maxRecordBytes: 100,
    queueBytes: 2 ** 20,
    logLines: 10,
    heartbeat: activity.memory,
    ...more,
  })
  const stop = () => {
    all.send({ type: 'close' })
    return all.until('closed')
  }
  close = stop
  const run = (more: object = {}) =>
    all.send({ type: 'run', header: false, framing: { kind: 'lines' }, rankings: false, ...more })
  return { ...all, serving, spec, activity, run, stop }
}

async function made(create: Create, more?: Parameters<typeof served>[1]) {
  const all = served(create, more)
  await all.serving
  return all
}

const typesOf = (said: FromSource[]) => said.map(({ type }) => type)
const nothing: Create = () => ({ run: () => {} })
const NOVA = JSON.stringify([{ name: 'nova', any: ['nova'] }])

describe('a source', () => {
  test('is created with where it was, the topics and its limits', async () => {
    const create = vi.fn<Create>(nothing)
    const { said } = await made(create, {
      positions: [
        ['', 5],
        ['a', 7],
      ],
      topics: NOVA,
    })
    expect(create.mock.calls[0]?.[0]).toMatchObject({
      name: 'src',
      baseDir: folder,
      position: 5,
      positions: new Map([
        ['', 5],
        ['a', 7],
      ]),
      topics: JSON.parse(NOVA),
      maxRecordBytes: 100,
    })
    expect(said).toEqual([
      {
        type: 'created',
        replayable: true,
        changeable: [],
        metrics: [
          {
            owner: 'source src',
            plugin: 'probe',
            metrics: { hits: { type: 'counter', help: 'Hits.', labels: [] } },
          },
        ],
      },
    ])
  })

  test('names the options that can change, if it takes such changes', async () => {
    const taking: Create = () => ({ run: () => {}, options: () => {} })
    expect((await made(taking)).said[0]).toMatchObject({ type: 'created', changeable: ['list'] })
    expect((await made(taking, { use: './live.ts' })).said[0]).toMatchObject({
      type: 'created',
      replayable: false,
      changeable: [],
    })
  })

  test('that cannot be created says why, and is no longer watched', async () => {
    const intervals = vi.spyOn(globalThis, 'clearInterval')
    const { said } = await made(() => {
      throw new Error('no luck')
    })
    expect(said).toEqual([
      {
        type: 'failed',
        code: 'ERR_PLUGIN_FAILED',
        message: expect.stringContaining('source src could not be created: no luck'),
      },
    ])
    expect(intervals).toHaveBeenCalled()
    close = undefined
  })

  test('may use its store while it is created; messages that come meanwhile wait', async () => {
    const { said, until, send, run, serving } = served(async ({ store }) => {
      expect(await store.get('a')).toBe(7)
      return { run: emitter => emitter.up() }
    })
    run()
    const [{ id }] = await until('store')
    send({ type: 'stored', id, value: 7 })
    await serving
    await until('ended')
    expect(typesOf(said)).toEqual(['store', 'up', 'created', 'ended'])
  })

  test('shows that its event loop turns', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { activity } = await made(nothing)
    const { heartbeat, thread } = activity.read()
    expect([heartbeat, thread]).toEqual([1, isMainThread ? 0 : threadNumber()])
    vi.advanceTimersByTime(1000)
    expect(activity.read().heartbeat).toBe(3)
  })
})

describe('a run', () => {
  test('emits records, and ends behind all of them and what was recorded', async () => {
    const { said, run, until } = await made(({ metrics }) => ({
      async run(emitter) {
        metrics.hits.add(1)
        await emitter.write(['a', 'bc'], { position: 2 })
      },
    }))
    run()
    await until('ended')
    expect(typesOf(said)).toEqual(['created', 'batch', 'recorded', 'ended'])
    const [{ batch }] = await until('batch')
    expect(batch).toMatchObject({ records: 2, position: 2, endsGroup: true })
    expect(new BatchReader(batch.memory).records).toBe(2)
  })

  test('knows what its format needs', async () => {
    const seen: object[] = []
    const { run, until } = await made(() => ({
      run: ({ header, framing, rankings }) => void seen.push({ header, framing, rankings }),
    }))
    run({ header: true, framing: { kind: 'whole' }, rankings: true })
    await until('ended')
    expect(seen).toEqual([{ header: true, framing: { kind: 'whole' }, rankings: true }])
  })

  test('that fails says why, behind what it emitted and recorded, and what was not logged', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1000)
    const { said, run, until } = await made(
      ({ metrics, log }) => ({
        async run(emitter) {
          metrics.hits.add(1)
          log.info('one')
          log.info('two')
          await emitter.write(['a'])
          throw new Error('no luck')
        },
      }),
      { logLines: 1 },
    )
    run()
    await until('suppressed')
    expect(typesOf(said)).toEqual(['created', 'log', 'batch', 'recorded', 'failed', 'suppressed'])
    expect(said[4]).toMatchObject({ code: 'ERR_PLUGIN_FAILED', message: expect.stringMatching(/^no luck/) })
  })

  test('that fails with an error of the catalogue keeps its code', async () => {
    const { createError } = await import('../../catalogue/errors.ts')
    const { run, until } = await made(() => ({
      run: () => {
        throw createError('ERR_CONFIG_INVALID', { problem: 'no broker' })
      },
    }))
    run()
    expect(await until('failed')).toEqual([
      { type: 'failed', code: 'ERR_CONFIG_INVALID', message: 'no broker' },
    ])
  })

  test('is asked to stop by its signal', async () => {
    const { run, send, until } = await made(({ signal: own }) => ({
      run: (_, signal) =>
        new Promise<void>(resolve => {
          expect(signal).toBe(own)
          signal.addEventListener('abort', () => resolve())
        }),
    }))
    run()
    send({ type: 'stop' })
    await until('ended')
  })

  test('is given the results of what it submits, room for more, and what is closed', async () => {
    const results: unknown[] = []
    const { run, send, until } = await made(() => ({
      async run(emitter) {
        results.push(await emitter.submit(['a'], { acknowledge: 'decoded' }))
        await emitter.close('p')
        results.push('closed')
      },
    }))
    run()
    const [{ batch }] = await until('batch')
    send({ type: 'release', ids: [batch.id] })
    send({ type: 'submitted', id: batch.id, result: { accepted: 1, rejected: [] } })
    const [{ id }] = await until('close')
    expect(results).toEqual([{ accepted: 1, rejected: [] }])
    send({ type: 'partition-closed', id })
    await until('ended')
    expect(results[1]).toBe('closed')
  })

  test('waits for room, which released batches make', async () => {
    const { run, send, until, typed } = await made(
      () => ({
        async run(emitter) {
          for (let i = 0; i < 6; i++) await emitter.write(['x'.repeat(90)], { position: i })
        },
      }),
      { queueBytes: 300 },
    )
    run()
    const released = new Set<number>()
    while (typed('ended').length === 0) {
      const fresh = typed('batch').flatMap(({ batch: { id } }) => (released.has(id) ? [] : [id]))
      for (const id of fresh) released.add(id)
      if (fresh.length > 0) send({ type: 'release', ids: fresh })
      await new Promise(setImmediate)
    }
    await until('ended')
    expect(typed('batch').reduce((sum, { batch }) => sum + batch.records, 0)).toBe(6)
  })

  test('has batches of as many records as workers take at a time', async () => {
    const { run, send, until, typed } = await made(() => ({
      run: emitter => emitter.write(['a', 'b', 'c', 'd', 'e']),
    }))
    send({ type: 'pace', records: 2 })
    run()
    await until('ended')
    expect(typed('batch').map(({ batch }) => batch.records)).toEqual([2, 2, 1])
  })

  test('delivers what it records once a second', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { run, typed } = await made(({ metrics }) => ({
      run: () => {
        metrics.hits.add(1)
        return new Promise(() => {})
      },
    }))
    run()
    expect(typed('recorded')).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(typed('recorded')).toHaveLength(1)
  })
})

describe('a source that is running is passed', () => {
  /** A call of a plugin that ends when the test says so, and the order of all calls. */
  function slow() {
    const calls: string[] = []
    const ends: (() => void)[] = []
    const call = (name: string) => {
      calls.push(name)
      return new Promise<void>(resolve => ends.push(resolve))
    }
    const turn = () => new Promise(setImmediate)
    return { calls, call, turn, end: () => ends.shift()?.() }
  }

  test('what is committed, one position at a time', async () => {
    const { calls, call, turn, end } = slow()
    const { send } = await made(() => ({
      run: () => {},
      commit: (partition, position) => call(`${partition} ${position}`),
    }))
    send({
      type: 'commit',
      positions: [
        ['a', 1],
        ['b', 2],
      ],
    })
    send({ type: 'commit', positions: [['a', 3]] })
    await turn()
    expect(calls).toEqual(['a 1'])
    end()
    await turn()
    expect(calls).toEqual(['a 1', 'b 2'])
    end()
    await turn()
    expect(calls).toEqual(['a 1', 'b 2', 'a 3'])
  })

  test('new topics and options, one after the other', async () => {
    const { calls, call, turn, end } = slow()
    const { send, spec } = await made(() => ({
      run: () => {},
      topics: topics => call(`topics ${JSON.stringify(topics)}`),
      options: ({ list }) => call(`options ${list}`),
    }))
    send({ type: 'options', spec: { ...spec, options: { ...spec.options, list: ['x'] } } })
    send({ type: 'topics', topics: NOVA })
    await vi.waitFor(() => expect(calls).toEqual(['options x']), { timeout: 60_000 })
    await turn()
    expect(calls).toHaveLength(1)
    end()
    await turn()
    expect(calls).toEqual(['options x', `topics ${NOVA}`])
    end()
  })

  test('nothing that it does not take', async () => {
    const { send, spec, typed } = await made(nothing)
    send({ type: 'commit', positions: [['a', 1]] })
    send({ type: 'topics', topics: 'not read' })
    send({ type: 'options', spec })
    await new Promise(setImmediate)
    expect(typed('log')).toEqual([])
  })

  test('it all, although a call fails: the log says so', async () => {
    const committed: Position[] = []
    const { send, spec, until } = await made(() => ({
      run: () => {},
      commit: (_, position) => {
        if (position === 1) throw new Error('no commit')
        committed.push(position)
      },
      topics: async () => {
        throw new Error('no topics')
      },
      options: () => {
        throw new Error('no options')
      },
      close: () => {
        throw new Error('no close')
      },
    }))
    send({
      type: 'commit',
      positions: [
        ['', 1],
        ['', 2],
      ],
    })
    send({ type: 'topics', topics: NOVA })
    send({ type: 'options', spec })
    await until('log', 3)
    send({ type: 'options', spec: { ...spec, options: { ...spec.options, list: 5 } } })
    await until('log', 4)
    send({ type: 'close' })
    const lines = await until('log', 5)
    expect(committed).toEqual([2])
    expect(lines.every(({ level, cause }) => level === 'error' && cause === 'source src')).toBe(true)
    expect(lines.map(({ message, fields }) => `${message}: ${fields.error}`)).toEqual([
      'a position could not be committed: no commit',
      'the source could not go over to the new topics: no topics',
      'the source could not go over to the new options: no options',
      expect.stringMatching(/^the source could not go over to the new options: .*list/),
      'the source could not be closed: no close',
    ])
    await until('closed')
    close = undefined
  })
})

test('a source that is closed frees its resources, and delivers what it recorded then', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { said, stop } = await made(({ metrics }) => ({
    run: () => {},
    close: async () => metrics.hits.add(1),
  }))
  await stop()
  close = undefined
  expect(typesOf(said)).toEqual(['created', 'recorded', 'closed'])
  expect(vi.getTimerCount()).toBe(0)
})
