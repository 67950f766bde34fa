import { describe, expect, test, vi } from 'vitest'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import type { Position } from '../../plugin/source.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import { batchesOf, testGroup } from '../runtime-testing.ts'
import { BatchNumbers, commitBatches, newRunner, releaseBatches, runSource } from './runners.ts'
import type { SourceRunner } from './source-runner.ts'

const SPEC = { use: 'nonesuch', name: 'src', options: {} }

/** The runner of a source whose plugin does not exist: what it was created with shows when it is created. */
function runnerOf(workers = 0, positions?: ReadonlyMap<string, Position>) {
  const limits = {
    record_bytes: 100,
    queue_bytes: 1000,
    log_lines: 10,
    worker_memory: 2 ** 20,
    plugin_timeout: 100,
    create_timeout: 60_000,
  }
  const resolved = { workerConfig: testWorkerConfig(), topics: '[]', limits, workers }
  return newRunner(resolved as unknown as ResolvedConfig, SPEC, {} as never, positions)
}

/** Runners of these sources that only note their calls. */
function noted(...names: string[]) {
  const runner = () => ({
    release: vi.fn<(...of: unknown[]) => void>(),
    commit: vi.fn<(...of: unknown[]) => void>(),
  })
  const runners = new Map(names.map(name => [name, runner()]))
  return { runners, sources: runners as unknown as Map<string, SourceRunner> }
}

test('a runner has the name and the positions of its source', async () => {
  const runner = runnerOf(0, new Map([['', 5]]))
  expect(runner.name).toBe('src')
  expect([...runner.inFlight.positions]).toEqual([['', 5]])
  await expect(runner.create()).rejects.toThrow(/nonesuch/)
})

describe('a source is run', () => {
  function run(pool: { headers?: [string, boolean][]; framings?: [string, object][] }, rankings?: string[]) {
    const runner = runnerOf()
    const begin = vi.spyOn(runner, 'run').mockImplementation(() => {})
    runSource(
      runner,
      { headers: new Map(pool.headers), framings: new Map(pool.framings) as never },
      { known: { ...(rankings ? { rankings: new Set(rankings) } : {}) } as never },
    )
    expect(begin).toHaveBeenCalledOnce()
    return runner
  }

  test('as its format needs', () => {
    const pool = {
      headers: [['src', true] as [string, boolean]],
      framings: [['src', { kind: 'whole' }] as [string, object]],
    }
    expect(run(pool, ['src'])).toMatchObject({ header: true, framing: { kind: 'whole' }, rankings: true })
  })

  test('without a header, by lines and with posts, if its format needs nothing else', () => {
    const expected = { header: false, framing: { kind: 'lines' }, rankings: false }
    expect(run({})).toMatchObject(expected)
    expect(run({}, ['other'])).toMatchObject(expected)
  })
})

test('memory of delivered batches goes back to the sources that are still there', () => {
  const { runners, sources } = noted('a', 'b', 'idle')
  const [a1, a2] = batchesOf(testGroup([{}, {}], 'a')) as [never, never]
  const [b] = batchesOf(testGroup([{}], 'b')) as [never]
  const [gone] = batchesOf(testGroup([{}], 'gone')) as [never]
  releaseBatches(sources, [a1, b, gone, a2])
  expect(runners.get('a')?.release.mock.calls).toEqual([[[a1, a2]]])
  expect(runners.get('b')?.release.mock.calls).toEqual([[[b]]])
  expect(runners.get('idle')?.release).not.toHaveBeenCalled()
})

test('sources are passed what was committed of them: batches, positions, or both', () => {
  const { runners, sources } = noted('both', 'batches', 'positions', 'none')
  const both = batchesOf(testGroup([{}], 'both'))
  const batches = batchesOf(testGroup([{}], 'batches'))
  commitBatches(sources, {
    batches: new Map([
      ['both', both],
      ['batches', batches],
      ['gone', batches],
    ]),
    record: {
      positions: [
        ['both', 'p0', 1],
        ['positions', '', 2],
        ['both', 'p1', null],
        ['gone too', '', 3],
      ],
    } as never,
  })
  const calls = (name: string) => runners.get(name)?.commit.mock.calls
  expect(calls('both')).toEqual([
    [
      both,
      [
        ['p0', 1],
        ['p1', null],
      ],
    ],
  ])
  expect(calls('batches')).toEqual([[batches, []]])
  expect(calls('positions')).toEqual([[[], [['', 2]]]])
  expect(calls('none')).toEqual([])
})

test('numbers of batches begin at 1, and again after the last of 32 bits', () => {
  const numbers = new BatchNumbers()
  expect([numbers.next(), numbers.next()]).toEqual([1, 2])
  expect(new BatchNumbers(2 ** 31 - 2).next()).toBe(2 ** 31 - 1)
  expect(new BatchNumbers(2 ** 31 - 1).next()).toBe(1)
})
