import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Position } from '../../plugin/source.ts'
import type { Batch, BatchGroup, TrackedBatch } from '../batch.ts'
import { batchesOf, isSettled, positions, testBatch } from '../runtime-testing.ts'
import type { SourceData, ToSource } from '../threads/messages.ts'
import type { beginRun, Failure, RunMessage } from './source-run.ts'
import { type SourcePorts, SourceRunner } from './source-runner.ts'

beforeEach(() => {
  vi.useFakeTimers()
  // The longest wait of each back-off.
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** One run of a source: what it was sent, and a test says what it does. */
function fakeRun(data: Omit<SourceData, 'heartbeat'>, receive: Parameters<typeof beginRun>[2]) {
  const ended = Promise.withResolvers<Failure | null>()
  const sent: ToSource[] = []
  const graces: number[] = []
  return {
    data,
    metrics: [],
    changeable: ['list'],
    sent,
    graces,
    say: (message: RunMessage) => receive(message, reply => void sent.push(reply)),
    end: (failure: Failure | null = null) => ended.resolve(failure),
    ended: ended.promise,
    post: (message: ToSource) => void sent.push(message),
    close: async (graceMs: number) => {
      graces.push(graceMs)
      ended.resolve({ message: 'it was ended', reason: 'crash' })
    },
  }
}

const FAILURE: Failure = { message: 'no connection', reason: 'threw' }

function made(known: ReadonlyMap<string, Position> = new Map()) {
  const runs: ReturnType<typeof fakeRun>[] = []
  const groups: BatchGroup[] = []
  let lastNumber = 0
  let createFails: Error | null = null
  let whileMade: (run: ReturnType<typeof fakeRun>) => Promise<void> = async () => {}
  const ports = {
    group: (group: BatchGroup) => void groups.push(group),
    partitionClosed: vi.fn<SourcePorts['partitionClosed']>(),
    refused: vi.fn<SourcePorts['refused']>(),
    reconnected: vi.fn<SourcePorts['reconnected']>(),
    gap: vi.fn<SourcePorts['gap']>(),
    changed: vi.fn<SourcePorts['changed']>(),
    failed: vi.fn<SourcePorts['failed']>(),
    recorded: vi.fn<SourcePorts['recorded']>(),
    store: vi.fn<SourcePorts['store']>(async ({ id }) => ({ type: 'stored', id })),
    log: vi.fn<SourcePorts['log']>(),
    nextBatchNumber: () => ++lastNumber,
  } satisfies SourcePorts
  const options = {
    spec: { use: 'src', name: 'src', options: {} },
    baseDir: '/',
    topics: '[]',
    maxRecordBytes: 100,
    queueBytes: 1000,
    logLines: 10,
    workerMemory: 0,
    pluginTimeout: 100,
    createTimeout: 60_000,
    threaded: false,
  }
  const runner = new SourceRunner(options, ports, known, async (data, _options, receive) => {
    if (createFails) throw createFails
    const run = fakeRun(data, receive)
    runs.push(run)
    await whileMade(run)
    return run
  })
  const run = (n: number) => runs[n] as ReturnType<typeof fakeRun>
  /** The source hands over a batch. Returns it as it is tracked, if its group is whole with it. */
  const hand = (more: Partial<Batch> = {}, n = runs.length - 1) => {
    run(n).say({ type: 'batch', batch: testBatch(more) })
    return groups.at(-1)?.batches.at(-1) as TrackedBatch
  }
  const fails = (error: Error | null) => {
    createFails = error
  }
  const making = (does: typeof whileMade) => {
    whileMade = does
  }
  return { runner, runs, run, groups, ports, hand, fails, making }
}

/** The same, made and running. */
async function running(known?: ReadonlyMap<string, Position>) {
  const all = made(known)
  await all.runner.create()
  all.runner.run()
  await vi.advanceTimersByTimeAsync(0)
  return all
}

const typesOf = (sent: ToSource[]) => sent.map(({ type }) => type)
const states = ({ ports }: ReturnType<typeof made>) => ports.changed.mock.calls.map(([, state]) => state)

describe('a run', () => {
  test('begins where an earlier one came to, and with the header and the pace that it needs', async () => {
    const { runner, run } = made(positions(['a', 3]) as Map<string, Position>)
    await runner.create()
    expect(run(0).data.positions).toEqual([['a', 3]])
    expect(run(0).sent).toEqual([])
    runner.header = true
    runner.pace(64)
    runner.run()
    await vi.advanceTimersByTimeAsync(0)
    expect(run(0).sent).toEqual([
      { type: 'pace', records: 64 },
      { type: 'pace', records: 64 },
      { type: 'run', header: true, rankings: false, framing: { kind: 'lines' } },
    ])
    runner.pace(64)
    expect(run(0).sent).toHaveLength(3)
  })

  test('is given the topics that a reload has changed, and a run after it begins with them', async () => {
    const { runner, run } = made()
    await runner.create()
    runner.run()
    await vi.advanceTimersByTimeAsync(0)
    const topics = JSON.stringify([{ name: 'nova', any: ['nova'] }])
    runner.topics(topics)
    runner.topics(`${topics}`)
    expect(run(0).sent.filter(({ type }) => type === 'topics')).toEqual([{ type: 'topics', topics }])
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(5000)
    expect(run(1).data.topics).toEqual(topics)
  })

  test('is given the options that a reload has changed and that it goes over to, and a run after it begins with them', async () => {
    const { runner, run } = made()
    const spec = (options: object) => ({ use: 'src', name: 'src', options: { ...options } })
    expect(runner.runsOnWith(spec({ list: [1] }))).toBe(false)
    await runner.create()
    runner.run()
    await vi.advanceTimersByTimeAsync(0)
    expect(runner.runsOnWith(spec({ list: [1] }))).toBe(true)
    expect(runner.runsOnWith(spec({ list: [1], other: 1 }))).toBe(false)
    expect(runner.runsOnWith({ ...spec({}), use: 'another' })).toBe(false)
    runner.options(spec({}))
    runner.options(spec({ list: [1] }))
    runner.options(spec({ list: [1] }))
    expect(run(0).sent.filter(({ type }) => type === 'options')).toEqual([
      { type: 'options', spec: spec({ list: [1] }) },
    ])
    expect(runner.spec).toEqual(spec({ list: [1] }))
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(5000)
    expect(run(1).data.spec).toEqual(spec({ list: [1] }))
  })

  test('is given what a reload changed while it was created', async () => {
    const { runner, run, making } = made()
    const spec = { use: 'src', name: 'src', options: { list: [1] } }
    const topics = JSON.stringify([{ name: 'nova', any: ['nova'] }])
    making(async () => {
      runner.options(spec)
      runner.topics(topics)
    })
    await runner.create()
    expect(run(0).sent).toEqual([
      { type: 'options', spec },
      { type: 'topics', topics },
    ])
  })

  test('that is not created yet can be changed, paced, released and committed', async () => {
    const { runner, run } = made()
    const spec = { use: 'src', name: 'src', options: { list: [1] } }
    runner.options(spec)
    runner.topics('[1]')
    runner.pace(8)
    runner.commit([], [['a', 3]])
    await runner.create()
    expect(run(0).data).toMatchObject({ spec, topics: '[1]', positions: [['a', 3]] })
    expect(run(0).sent).toEqual([])
  })

  test('that cannot be made is reported to its first caller', async () => {
    const { runner, fails } = made()
    fails(new Error('no such file'))
    await expect(runner.create()).rejects.toThrow('no such file')
  })

  test('hands over groups that are whole, under numbers that are unique in the process', async () => {
    const { groups, hand, run } = await running()
    hand({ endsGroup: false, partition: 'a' })
    expect(groups).toEqual([])
    hand({ partition: 'b', position: 1 })
    hand({ partition: 'a', position: 2 })
    expect(groups.map(({ batches }) => batches.map(({ number, source }) => [number, source]))).toEqual([
      [[2, 'src']],
      [
        [1, 'src'],
        [3, 'src'],
      ],
    ])
    hand({ endsGroup: false, partition: 'a' })
    run(0).say({ type: 'split', partition: 'a' })
    run(0).say({ type: 'split', partition: 'a' })
    expect(groups).toHaveLength(3)
  })

  test('learns which memory is free again, and how far it is committed', async () => {
    const { runner, run, hand } = await running()
    const batch = hand({ id: 70, partition: 'a', position: 5 })
    runner.release([batch])
    expect(runner.inFlight.bytes).toBe(0)
    runner.commit(
      [batch],
      [
        ['a', 5],
        ['closed', null],
      ],
    )
    runner.commit([], [['closed', null]])
    expect(run(0).sent.slice(1)).toEqual([
      { type: 'release', ids: [70] },
      { type: 'commit', positions: [['a', 5]] },
    ])
    expect([...runner.inFlight.positions]).toEqual([['a', 5]])
  })

  test('has an answer to what it asks of its store while it is made', async () => {
    const { runner, run, making } = made()
    making(async run => {
      run.say({ type: 'store', id: 1, owner: 'source src', operation: 'get', key: 'budget' })
      await vi.advanceTimersByTimeAsync(0)
    })
    await runner.create()
    expect(run(0).sent).toEqual([{ type: 'stored', id: 1 }])
  })

  test('has an answer to what it asks of its store, and its lines are passed on', async () => {
    const { run, ports } = await running()
    run(0).say({ type: 'store', id: 4, owner: 'source src', operation: 'keys', key: '' })
    const line = { type: 'suppressed', cause: 'src invalid', lines: 3 } as const
    run(0).say(line)
    await vi.advanceTimersByTimeAsync(0)
    expect(run(0).sent.at(-1)).toEqual({ type: 'stored', id: 4 })
    expect(ports.log.mock.calls).toEqual([[line]])
  })
})

describe('the results of records that were submitted', () => {
  test('of a batch whose sender waits for the commit are sent with the commit, and not before', async () => {
    const { runner, run, hand } = await running()
    const batch = hand({ id: 70, records: 5, acknowledge: 'committed' })
    const rejected = [{ record: 2, reason: 'invalid', message: 'no' }]
    batch.rejected = rejected
    runner.release([batch])
    expect(typesOf(run(0).sent)).not.toContain('submitted')
    runner.commit([batch], [])
    expect(run(0).sent.at(-1)).toEqual({ type: 'submitted', id: 70, result: { accepted: 4, rejected } })
  })

  test('of other batches are not sent with the commit', async () => {
    const { runner, run, hand } = await running()
    runner.commit([hand({ acknowledge: 'decoded' }), hand()], [])
    expect(typesOf(run(0).sent)).not.toContain('submitted')
  })
})

describe('the state of a source', () => {
  test('follows what it says, and each change is reported once', async () => {
    const all = await running()
    const { runner, run, ports } = all
    expect([runner.state, runner.started]).toEqual(['starting', false])
    run(0).say({ type: 'down', reason: 'refused', outage: 'network' })
    expect([runner.state, runner.detail, runner.started]).toEqual(['down', 'refused', false])
    run(0).say({ type: 'up' })
    run(0).say({ type: 'up' })
    expect([runner.state, runner.detail, runner.started]).toEqual(['up', '', true])
    expect(ports.reconnected).not.toHaveBeenCalled()
    run(0).say({ type: 'down', reason: 'reset', outage: 'stalled' })
    run(0).say({ type: 'up' })
    expect(ports.reconnected.mock.calls).toEqual([['src', 'stalled']])
    expect(states(all)).toEqual(['down', 'up', 'down', 'up'])
    run(0).say({ type: 'lag', records: 12 })
    expect(runner.lagRecords).toBe(12)
  })

  test('is reported again when only its detail changes', async () => {
    const all = await running()
    const { run, ports } = all
    run(0).say({ type: 'down', reason: 'refused', outage: 'network' })
    run(0).say({ type: 'down', reason: 'reset', outage: 'network' })
    run(0).say({ type: 'down', reason: 'reset', outage: 'network' })
    expect(ports.changed.mock.calls.map(([, state, detail]) => [state, detail])).toEqual([
      ['down', 'refused'],
      ['down', 'reset'],
    ])
  })

  test('metrics that it records are passed on', async () => {
    const { run, ports } = await running()
    const recorded = { owner: 'source src', values: [] } as never
    run(0).say({ type: 'recorded', recorded })
    expect(ports.recorded.mock.calls).toEqual([[recorded]])
  })

  test('reasons for which it refuses are counted, and no more than 20 different ones', async () => {
    const { run, ports } = await running()
    for (let n = 0; n < 25; n++) run(0).say({ type: 'refused', reason: `r${n}` })
    run(0).say({ type: 'refused', reason: 'r3' })
    const reasons = ports.refused.mock.calls.map(([, reason]) => reason)
    expect(reasons.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => `r${n}`))
    expect(reasons.slice(20)).toEqual(['other', 'other', 'other', 'other', 'other', 'r3'])
  })
})

describe('what a source says of its connection', () => {
  test('gaps are counted, and what is none is not', async () => {
    const { run, ports } = await running()
    run(0).say({ type: 'gap', result: 'lost', ms: 1500 })
    run(0).say({ type: 'gap', result: 'filled', ms: Number.NaN })
    run(0).say({ type: 'gap', result: 'forgotten' as never, ms: 1 })
    expect(ports.gap.mock.calls).toEqual([
      ['src', 'lost', 1500],
      ['src', 'filled', 0],
    ])
  })

  test('limits of the service are kept by name, up to 20 of them, and when credentials expire', async () => {
    const { runner, run } = await running()
    for (let n = 0; n < 25; n++) run(0).say({ type: 'allowance', limit: `l${n}`, remaining: n })
    run(0).say({ type: 'allowance', limit: 'l3', remaining: 2 })
    run(0).say({ type: 'allowance', limit: 'l4', remaining: Number.NaN })
    expect([runner.allowances.size, runner.allowances.get('l3'), runner.allowances.get('l4')]).toEqual([
      20, 2, 4,
    ])
    run(0).say({ type: 'expiry', at: 5000 })
    expect(runner.credentialsExpireAt).toBe(5000)
    run(0).say({ type: 'expiry', at: null })
    expect(runner.credentialsExpireAt).toBeNull()
  })

  test('an outage of a kind that is not known counts as other, and a source that was run again as failed', async () => {
    const { run, runs, ports } = await running()
    run(0).say({ type: 'up' })
    run(0).say({ type: 'down', reason: 'moon', outage: 'moon' as never })
    run(0).say({ type: 'up' })
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(1000)
    run(runs.length - 1).say({ type: 'up' })
    expect(ports.reconnected.mock.calls).toEqual([
      ['src', 'other'],
      ['src', 'failed'],
    ])
  })

  test('the last record is that of the last batch with any', async () => {
    const { runner, hand } = await running()
    expect(runner.lastRecordAt).toBeNull()
    hand({ records: 2, receivedAt: 7000 })
    hand({ records: 0, receivedAt: 9000 })
    expect(runner.lastRecordAt).toBe(7000)
  })
})

describe('a source that fails', () => {
  test('is reported, closed, and run again after a back-off', async () => {
    const { runner, run, runs, ports } = await running()
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(999)
    expect([runner.state, runner.detail]).toEqual(['failed', 'no connection'])
    expect(ports.failed.mock.calls).toEqual([['src', FAILURE]])
    expect([run(0).graces, runs.length]).toEqual([[1000], 1])
    await vi.advanceTimersByTimeAsync(1)
    expect(runs).toHaveLength(2)
    expect(typesOf(run(1).sent)).toEqual(['run'])
  })

  test('waits longer each time, up to half a minute, also where it cannot even be made', async () => {
    const { run, runs, fails, ports } = await running()
    fails(new Error('no such host'))
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(0)
    for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const failures = ports.failed.mock.calls.length
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(ports.failed).toHaveBeenCalledTimes(failures)
      await vi.advanceTimersByTimeAsync(1)
      expect(ports.failed).toHaveBeenCalledTimes(failures + 1)
    }
    expect(ports.failed.mock.lastCall).toEqual(['src', { message: 'no such host', reason: 'threw' }])
    fails(null)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(runs).toHaveLength(2)
  })

  test('waits a short while again after it ran for a minute', async () => {
    const { run, runs } = await running()
    for (let n = 0; n < 5; n++) {
      run(n).end(FAILURE)
      await vi.advanceTimersByTimeAsync(30_000)
    }
    await vi.advanceTimersByTimeAsync(60_000)
    run(5).end(FAILURE)
    await vi.advanceTimersByTimeAsync(1000)
    expect(runs).toHaveLength(7)
  })

  test('discards what lies behind its last position: the next run reads it again', async () => {
    const { runner, run, runs, hand, groups } = await running()
    const [whole] = [hand({ partition: 'a', position: 1 })]
    hand({ partition: 'a', endsGroup: false })
    expect(runner.inFlight.batches).toBe(2)
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(0)
    expect([runner.inFlight.batches, groups.length]).toEqual([1, 1])
    runner.release([whole as TrackedBatch])
    runner.commit([whole as TrackedBatch], [['a', 1]])
    await vi.advanceTimersByTimeAsync(1000)
    expect(run(1).data.positions).toEqual([['a', 1]])
    expect(runs).toHaveLength(2)
  })

  test('is not run again before all that it handed over is committed, and then begins behind it', async () => {
    const { runner, run, runs, hand } = await running()
    const first = hand({ partition: 'a', position: 1 })
    const second = hand({ partition: 'b', position: 9 })
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(runs).toHaveLength(1)
    runner.commit([first], [['a', 1]])
    await vi.advanceTimersByTimeAsync(600_000)
    expect(runs).toHaveLength(1)
    runner.commit([second], [['b', 9]])
    await vi.advanceTimersByTimeAsync(1000)
    expect(run(1).data.positions).toEqual([
      ['a', 1],
      ['b', 9],
    ])
  })

  test('is not run again where it is stopped meanwhile', async () => {
    const { runner, run, runs } = await running()
    run(0).end(FAILURE)
    await vi.advanceTimersByTimeAsync(500)
    await runner.stop(100)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(runs).toHaveLength(1)
  })
})

describe('a source that ends by itself', () => {
  test('is finished once all is committed, what lies behind its last position too', async () => {
    const all = await running()
    const { runner, run, hand, groups, ports } = all
    hand({ partition: 'a', position: 1 })
    hand({ partition: 'a', endsGroup: false })
    run(0).end()
    await vi.advanceTimersByTimeAsync(0)
    expect(groups).toHaveLength(2)
    expect([runner.state, run(0).graces]).toEqual(['starting', []])
    runner.commit(batchesOf(...groups), [['a', 1]])
    await vi.advanceTimersByTimeAsync(0)
    expect([runner.state, runner.started, run(0).graces]).toEqual(['finished', true, [1000]])
    expect(ports.partitionClosed.mock.calls).toEqual([['src', null, false]])
    // It learned of the last commit before it was closed.
    expect(typesOf(run(0).sent)).toEqual(['run', 'commit'])
    await vi.advanceTimersByTimeAsync(600_000)
    expect([all.runs.length, ports.failed.mock.calls.length]).toEqual([1, 0])
  })
})

describe('a partition that is closed', () => {
  const close = { type: 'close', id: 8, partition: 'a', forget: true } as const

  test('ends its group, and waits for the commit of all that it handed over', async () => {
    const { runner, run, hand, groups, ports } = await running()
    hand({ partition: 'a', position: 1 })
    hand({ partition: 'a', endsGroup: false })
    hand({ partition: 'b', position: 1 })
    run(0).say(close)
    expect(groups.at(-1)?.batches).toHaveLength(1)
    const ofA = batchesOf(...groups).filter(({ partition }) => partition === 'a')
    expect(ofA).toHaveLength(2)
    runner.commit(ofA.slice(0, 1), [['a', 1]])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([ports.partitionClosed.mock.calls, typesOf(run(0).sent)]).toEqual([[], ['run', 'commit']])
    runner.commit(ofA.slice(1), [])
    await vi.advanceTimersByTimeAsync(0)
    expect(ports.partitionClosed.mock.calls).toEqual([['src', 'a', true]])
    expect(run(0).sent.at(-1)).toEqual({ type: 'partition-closed', id: 8 })
  })

  test('is closed at once where nothing of it is in flight, and keeps its position unless it is dropped', async () => {
    const { run, ports } = await running()
    run(0).say({ ...close, forget: false })
    await vi.advanceTimersByTimeAsync(0)
    expect(ports.partitionClosed.mock.calls).toEqual([['src', 'a', false]])
  })

  test('is not released where it was opened again meanwhile, but its closing is answered', async () => {
    const { runner, run, hand, ports } = await running()
    const before = hand({ partition: 'a' })
    run(0).say(close)
    const after = hand({ partition: 'a', position: 2 })
    runner.commit([before], [])
    await vi.advanceTimersByTimeAsync(0)
    expect(typesOf(run(0).sent)).not.toContain('partition-closed')
    runner.commit([after], [['a', 2]])
    await vi.advanceTimersByTimeAsync(0)
    expect(ports.partitionClosed).not.toHaveBeenCalled()
    expect(run(0).sent.at(-1)).toEqual({ type: 'partition-closed', id: 8 })
  })

  test('of a source that is stopped is answered at once, and keeps its position while it is not committed', async () => {
    const { runner, run, hand, ports } = await running()
    const batch = hand({ partition: 'a', position: 1 })
    run(0).say(close)
    void runner.stop(1000)
    await vi.advanceTimersByTimeAsync(0)
    expect(run(0).sent.at(-1)).toEqual({ type: 'partition-closed', id: 8 })
    expect(ports.partitionClosed.mock.calls.filter(([, , forget]) => forget)).toEqual([])
    runner.commit([batch], [['a', 1]])
    expect(runner.inFlight.positions.get('a')).toBe(1)
  })
})

describe('a source that is stopped', () => {
  test('is asked to end, and is stopped once it has; what it handed over stays in flight', async () => {
    const { runner, run, hand, ports } = await running()
    const batch = hand({ position: 1 })
    hand({ endsGroup: false })
    const stopped = runner.stop(1000)
    expect(run(0).sent.at(-1)).toEqual({ type: 'stop' })
    await vi.advanceTimersByTimeAsync(500)
    expect(await isSettled(stopped)).toBe(false)
    run(0).end()
    await vi.advanceTimersByTimeAsync(0)
    expect(await isSettled(stopped)).toBe(true)
    expect([runner.inFlight.batches, run(0).graces]).toEqual([1, []])
    runner.commit([batch], [['', 1]])
    expect(run(0).sent.at(-1)).toEqual({ type: 'commit', positions: [['', 1]] })
    await runner.close(300)
    expect(run(0).graces).toEqual([300])
    expect(ports.failed).not.toHaveBeenCalled()
  })

  test('is ended where it does not end in time', async () => {
    const { runner, run } = await running()
    const stopped = runner.stop(1000)
    await vi.advanceTimersByTimeAsync(999)
    expect(run(0).graces).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(run(0).graces).toEqual([0])
  })

  test('before it ran has nothing to end', async () => {
    const { runner, run } = made()
    await runner.create()
    await runner.stop(1000)
    expect(run(0).sent).toEqual([])
    await runner.close(0)
    expect(run(0).graces).toEqual([0])
  })

  test('while it is made is closed as soon as it is', async () => {
    const { runner, run } = made()
    const created = runner.create()
    await runner.close(0)
    await created
    expect(run(0).graces).toEqual([0])
  })
})
