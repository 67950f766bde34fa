/**
 * The cost of the store: commits of small and large epochs with a small and a huge state, a pass of the compaction,
 * and a start with 50 topics whose tables of terms are full. Run: node bench/store.ts
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelKey } from '../src/catalogue/label-key.ts'
import type { EpochRecord } from '../src/runtime/checkpoints/epoch-record.ts'
import { restoredState, Store } from '../src/runtime/checkpoints/store/store.ts'
import { deltaShapeOf, type StateShape } from '../src/state/shape.ts'
import { State } from '../src/state/state.ts'
import { recordMeasurement } from '../tools/stack/measurements.ts'

const TOPICS = Array.from({ length: 50 }, (_, i) => `topic-${i}`)
const EXTRACTORS = ['hashtags', 'mentions', 'words']
const TERM_WINDOWS = [
  { label: '1m', size: 60_000, slide: 10_000 },
  { label: '5m', size: 300_000, slide: 50_000 },
  { label: '1h', size: 3_600_000, slide: 600_000 },
]
const SHAPE: StateShape = {
  windows: [
    { label: '1s', size: 1000, slide: 1000, lateness: 2000 },
    { label: '1m', size: 60_000, slide: 10_000, lateness: 0 },
  ],
  extractors: EXTRACTORS.map(name => ({ name, top: 10, windows: TERM_WINDOWS })),
  terms: 1000,
  slices: 1000,
  idle: 30_000,
}
const NOW = 1_800_000_000_000
const configuration = {
  shape: SHAPE,
  known: {
    sources: new Set(['kafka']),
    formats: new Set(['post']),
    topics: new Set(TOPICS),
    scorers: new Set(['afinn', 'vader']),
    extractors: new Set(EXTRACTORS),
    windows: new Set(SHAPE.windows.map(({ label }) => label)),
    termWindows: new Map(
      SHAPE.extractors.map(({ name, windows }) => [name, new Set(windows.map(({ label }) => label))]),
    ),
    languages: new Set(['en', 'ko', 'other']),
    outputs: new Set<string>(),
  },
  idsBytes: 8 * 2 ** 20,
  plugins: new Set<string>(),
}
const BIG = { epochs: 1e9, bytes: 1e15 }

let epoch = 0
const record = (delta: State, now = NOW): EpochRecord => ({
  epoch: ++epoch,
  ticks: [],
  now,
  deltas: [delta.encode()],
  ids: [new Int32Array(2000).map((_, i) => (i % 2 === 0 ? Math.floor(Math.random() * 2 ** 21) : i))],
  positions: [['kafka', '0', { offset: epoch }]],
})

/** A delta with this number of terms for each extractor and topic, in the slice that starts at `start`. */
function deltaOf(start: number, terms: number, topics = TOPICS): State {
  const delta = new State(deltaShapeOf(SHAPE))
  for (const topic of topics) {
    delta.counter('mood_posts_total').add(labelKey('kafka', topic, 'en', 'afinn', 'positive'))
    for (const { slices } of delta.windows.values())
      slices.at(start).mood(labelKey(topic, 'afinn')).add(0, 0.5)
    for (const extractor of EXTRACTORS) {
      const summary = delta.terms.get(extractor)?.[0]?.slices.at(start, topic)
      for (let i = 0; i < terms; i++) summary?.observe(`#${topic.slice(-2)}갤럭시${i}`, (i % 200) / 100 - 1)
    }
  }
  delta.observe('kafka', '0', start)
  return delta
}

const quantiles = (times: number[]) => {
  times.sort((a, b) => a - b)
  const at = (q: number) => `${(times[Math.floor(times.length * q)] as number).toFixed(1)} ms`
  return `median ${at(0.5)}, p99 ${at(0.99)}, most ${at(0.9999)}`
}

async function commits(store: Store, terms: number, topics: string[], n: number): Promise<string> {
  const times: number[] = []
  let bytes = 0
  for (let i = 0; i < n; i++) {
    const each = record(deltaOf(NOW, terms, topics))
    bytes = each.deltas.reduce(
      (sum, { base, terms }) =>
        sum + base.length + terms.reduce((all, [, , , , text]) => all + text.length, 0),
      0,
    )
    const began = performance.now()
    await store.commit(each)
    times.push(performance.now() - began)
  }
  return `${(bytes / 1000).toFixed(0)} KB: ${quantiles(times)}`
}

const dir = mkdtempSync(join(process.env.STORE_DIR ?? tmpdir(), 'mood-store-bench-'))
try {
  const log = (...line: unknown[]) => console.log(...line)
  let { store } = await Store.open({ dir, configuration, log, compaction: BIG })
  console.log('commit, small state,', await commits(store, 20, TOPICS.slice(0, 10), 200))
  console.log('commit, small state,', await commits(store, 20, TOPICS, 200))
  console.log('commit, small state,', await commits(store, 200, TOPICS, 60))
  await store.close()
  rmSync(dir, { recursive: true })

  epoch = 0
  ;({ store } = await Store.open({ dir, configuration, log, compaction: BIG }))
  for (const { size, slide } of TERM_WINDOWS)
    for (let start = NOW - size + slide; start <= NOW; start += slide)
      await store.commit(record(deltaOf(start, 2000)))
  const database = statSync(join(dir, 'state.db')).size
  console.log('database', database / 1e6, 'MB')
  await store.close()

  let began = performance.now()
  const before = process.cpuUsage()
  ;({ store } = await Store.open({ dir, configuration, log, compaction: { epochs: 1, bytes: 1 } }))
  console.log(`start before the compaction: ${(performance.now() - began).toFixed(0)} ms`)
  await store.commit(record(deltaOf(NOW, 20)))
  await new Promise(resolve => setTimeout(resolve, 500))
  while ((store.statistics()?.pendingEpochs ?? 1) > 0) await new Promise(resolve => setTimeout(resolve, 50))
  const { user, system } = process.cpuUsage(before)
  console.log(`compaction of all: ${((user + system) / 1000).toFixed(0)} ms of processor time`)
  await store.close()

  for (const pending of [0, 60]) {
    began = performance.now()
    const cpu = process.cpuUsage()
    const again = await Store.open({ dir, configuration, log, compaction: BIG })
    const opened = performance.now()
    if (!again.restored) throw new Error('nothing was restored')
    const state = restoredState(SHAPE, again.restored)
    const done = performance.now()
    const { user, system } = process.cpuUsage(cpu)
    console.log(
      `start with ${again.restored.terms.length} parts: ${(opened - began).toFixed(0)} ms until open, ${(done - opened).toFixed(0)} ms for the state; ${((user + system) / 1000).toFixed(0)} ms of processor time`,
    )
    const parts = again.restored.terms.length
    if (pending === 0)
      recordMeasurement('store', {
        how: 'node bench/store.ts',
        values: {
          parts: parts.toLocaleString('en'),
          database: `${(database / 1e6).toFixed(0)} MB`,
          table: `${(database / parts / 1000).toFixed(0)} KB`,
        },
      })
    state.advance(NOW)
    state.refreshTerms(1e9)
    console.log(`all top terms after ${(performance.now() - done).toFixed(0)} ms more`)
    store = again.store
    if (pending === 0) for (let i = 0; i < 60; i++) await store.commit(record(deltaOf(NOW, 20)))
    await store.close()
  }

  ;({ store } = await Store.open({ dir, configuration, log, compaction: BIG }))
  console.log('commit, huge state,', await commits(store, 20, TOPICS.slice(0, 10), 200))
  console.log('commit, huge state,', await commits(store, 20, TOPICS, 200))
  await store.close()
  ;({ store } = await Store.open({ dir, configuration, log, compaction: { epochs: 60, bytes: 2 ** 24 } }))
  console.log('commit, huge state, compacting,', await commits(store, 20, TOPICS, 300))
  console.log(store.statistics())
  await new Promise(resolve => setTimeout(resolve, 500))
  while ((store.statistics()?.pendingEpochs ?? 1) > 60) await new Promise(resolve => setTimeout(resolve, 50))
  await store.close()
} finally {
  rmSync(dir, { recursive: true, force: true })
}
