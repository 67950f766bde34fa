import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { StoredConfiguration } from './configuration.ts'
import { pathsOf } from './directory.ts'
import { addEpoch } from './epochs.ts'
import { CommitFailed } from './errors.ts'
import { Marker, readMarker } from './marker.ts'
import { openDirectory } from './open.ts'
import { type Restored, restoredState, Store, type StoreOptions } from './store.ts'
import {
  CONFIGURATION,
  closeDirectory,
  contentOf,
  encodedClosed,
  KNOWN,
  LiveModel,
  SHAPE,
  temporaryDirectory,
} from './store-testing.ts'

/** A directory of this test. */
function newDirectory(): string {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  return join(directory.path, 'state')
}

/** Opens a store that ends with the test. */
async function opened(dir: string, options: Partial<StoreOptions> = {}) {
  const lines: unknown[] = []
  const { store, restored } = await Store.open({
    dir,
    configuration: CONFIGURATION,
    compaction: { epochs: 3, bytes: 2 ** 20 },
    log: (level, message, fields) => lines.push([level, message, fields]),
    ...options,
  })
  onTestFinished(() => store.terminate())
  return { store, restored, lines }
}

function expectRestored(
  restored: Restored | null,
  model: LiveModel,
  published = 0,
  { shape } = CONFIGURATION,
): void {
  expect(restored?.epoch).toBe(model.epoch)
  expect(contentOf(restoredState(shape, restored as Restored))).toEqual(contentOf(model.state))
  expect(encodedClosed(restored?.republish ?? [])).toEqual(
    encodedClosed(model.closed.filter(({ epoch }) => epoch > published)),
  )
}

test('a new directory is empty, and commits are there after reopening', async () => {
  const dir = newDirectory()
  const model = new LiveModel(1)
  const { store, restored } = await opened(dir)
  expect(restored).toBeNull()
  for (let i = 0; i < 10; i++) {
    const record = model.next()
    await store.commit(record)
    // A log that is lost later is noticed by it.
    expect(readMarker(pathsOf(dir).marker)).toBe(record.epoch)
  }
  await store.close()
  const again = await opened(dir)
  expectRestored(again.restored, model)
  expect(again.lines).toEqual([])
})

test('commits survive termination of the thread at any moment', async () => {
  const dir = newDirectory()
  const model = new LiveModel(2)
  for (let life = 0; life < 12; life++) {
    const { store, restored, lines } = await opened(dir)
    if (life > 0) expectRestored(restored, model)
    for (let i = 0; i < 1 + (life % 5); i++) await store.commit(model.next())
    if (life % 3 > 0) await new Promise(resolve => setTimeout(resolve, life))
    await store.terminate()
    expect(lines).toEqual([])
  }
  expectRestored((await opened(dir)).restored, model)
})

test.each(['state.db', 'state.db-wal', ''])(
  'nothing is committed while the directory lacks its own files (%j), and what was is there once they are back',
  async name => {
    const dir = newDirectory()
    const model = new LiveModel(3)
    const { store } = await opened(dir)
    await store.commit(model.next())
    const path = join(dir, name)
    renameSync(path, `${dir}-aside`)
    const epoch = model.next()
    await expect(store.commit(epoch)).rejects.toMatchObject({
      reason: 'io',
      message: expect.stringMatching(/^`state\.db(-wal)?` was removed or replaced while it was in use$/),
    })
    renameSync(`${dir}-aside`, path)
    await store.commit(epoch)
    await store.close()
    expectRestored((await opened(dir)).restored, model)
  },
)

test('an epoch that is committed twice counts once, and one too early is refused', async () => {
  const dir = newDirectory()
  const model = new LiveModel(3)
  const { store } = await opened(dir)
  const first = model.next()
  await Promise.all([store.commit(first), store.commit(first), store.commit(model.next())])
  await store.commit(first)
  await expect(store.commit({ ...first, epoch: 7 })).rejects.toThrow(
    'epoch 7 was to be committed after epoch 2',
  )
  await store.commit(model.next())
  await store.close()
  expectRestored((await opened(dir)).restored, model)
})

test('commits that wait for one another go into one transaction', async () => {
  const model = new LiveModel(4)
  const { store } = await opened(newDirectory())
  await Promise.all(Array.from({ length: 50 }, () => store.commit(model.next())))
  const statistics = store.statistics()
  expect(statistics?.epochs).toBe(50)
  expect(statistics?.commits).toBeLessThan(25)
  expect(statistics?.writtenBytes).toBeGreaterThan(1000)
})

test('events wait in the outbox until they are acknowledged, under the same ids', async () => {
  const dir = newDirectory()
  const model = new LiveModel(5)
  const { store } = await opened(dir)
  for (let i = 0; i < 5; i++) await store.commit(model.next())
  const events = await store.publish(4, [
    { output: 'webhook', event: { n: 1 } },
    { output: 'webhook', event: { n: 2 } },
    { output: 'slack', event: 'x' },
  ])
  store.acknowledge('webhook', [events[0]?.id as number])
  await store.close()
  const again = await opened(dir)
  expect(again.restored?.outbox).toEqual(events.slice(1))
  expectRestored(again.restored, model, 4)
  const [next] = await again.store.publish(5, [{ output: 'slack', event: 'y' }])
  expect(next?.id).toBe((events[2]?.id as number) + 1)
})

test('an event of no epoch and what is noted of it are stored together or not at all', async () => {
  const dir = newDirectory()
  const model = new LiveModel(5)
  const { store } = await opened(dir)
  await store.commit(model.next())
  await store.publish(1, [])
  const mark = { plugin: 'source kafka', key: 'sent', value: '7' }
  const [event] = await store.enqueue([{ output: 'slack', event: { key: 'report/daily/7' } }], mark)
  await expect(
    store.enqueue([{ output: 'slack', event: {} }], { ...mark, value: null as never }),
  ).rejects.toThrow()
  await store.terminate()
  const again = await opened(dir)
  expect(again.restored?.outbox).toEqual([event])
  expect(await again.store.pluginStore('source kafka').get('sent')).toBe(7)
  expectRestored(again.restored, model, 1)
})

test('windows that closed in epochs without a publication are handed over again, compacted or not', async () => {
  const dir = newDirectory()
  const model = new LiveModel(6)
  const { store } = await opened(dir, { compaction: { epochs: 1, bytes: 1 } })
  for (let i = 0; i < 20; i++) await store.commit(model.next())
  await expect.poll(() => store.statistics()?.compactions).toBeGreaterThan(1)
  await store.publish(10, [])
  for (let i = 0; i < 20; i++) await store.commit(model.next())
  await store.terminate()
  expectRestored((await opened(dir)).restored, model, 10)
})

test('a plugin finds what it kept, and nothing of another', async () => {
  const dir = newDirectory()
  const { store } = await opened(dir)
  const values = store.pluginStore('source kafka')
  await values.set('token', { secret: 'x' })
  await values.set('b', null)
  await store.pluginStore('other').set('token', 1)
  await values.delete('b')
  await store.terminate()
  const again = (await opened(dir)).store.pluginStore('source kafka')
  expect(await again.get('token')).toEqual({ secret: 'x' })
  expect(await again.get('b')).toBeUndefined()
  expect(await again.keys()).toEqual(['token'])
  await expect(again.set('f', () => {})).rejects.toThrow('is not JSON')
  await expect(again.set('f', 'x'.repeat(2 ** 21))).rejects.toThrow('longer than')
})

test('a second store on the same directory is refused, in a line', async () => {
  const dir = newDirectory()
  const { store } = await opened(dir)
  await expect(opened(dir)).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_STATE_LOCKED',
      message: expect.stringContaining('another process'),
    }),
  )
  await store.close()
  await opened(dir)
})

test('a call without a response times out', async () => {
  const model = new LiveModel(7)
  const { store } = await opened(newDirectory())
  await store.terminate()
  await expect(store.commit(model.next())).rejects.toThrow(CommitFailed)
})

const changes: [string, StoredConfiguration][] = [
  ['a topic that is gone', { ...CONFIGURATION, known: { ...KNOWN, topics: new Set(['a']) } }],
  ['a topic that is renamed', { ...CONFIGURATION, known: { ...KNOWN, topics: new Set(['a', 'c']) } }],
  ['a scorer that is gone', { ...CONFIGURATION, known: { ...KNOWN, scorers: new Set(['vader']) } }],
  ['a source that is gone', { ...CONFIGURATION, known: { ...KNOWN, sources: new Set(['tcp']) } }],
  ['a window that is gone', { ...CONFIGURATION, shape: { ...SHAPE, windows: SHAPE.windows.slice(1) } }],
  [
    'a window that waits longer',
    {
      ...CONFIGURATION,
      shape: { ...SHAPE, windows: SHAPE.windows.map(each => ({ ...each, lateness: 5000 })) },
    },
  ],
  [
    'an extractor that is gone',
    { ...CONFIGURATION, shape: { ...SHAPE, extractors: SHAPE.extractors.slice(1) } },
  ],
  ['more terms', { ...CONFIGURATION, shape: { ...SHAPE, terms: 9 } }],
  ['more slices', { ...CONFIGURATION, shape: { ...SHAPE, slices: 9 } }],
  [
    'terms in other slices',
    {
      ...CONFIGURATION,
      shape: {
        ...SHAPE,
        extractors: SHAPE.extractors.map(each => ({
          ...each,
          windows: each.windows.map(window => ({ ...window, slide: 1000 })),
        })),
      },
    },
  ],
]

test.each(changes)(
  'a reload with %s is stored, and so is what is counted after it',
  async (_, configuration) => {
    const dir = newDirectory()
    const model = new LiveModel(8)
    const { store, lines } = await opened(dir)
    for (let i = 0; i < 10; i++) await store.commit(model.next())
    await store.publish(10, [])
    model.closed.splice(0)
    model.reshape(configuration)
    const reshaped = store.reshape(configuration)
    const after = Array.from({ length: 5 }, () => store.commit(model.next()))
    await Promise.all([reshaped, ...after])
    expect(lines).toEqual([['info', expect.stringContaining('another configuration'), expect.anything()]])
    await store.close()
    const again = await opened(dir, { configuration })
    expectRestored(again.restored, model, 10, configuration)
    expect(again.lines).toEqual([])
  },
)

test('a change of configuration that is not committed in time is withdrawn, and loses nothing later', async () => {
  const dir = newDirectory()
  const model = new LiveModel(8)
  const { store, lines } = await opened(dir)
  for (let i = 0; i < 10; i++) await store.commit(model.next())
  // Another program holds the database for longer than the change is awaited.
  const other = new DatabaseSync(pathsOf(dir).database, { timeout: 60_000 })
  other.exec('BEGIN IMMEDIATE')
  await expect(store.reshape(changes[0]?.[1] as StoredConfiguration, 100)).rejects.toMatchObject({
    reason: 'busy',
  })
  other.exec('COMMIT')
  other.close()
  await store.reshape(CONFIGURATION)
  await store.commit(model.next())
  expect(lines).toEqual([])
  await store.close()
  expectRestored((await opened(dir)).restored, model)
})

test.each(changes)(
  'a start with %s takes over what fits, and says what does not',
  async (_, configuration) => {
    const dir = newDirectory()
    const model = new LiveModel(9)
    const { store } = await opened(dir)
    for (let i = 0; i < 10; i++) await store.commit(model.next())
    await store.close()
    model.reshape(configuration)
    const { restored, lines } = await opened(dir, { configuration })
    expectRestored(restored, model, 0, configuration)
    expect(lines).toEqual([
      [
        'info',
        expect.stringContaining('another configuration'),
        { kept: expect.any(Array), left: expect.any(Array) },
      ],
    ])
  },
)

test('data that a start leaves out is named', async () => {
  const dir = newDirectory()
  const model = new LiveModel(10)
  const { store } = await opened(dir)
  for (let i = 0; i < 10; i++) await store.commit(model.next())
  await store.pluginStore('source kafka').set('token', 'x')
  await store.publish(10, [{ output: 'webhook', event: 1 }])
  await store.close()
  const { restored, lines } = await opened(dir, {
    configuration: {
      shape: { ...SHAPE, windows: SHAPE.windows.slice(0, 1), extractors: SHAPE.extractors.slice(1) },
      known: { ...KNOWN, sources: new Set(['tcp']), topics: new Set(['a']), outputs: new Set() },
      idsBytes: 64,
      plugins: new Set(),
    },
  })
  expect(lines).toEqual([
    [
      'info',
      'the stored state was counted with another configuration',
      {
        kept: [
          'the window 2s',
          'the terms of words in 10s',
          'the source tcp',
          'the topic a',
          'the scorer afinn',
        ],
        left: [
          'the window 20s',
          'the terms of hashtags in 20s',
          'the terms of hashtags in 60s',
          'the source kafka',
          'the topic b',
          'the values of source kafka',
          '1 events of the output webhook',
          'the ids of posts seen before',
        ],
      },
    ],
  ])
  expect(restored?.positions).toEqual([])
  expect(restored?.outbox).toEqual([])
  expect(restored?.ids?.byteLength).toBe(64)
})

test('a state of another metric catalogue is migrated once', async () => {
  const dir = newDirectory()
  const model = new LiveModel(13)
  const open = openDirectory(dir, CONFIGURATION)
  for (let i = 0; i < 5; i++) open.database.transaction(true, () => addEpoch(open.database, model.next()))
  open.database.transaction(true, () => open.database.tables.meta.put(['catalogue', 'another']))
  closeDirectory(open)
  const first = await opened(dir)
  expect(first.lines).toHaveLength(1)
  expectRestored(first.restored, model)
  await first.store.close()
  expect((await opened(dir)).lines).toEqual([])
})

test('a loss is logged, and handed over', async () => {
  const dir = newDirectory()
  const { store } = await opened(dir)
  await store.commit(new LiveModel(14).next())
  await store.close()
  const marker = new Marker(join(dir, 'committed'))
  marker.write(5)
  marker.close()
  const { restored, lines } = await opened(dir)
  expect(restored?.losses).toEqual(['the state ends at epoch 1; 5 was committed'])
  expect(lines).toEqual([['error', 'a part of the stored state is lost', { loss: restored?.losses[0] }]])
})

test('outputs that are new get nothing of what closed before they came', async () => {
  const dir = newDirectory()
  const model = new LiveModel(12)
  const without = { ...CONFIGURATION, known: { ...KNOWN, outputs: new Set<string>() } }
  const { store } = await opened(dir, { configuration: without })
  for (let i = 0; i < 10; i++) await store.commit(model.next())
  await store.close()
  const { restored } = await opened(dir)
  expect(restored?.republish).toEqual([])
})
