import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DeclaredMetrics, RecordedMessage, StoreCall, StoreResult } from './messages.ts'
import { ThreadPlugins } from './thread-plugins.ts'
import { testPort } from './threads-testing.ts'

const HITS = { hits: { type: 'counter', help: 'Hits.' } } as const
const DECLARED: DeclaredMetrics = {
  owner: 'scorer one',
  plugin: 'probe',
  metrics: { hits: { type: 'counter', help: 'Hits.', labels: [] } },
} as never

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function made(expected?: DeclaredMetrics[]) {
  const { port, said, typed } = testPort<RecordedMessage | StoreCall, StoreResult>()
  const plugins = new ThreadPlugins(port, expected)
  const hits = (owner: string, metrics: object = HITS) => {
    const own = plugins.own(owner, { name: 'probe', metrics: metrics as typeof HITS })
    return { ...own, hit: () => (own.metrics as never as { hits: { add(n: number): void } }).hits.add(1) }
  }
  /** The owners of all delivered recordings. */
  const owners = () => typed('recorded').map(({ recorded }) => recorded.map(([owner]) => owner))
  return { plugins, said, hits, owners, typed }
}

describe('the metrics of plugins', () => {
  test('are declared by those that have any', () => {
    const { plugins, hits } = made()
    expect(plugins.declared).toEqual([])
    hits('scorer one')
    plugins.own('scorer two', { name: 'other', metrics: {} })
    plugins.own('scorer three', { name: 'other' })
    expect(plugins.declared).toEqual([DECLARED])
  })

  test('are taken once, of each instance', () => {
    const { plugins, hits } = made()
    const [first, second, idle] = [hits('format fmt'), hits('format fmt'), hits('scorer one')]
    expect(plugins.takeMetrics()).toEqual([])
    first.hit()
    second.hit()
    second.hit()
    expect(plugins.takeMetrics().map(([owner, { hits }]) => [owner, hits?.series])).toEqual([
      ['format fmt', [['', [1]]]],
      ['format fmt', [['', [2]]]],
    ])
    expect(plugins.takeMetrics()).toEqual([])
    idle.hit()
    expect(plugins.takeMetrics().map(([owner]) => owner)).toEqual(['scorer one'])
  })

  test('are delivered if anything was recorded', () => {
    const { plugins, hits, said, owners } = made()
    const { hit } = hits('scorer one')
    plugins.deliver()
    expect(said).toEqual([])
    hit()
    plugins.deliver()
    plugins.deliver()
    expect(owners()).toEqual([['scorer one']])
  })

  test('are delivered once a second where the thread is free, until the end', () => {
    const { plugins, hits, owners } = made()
    const { hit } = hits('scorer one')
    let isFree = false
    plugins.deliverRegularly(() => isFree)
    plugins.deliverRegularly(() => isFree)
    expect(vi.getTimerCount()).toBe(1)
    hit()
    vi.advanceTimersByTime(5000)
    expect(owners()).toEqual([])
    isFree = true
    vi.advanceTimersByTime(999)
    expect(owners()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(owners()).toEqual([['scorer one']])
    hit()
    plugins.stop()
    expect(owners()).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('are delivered once a second by default', () => {
    const { plugins, hits, owners } = made()
    hits('scorer one').hit()
    plugins.deliverRegularly()
    vi.advanceTimersByTime(1000)
    expect(owners()).toEqual([['scorer one']])
    plugins.stop()
  })

  test('are not looked at where there are none', () => {
    const { plugins } = made()
    plugins.deliverRegularly()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('are not delivered if they are not those of earlier threads', () => {
    const { plugins, hits } = made([DECLARED, { ...DECLARED, owner: 'scorer two' }])
    const same = hits('scorer one')
    const other = hits('scorer two', { hits: { type: 'gauge', help: 'Hits.' } })
    const unknown = hits('scorer three')
    same.hit()
    unknown.hit()
    ;(other.metrics as never as { hits: { set(n: number): void } }).hits.set(1)
    expect(plugins.takeMetrics().map(([owner]) => owner)).toEqual(['scorer one'])
    expect(plugins.declared.map(({ owner }) => owner)).toEqual(['scorer one', 'scorer two', 'scorer three'])
  })
})

describe('the store of a plugin', () => {
  test('calls the main thread, and each call has a result of its own', async () => {
    const { plugins, said } = made()
    const { store } = plugins.own('source file', { name: 'file' })
    const calls = [store.get('a'), store.set('b', { c: [1] }), store.delete('d'), store.keys()]
    const owner = 'source file'
    expect(said).toEqual([
      { type: 'store', id: 1, owner, operation: 'get', key: 'a', value: undefined },
      { type: 'store', id: 2, owner, operation: 'set', key: 'b', value: { c: [1] } },
      { type: 'store', id: 3, owner, operation: 'delete', key: 'd', value: undefined },
      { type: 'store', id: 4, owner, operation: 'keys', key: '', value: undefined },
    ])
    plugins.settle({ type: 'stored', id: 4, value: ['b'] })
    plugins.settle({ type: 'stored', id: 1, value: 'old' })
    plugins.settle({ type: 'stored', id: 2, value: 'ignored' })
    plugins.settle({ type: 'stored', id: 3, value: 'ignored' })
    expect(await Promise.all(calls)).toEqual(['old', undefined, undefined, ['b']])
  })

  test('passes on what went wrong, and ignores results of no call', async () => {
    const { plugins } = made()
    const { store } = plugins.own('source file', { name: 'file' })
    const call = store.set('a', 1)
    plugins.settle({ type: 'stored', id: 7, value: 1 })
    plugins.settle({ type: 'stored', id: 8, error: 'none' })
    plugins.settle({ type: 'stored', id: 1, error: 'the disk is full' })
    await expect(call).rejects.toThrow('the disk is full')
  })
})
