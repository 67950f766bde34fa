import { expect, test, vi } from 'vitest'
import type { RankingEvent } from '../../plugin/events/ranking.ts'
import { MemoryStore } from '../../plugin/memory-store.ts'
import type { OutputEvent } from '../../plugin/output.ts'
import type { PluginStore } from '../../plugin/store.ts'
import { State } from '../../state/state.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import { RankingPublisher } from './publisher.ts'
import { addList, MINUTE, shapeWith } from './rankings-testing.ts'

const AT = Date.parse('2026-11-27T00:10:00+09:00')

const SHAPE = shapeWith('1h', 60 * MINUTE)

async function made({
  store = new MemoryStore(),
  outputs = ['file'],
}: {
  store?: PluginStore
  outputs?: string[]
} = {}) {
  const state = new State(SHAPE)
  const published: [event: OutputEvent, outputs: readonly string[], mark: KeptValue | null][] = []
  let isFull = false
  const enqueue = async (event: OutputEvent, to: readonly string[], mark: KeptValue | null) => {
    await vi.waitUntil(() => !isFull)
    published.push([event, to, mark])
  }
  const publisher = new RankingPublisher({ state, store, outbox: { enqueue }, outputs: () => outputs })
  await publisher.open()
  const come = (at: number, ...terms: string[]) => {
    addList(
      state,
      at,
      terms.map(term => ({ term })),
    )
    publisher.look()
  }
  const keys = () => published.map(([{ key }]) => key)
  return { state, publisher, published, keys, come, outputs, store, full: (is: boolean) => (isFull = is) }
}

test('each new list is handed over with its shares, together with the mark that it was', async () => {
  const { come, published } = await made()
  come(AT, 'a', 'b', 'c')
  await vi.waitFor(() => expect(published).toHaveLength(1))
  come(AT + 10 * MINUTE, 'b', 'd')
  await vi.waitFor(() => expect(published).toHaveLength(2))
  const [event, to, mark] = published[1] as [RankingEvent, string[], KeptValue]
  expect(event).toEqual({
    kind: 'ranking',
    key: `ranking/signal/${AT + 10 * MINUTE}`,
    source: 'signal',
    at: AT + 10 * MINUTE,
    items: [
      { rank: 1, term: 'b', count: 7, since: AT },
      { rank: 2, term: 'd', count: null, since: AT + 10 * MINUTE },
    ],
    windows: ['1h', '1d'].map(window => ({
      window,
      snapshots: 2,
      terms: [
        { term: 'b', share: 1, meanRank: 1.5 },
        { term: 'a', share: 0.5, meanRank: 1 },
      ],
    })),
  })
  expect(to).toEqual(['file'])
  expect(mark).toEqual({ plugin: 'rankings', key: 'signal', value: String(AT + 10 * MINUTE) })
})

test('a list is handed over once, also after a restart and when it comes again', async () => {
  const first = await made()
  first.come(AT, 'a')
  await vi.waitFor(() => expect(first.published).toHaveLength(1))
  first.come(AT, 'a')
  first.publisher.look()
  await vi.waitFor(async () => expect(await first.store.get('signal')).toBe(AT))
  const second = await made({ store: first.store })
  second.come(AT, 'a')
  second.come(AT + MINUTE, 'b')
  await vi.waitFor(() => expect(second.keys()).not.toEqual([]))
  expect([...first.keys(), ...second.keys()]).toEqual([
    `ranking/signal/${AT}`,
    `ranking/signal/${AT + MINUTE}`,
  ])
  // What is stored is the time of the last one only.
  await vi.waitFor(async () => expect(await first.store.get('signal')).toBe(AT + MINUTE))
})

test('while the store takes nothing, lists wait, and the latest is handed over', async () => {
  const { come, keys, full, publisher } = await made()
  full(true)
  come(AT, 'a')
  come(AT + MINUTE, 'b')
  come(AT + 2 * MINUTE, 'c')
  full(false)
  await vi.waitFor(() => {
    publisher.look()
    expect(keys()).toEqual([`ranking/signal/${AT}`, `ranking/signal/${AT + 2 * MINUTE}`])
  })
})

test('without an output for them lists are not handed over; one that is added gets the present one', async () => {
  const { come, keys, outputs, publisher, published } = await made({ outputs: [] })
  come(AT, 'a')
  expect(keys()).toEqual([])
  outputs.push('kafka')
  publisher.look()
  await vi.waitFor(() => expect(keys()).toEqual([`ranking/signal/${AT}`]))
  expect(published[0]?.[1]).toEqual(['kafka'])
})

test('of a list, the first terms are handed over', async () => {
  const { come, published } = await made()
  come(AT, 'a', 'b', 'c')
  await vi.waitFor(() => expect(published).toHaveLength(1))
  const [event] = published[0] as [RankingEvent, string[], KeptValue]
  expect(event.items.map(({ term }) => term)).toEqual(['a', 'b'])
})

test('a stored value that is no time is ignored', async () => {
  const store = new MemoryStore()
  await store.set('signal', 'yesterday')
  const { come, keys } = await made({ store })
  come(AT, 'a')
  await vi.waitFor(() => expect(keys()).toEqual([`ranking/signal/${AT}`]))
})

test('what was published of a source that remains is kept', async () => {
  const { come, store, publisher, keys } = await made()
  come(AT, 'a')
  await vi.waitFor(async () => expect(await store.get('signal')).toBe(AT))
  await publisher.retain(new Set(['signal', 'other']))
  expect(await store.get('signal')).toBe(AT)
  publisher.look()
  come(AT + MINUTE, 'b')
  await vi.waitFor(() => expect(keys()).toHaveLength(2))
  expect(keys()).toEqual([`ranking/signal/${AT}`, `ranking/signal/${AT + MINUTE}`])
})

test('what was published of a removed source is deleted, and is published where it comes back', async () => {
  const { come, store, publisher, keys } = await made()
  come(AT, 'a')
  await vi.waitFor(async () => expect(await store.get('signal')).toBe(AT))
  await publisher.retain(new Set())
  expect(await store.keys()).toEqual([])
  publisher.look()
  await vi.waitFor(() => expect(keys()).toEqual(Array(2).fill(`ranking/signal/${AT}`)))
})
