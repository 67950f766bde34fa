import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { StoreResult } from '../threads/messages.ts'
import { threadNumber } from '../threads/thread-clock.ts'
import { testPort } from '../threads/threads-testing.ts'
import type { FromOutput, ToOutput } from './messages.ts'
import { serve } from './output-thread.ts'
import { windowOf } from './outputs-testing.ts'

/** An output whose calls a test answers: it finds them, and the context of its creation, under its name. */
const PROBE = `
import { defineOutput, z } from 'mood-exporter/plugin'

export default defineOutput({
  name: 'probe',
  description: 'Does what a test says.',
  takes: ['windows'],
  batch: 4,
  options: z.object({ probe: z.string() }),
  metrics: { writes: { type: 'counter', help: 'Writes.' } },
  create: ({ probe }, context) => globalThis.probes.get(probe)(context),
})
`

interface Context {
  log: { info(message: string): void }
  signal: AbortSignal
  store: { get(key: string): Promise<unknown> }
  metrics: { writes: { add(n: number): void } }
  topics: unknown[]
}
interface Probe {
  write(events: { key: string }[], options: { signal: AbortSignal }): unknown
  close?(): unknown
}
type Create = (context: Context) => Probe | Promise<Probe>

const probes = new Map<string, Create>()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mood-output-thread-'))
  writeFileSync(join(folder, 'probe.ts'), PROBE)
  Object.assign(globalThis, { probes })
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.useRealTimers()
})

let last = 0

function served(create: Create, logLines = 10) {
  const { port, ...all } = testPort<FromOutput, ToOutput>()
  const probe = `probe ${++last}`
  probes.set(probe, create)
  const spec = { use: './probe.ts', name: 'out', options: { probe } }
  const serving = serve(port, { spec, baseDir: folder, logLines })
  return {
    ...all,
    serving,
    write: (id: number, ...ns: number[]) =>
      all.send({ type: 'write', id, events: ns.map(n => JSON.stringify(windowOf(n))) }),
  }
}

/** The same, once it is created. */
async function made(create: Create, logLines?: number) {
  const all = served(create, logLines)
  await all.serving
  return all
}

const typesOf = (said: FromOutput[]) => said.map(({ type }) => type)
const ids = (events: { key: string }[]) => events.map(({ key }) => key)

describe('an output', () => {
  test('is created with a context, and says what it takes', async () => {
    const create = vi.fn<Create>(() => ({ write: () => {} }))
    const { said } = await made(create)
    expect(said).toEqual([
      {
        type: 'created',
        takes: ['windows'],
        batch: 4,
        metrics: [
          {
            owner: 'output out',
            plugin: 'probe',
            metrics: { writes: { type: 'counter', help: 'Writes.', labels: [] } },
          },
        ],
        thread: isMainThread ? 0 : threadNumber(),
      },
    ])
    expect(create.mock.calls[0]?.[0]).toMatchObject({ name: 'out', baseDir: folder, topics: [] })
    expect(create.mock.calls[0]?.[0].signal.aborted).toBe(false)
  })

  test('that cannot be created says why', async () => {
    const { said } = await made(() => {
      throw new Error('no luck')
    })
    expect(said).toEqual([
      {
        type: 'failed',
        code: 'ERR_PLUGIN_FAILED',
        message: expect.stringContaining('output out could not be created: no luck'),
      },
    ])
    const { port, said: other } = testPort<FromOutput, ToOutput>()
    await serve(port, { spec: { use: './probe.ts', name: 'out', options: {} }, baseDir: folder, logLines: 1 })
    expect(other).toMatchObject([{ type: 'failed', code: 'ERR_CONFIG_INVALID' }])
  })

  test('may use its store while it is created', async () => {
    const { said, until, send, serving } = served(async ({ store }) => {
      expect(await store.get('a')).toBe(7)
      return { write: () => {} }
    })
    const [{ id }] = await until('store')
    send({ type: 'stored', id, value: 7 } satisfies StoreResult)
    await serving
    expect(typesOf(said)).toEqual(['store', 'created'])
  })

  test('logs within its limit', async () => {
    const { said, write, until } = await made(
      ({ log }) => ({
        write: () => {
          for (let i = 0; i < 5; i++) log.info(`line ${i}`)
        },
      }),
      2,
    )
    vi.spyOn(Date, 'now').mockReturnValue(1000)
    write(1, 1)
    await until('written')
    expect(typesOf(said)).toEqual(['created', 'log', 'log', 'suppressed', 'written'])
    expect(said[1]).toMatchObject({ level: 'info', cause: 'output out', message: 'line 0' })
    vi.restoreAllMocks()
  })
})

describe('a write', () => {
  test('passes on the events, and reports their delivery behind what was recorded', async () => {
    const written: string[][] = []
    const { said, write, until } = await made(({ metrics }) => ({
      async write(events) {
        metrics.writes.add(1)
        written.push(ids(events))
      },
    }))
    write(7, 1, 2)
    const [{ id, report }] = await until('written')
    expect(id).toBe(7)
    expect(report).toEqual({
      outcome: { results: ['delivered', 'delivered'], permanent: false, retryAfter: 0 },
      error: null,
      pending: false,
      seconds: expect.any(Number),
    })
    expect(report.seconds).toBeGreaterThanOrEqual(0)
    expect(written).toEqual([[windowOf(1).key, windowOf(2).key]])
    expect(typesOf(said)).toEqual(['created', 'recorded', 'written'])
  })

  test('takes as long as it takes', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000)
    const { write, until } = await made(() => ({
      async write() {
        clock.mockReturnValue(3500)
      },
    }))
    write(1, 1)
    expect((await until('written'))[0].report.seconds).toBe(2.5)
    clock.mockRestore()
  })

  test('that fails says where in the plugin', async () => {
    const { write, until } = await made(() => ({
      write: () => {
        throw new Error('no luck')
      },
    }))
    write(1, 1, 2)
    const [{ report }] = await until('written')
    expect(report).toMatchObject({
      outcome: { results: ['retry', 'retry'], permanent: false, retryAfter: 0 },
      error: expect.stringMatching(/^no luck/),
      pending: false,
    })
  })

  test('that fails with a DeliveryError says what the receiver did, and with which events', async () => {
    const { DeliveryError } = await import('../../plugin/delivery.ts')
    const { write, until } = await made(() => ({
      write: ([first]) => {
        throw new DeliveryError('status 400', {
          delivered: [first?.key as string],
          permanent: true,
          retryAfter: 5,
        })
      },
    }))
    write(1, 1, 2)
    expect((await until('written'))[0].report).toMatchObject({
      outcome: { results: ['delivered', 'retry'], permanent: true, retryAfter: 5 },
      error: 'status 400',
      pending: false,
    })
  })

  test('that takes too long is asked to end with its reason', async () => {
    const { write, send, until } = await made(() => ({
      write: (_, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    }))
    write(3, 1)
    send({ type: 'abort', id: 2, reason: 'another' })
    send({ type: 'abort', id: 3, reason: 'it took too long' })
    expect((await until('written'))[0]).toMatchObject({
      id: 3,
      report: {
        error: expect.stringMatching(/^it took too long/),
        pending: false,
        outcome: { results: ['retry'] },
      },
    })
  })

  test('that ignores this is pending two seconds later, and has no other report', async () => {
    const end = Promise.withResolvers<void>()
    const { said, write, send, typed, serving } = served(() => ({ write: () => end.promise }))
    await serving
    vi.useFakeTimers()
    write(1, 1)
    send({ type: 'abort', id: 1, reason: 'it took too long' })
    await vi.advanceTimersByTimeAsync(1999)
    expect(typed('written')).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(typed('written')).toMatchObject([
      {
        id: 1,
        report: {
          outcome: { results: [], permanent: false, retryAfter: 0 },
          error: 'it took too long, and was still pending 2 s after its signal was aborted',
          pending: true,
        },
      },
    ])
    end.resolve()
    await vi.advanceTimersByTimeAsync(10)
    expect(typesOf(said).filter(type => type === 'written')).toHaveLength(1)
  })
})

describe('an output that is closed', () => {
  test('ends its signal, closes, and delivers what it recorded', async () => {
    const calls: string[] = []
    const { said, send, until } = await made(({ signal, metrics }) => {
      signal.addEventListener('abort', () => calls.push('signalled'))
      return {
        write: () => {},
        close: async () => {
          metrics.writes.add(1)
          calls.push('closed')
        },
      }
    })
    send({ type: 'close' })
    await until('closed')
    expect(calls).toEqual(['signalled', 'closed'])
    expect(typesOf(said)).toEqual(['created', 'recorded', 'closed'])
  })

  test('ends its write first', async () => {
    const calls: string[] = []
    const { said, write, send, until } = await made(() => ({
      write: (_, { signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            calls.push(signal.reason.message)
            reject(signal.reason)
          }),
        ),
      close: () => void calls.push('closed'),
    }))
    write(1, 1)
    send({ type: 'close' })
    await until('closed')
    expect(calls).toEqual(['it was stopped', 'closed'])
    expect(typesOf(said)).toEqual(['created', 'written', 'closed'])
  })

  test('is not closed while a write is pending that does not end', async () => {
    const close = vi.fn<() => void>()
    const { typed, write, send, serving } = served(() => ({ write: () => new Promise(() => {}), close }))
    await serving
    vi.useFakeTimers()
    write(1, 1)
    send({ type: 'close' })
    await vi.advanceTimersByTimeAsync(2000)
    expect(typed('closed')).toHaveLength(1)
    expect(close).not.toHaveBeenCalled()
  })

  test('has closed if it has nothing to close, or that fails', async () => {
    const without = await made(() => ({ write: () => {} }))
    without.send({ type: 'close' })
    await without.until('closed')
    expect(typesOf(without.said)).toEqual(['created', 'closed'])
    const failing = await made(() => ({
      write: () => {},
      close: () => {
        throw new Error('no luck')
      },
    }))
    failing.send({ type: 'close' })
    await failing.until('closed')
    expect(failing.typed('log')).toMatchObject([
      {
        level: 'error',
        cause: 'output out',
        message: 'the output could not be closed',
        fields: { error: 'no luck' },
      },
    ])
  })
})

test('what is recorded between writes is delivered once a second', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let context: Context | undefined
  const { typed, send, until } = await made(all => {
    context = all
    return { write: () => {} }
  })
  context?.metrics.writes.add(1)
  vi.advanceTimersByTime(1000)
  expect(typed('recorded')).toHaveLength(1)
  send({ type: 'close' })
  await until('closed')
})
