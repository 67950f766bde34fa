import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { SeenIds } from '../../pipeline/dedupe.ts'
import { testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import { STORE_LIMITS } from '../../plugin/store.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import { KNOWN, SHAPE } from '../runtime-testing.ts'
import type { EpochRecord } from './epoch-record.ts'
import { RANKINGS, REPORTS } from './kept.ts'
import { StateDirectory } from './state-directory.ts'
import { CommitFailed } from './store/errors.ts'

const opened: StateDirectory[] = []
const dirs: string[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(directory => directory.close()))
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mood-state-'))
  dirs.push(dir)
  return dir
}

/** Opens a directory; null keeps nothing. */
async function made(dir: string | null, more: Partial<ResolvedConfig> = {}) {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const resolved = {
    shape: SHAPE,
    known: KNOWN,
    workerConfig: testWorkerConfig({ seenIds: SeenIds.allocate(1000) }),
    state: dir && { dir, interval: 1000 },
    ...more,
  } as ResolvedConfig
  const directory = await StateDirectory.open(resolved, log as never)
  opened.push(directory)
  const lines = () => Object.values(log).flatMap(({ mock }) => mock.calls.map(([, message]) => message))
  let lastId = 0
  const call = (
    operation: 'get' | 'set' | 'delete' | 'keys',
    key = '',
    value?: unknown,
    owner = 'source src',
  ) => directory.call({ type: 'store', id: ++lastId, owner, operation, key, value })
  return { directory, log, lines, call, resolved }
}

function recordOf(epoch: number): EpochRecord {
  const delta = new State(deltaShapeOf(SHAPE))
  delta.counter('mood_source_posts_total').add('src', 5)
  return {
    epoch,
    ticks: [],
    now: 1_000_000,
    deltas: [delta.encode()],
    ids: [Int32Array.of(3, 77)],
    positions: [
      ['src', 'a', epoch],
      ['src', 'b', { offset: 7 }],
    ],
  }
}

test('without a directory counting begins at zero, and nothing is kept', async () => {
  const { directory, lines, resolved } = await made(null)
  expect([directory.store, directory.lastRecord, directory.isRestored, directory.restored]).toEqual([
    null,
    0,
    false,
    null,
  ])
  expect([directory.positions.size, directory.statistics, lines()]).toEqual([0, null, []])
  expect(directory.state.shape).toBe(SHAPE)
  expect(directory.failures).toEqual({ full: 0, io: 0, busy: 0 })
  await directory.commit(recordOf(1))
  const shape = { ...SHAPE, windows: [] }
  await directory.reshape({ ...resolved, shape })
  expect(directory.state.windows.size).toBe(0)
})

test('restores counts, positions, seen ids and the number of the last record', async () => {
  const dir = newDir()
  const before = await made(dir)
  expect(before.lines()).toEqual(['there is no state yet: counting from zero'])
  await before.directory.store?.commit(recordOf(1))
  await before.directory.store?.commit(recordOf(2))
  await before.directory.close()
  const { directory, resolved, lines, log } = await made(dir)
  expect([directory.lastRecord, directory.isRestored]).toEqual([2, true])
  expect(directory.state.counter('mood_source_posts_total').get('src')).toBe(10)
  expect([...(directory.positions.get('src') ?? [])]).toEqual([
    ['a', 2],
    ['b', { offset: 7 }],
  ])
  expect(new Int32Array(resolved.workerConfig.seenIds as SharedArrayBuffer)[3]).toBe(77)
  expect(lines()).toEqual(['the state was restored'])
  expect(before.log.info.mock.calls[0]?.[0]).toEqual({ dir })
  const [fields] = log.info.mock.calls[0] as [{ seconds: number }]
  expect(fields).toEqual({ dir, epoch: 2, seconds: expect.any(Number) })
  expect(fields.seconds).toBeGreaterThanOrEqual(0)
  expect(fields.seconds).toBeLessThan(120)
  expect(directory.restored).toEqual({ outbox: [], republish: [] })
  expect(directory.statistics).toMatchObject({ commits: 0 })
})

test('without de-duplication no ids are restored', async () => {
  const dir = newDir()
  const before = await made(dir)
  await before.directory.commit(recordOf(1))
  await before.directory.close()
  const { directory } = await made(dir, { workerConfig: testWorkerConfig({ seenIds: null }) })
  expect(directory.lastRecord).toBe(1)
})

test('a changed configuration keeps the values of the plugins that it has, and of the exporter', async () => {
  const dir = newDir()
  const spec = (name: string) => ({ use: name, name, options: {} })
  const workerConfig = testWorkerConfig({
    seenIds: SeenIds.allocate(1000),
    sources: [{ name: 's', format: spec('f'), dedupe: false }],
    scorers: [spec('sc')],
    extractors: [spec('e')],
  })
  const known = { ...KNOWN, outputs: new Set(['o']) }
  const before = await made(dir, { workerConfig, known })
  const owners = ['source s', 'format f', 'scorer sc', 'extractor e', 'output o', REPORTS, RANKINGS]
  for (const owner of [...owners, 'scorer gone', 'source f']) await before.call('set', 'k', owner, owner)
  await before.directory.commit(recordOf(1))
  await before.directory.close()
  const again = await made(dir, { workerConfig, known, shape: { ...SHAPE, windows: [] } })
  const values: unknown[] = []
  for (const owner of [...owners, 'scorer gone', 'source f'])
    values.push((await again.call('get', 'k', undefined, owner)).value)
  expect(values).toEqual([...owners, undefined, undefined])
  expect(again.lines()).toContain('the stored state was counted with another configuration')
})

test('ids are left out if the configuration remembers another number of them', async () => {
  const dir = newDir()
  const before = await made(dir)
  await before.directory.store?.commit(recordOf(1))
  await before.directory.close()
  const { resolved } = await made(dir, {
    workerConfig: testWorkerConfig({ seenIds: SeenIds.allocate(2000) }),
  })
  expect(new Int32Array(resolved.workerConfig.seenIds as SharedArrayBuffer).every(slot => slot === 0)).toBe(
    true,
  )
})

test('failing commits are logged once for each reason, and recovery once', async () => {
  const { directory, log } = await made(null)
  directory.committed()
  expect(log.info).not.toHaveBeenCalled()
  directory.commitFailed(new CommitFailed('full', 'no room'))
  directory.commitFailed(new CommitFailed('full', 'no room'))
  expect([directory.failure, log.error.mock.calls.length]).toEqual(['full', 1])
  directory.commitFailed(new Error('what is this'))
  expect([directory.failure, log.error.mock.calls.length]).toEqual(['io', 2])
  expect(directory.failures).toEqual({ full: 2, io: 1, busy: 0 })
  expect(log.error.mock.calls).toEqual([
    [{ reason: 'full', error: 'no room' }, expect.stringContaining('cannot be written')],
    [{ reason: 'io', error: 'what is this' }, expect.stringContaining('cannot be written')],
  ])
  directory.committed()
  directory.committed()
  expect([directory.failure, log.info.mock.calls.length]).toEqual([null, 1])
})

test('another configuration changes what is kept and what is live', async () => {
  const { directory, resolved } = await made(newDir())
  const reshape = vi.spyOn(directory.store as object as { reshape(): Promise<void> }, 'reshape')
  const shape = { ...SHAPE, windows: [] }
  await directory.reshape({ ...resolved, shape, known: { ...KNOWN, sources: new Set(['other']) } })
  expect(reshape).toHaveBeenCalledOnce()
  expect(directory.state.windows.size).toBe(0)
})

test('after a change of configuration that failed, the one that is kept is committed further', async () => {
  const dir = newDir()
  const { directory, resolved } = await made(dir)
  await directory.commit(recordOf(1))
  renameSync(dir, `${dir}-away`)
  const windows = { ...resolved, shape: { ...SHAPE, windows: [] } }
  await expect(directory.reshape(windows)).rejects.toThrow('was removed or replaced')
  expect(directory.state.shape).toBe(SHAPE)
  await expect(directory.commit(recordOf(2))).rejects.toThrow('was removed or replaced')
  renameSync(`${dir}-away`, dir)
  await directory.commit(recordOf(2))
  await directory.close()
  const again = await made(dir)
  expect([again.directory.lastRecord, again.lines()]).toEqual([2, ['the state was restored']])
})

test.each([
  ['in memory', () => null],
  ['on disk', newDir],
])('a plugin keeps values of its own (%s), within the limits of every store', async (_, dir) => {
  const { call } = await made(dir())
  expect(await call('set', 'b', { n: 1 })).toEqual({ type: 'stored', id: 1 })
  await call('set', 'a', 2)
  expect(await call('get', 'b')).toEqual({ type: 'stored', id: 3, value: { n: 1 } })
  expect((await call('get', 'b', undefined, 'source other')).value).toBeUndefined()
  expect((await call('keys')).value).toEqual(['a', 'b'])
  await call('delete', 'b')
  expect((await call('keys')).value).toEqual(['a'])
  expect((await call('set', '', 1)).error).toContain('expected a key')
  expect((await call('set', 'x', 'y'.repeat(STORE_LIMITS.valueBytes))).error).toContain('expected a value')
  expect((await call('keys')).value).toEqual(['a'])
})

test('the keys that a plugin may keep are limited, but it may change those that it has', async () => {
  const { call } = await made(newDir())
  await Promise.all(Array.from({ length: STORE_LIMITS.keys }, (_, n) => call('set', `k${n}`, n)))
  expect((await call('set', 'one more', 1)).error).toContain('delete some')
  expect((await call('set', 'k3', 1)).error).toBeUndefined()
})
