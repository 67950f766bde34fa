import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { labelKey } from '../../../catalogue/label-key.ts'
import type { Known } from '../../../catalogue/series.ts'
import type { ClosedWindow } from '../../../state/event-window.ts'
import { deltaShapeOf, type StateShape } from '../../../state/shape.ts'
import { type EncodedState, State } from '../../../state/state.ts'
import { encodeMoods } from '../../../state/window-slices.ts'
import type { EpochRecord } from '../epoch-record.ts'
import { openSlices } from './base.ts'
import type { StoredConfiguration } from './configuration.ts'
import { openError } from './errors.ts'
import { type OpenDirectory, openDirectory } from './open.ts'
import { restore, termsIn } from './restore.ts'

/** Windows with different slides, and limits so small that terms and slices are evicted all the time. */
export const SHAPE: StateShape = {
  windows: [
    { label: '2s', size: 2000, slide: 2000, lateness: 1000 },
    { label: '20s', size: 20_000, slide: 5000, lateness: 0 },
  ],
  extractors: [
    {
      name: 'hashtags',
      top: 3,
      windows: [
        { label: '20s', size: 20_000, slide: 5000 },
        { label: '60s', size: 60_000, slide: 15_000 },
      ],
    },
    { name: 'words', top: 3, windows: [{ label: '10s', size: 10_000, slide: 2000 }] },
  ],
  terms: 4,
  slices: 4,
  idle: 30_000,
  rankings: {
    windows: [
      { label: '10s', size: 10_000 },
      { label: '40s', size: 40_000 },
    ],
    top: 3,
    terms: 3,
    snapshots: 5,
    keep: 60_000,
  },
}

export const KNOWN: Known = {
  sources: new Set(['kafka', 'tcp']),
  topics: new Set(['a', 'b']),
  scorers: new Set(['afinn']),
  extractors: new Set(['hashtags', 'words']),
  formats: new Set(['post']),
  windows: new Set(SHAPE.windows.map(({ label }) => label)),
  termWindows: new Map(
    SHAPE.extractors.map(({ name, windows }) => [name, new Set(windows.map(({ label }) => label))]),
  ),
  languages: new Set(['en', 'ko', 'other']),
  outputs: new Set(['webhook']),
  rankings: new Set(['kafka', 'tcp']),
  rankingWindows: new Set(['10s', '40s']),
}

export const IDS_BYTES = 40_000

export const CONFIGURATION: StoredConfiguration = {
  shape: SHAPE,
  known: KNOWN,
  idsBytes: IDS_BYTES,
  plugins: new Set(['source kafka']),
}

/** A seeded random number generator, mulberry32. Returns integers from 0 up to, and not including, n. */
export function random(seed: number): (n: number) => number {
  let state = seed
  return n => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

/** A live state and everything else that a store must hold, made from records with random posts. */
export class LiveModel {
  readonly state: State
  readonly ids = new Int32Array(IDS_BYTES / 4)
  readonly positions = new Map<string, [string, string, unknown]>()
  readonly closed: { epoch: number; closed: ClosedWindow[] }[] = []
  epoch = 0
  #topics: string[] = [...KNOWN.topics]
  #shape: StateShape
  readonly #random: (n: number) => number
  #now = 1_000_000

  constructor(seed: number, shape = SHAPE) {
    this.#shape = shape
    this.#random = random(seed)
    this.state = new State(shape)
  }

  /** Counts one more epoch, as the main thread does. */
  next(): EpochRecord {
    const n = this.#random
    const ticks = Array.from({ length: n(3) }, () => {
      this.#now += n(2000)
      return this.#now
    })
    this.#now += n(10) === 0 ? n(40_000) : n(2000)
    const deltas = Array.from({ length: n(4) }, () => this.#delta())
    const own = new State(deltaShapeOf(this.#shape))
    if (n(8) === 0) own.release('kafka', n(2) === 0 ? null : `${n(2)}`)
    deltas.push(own.encode())
    const pairs = Array.from({ length: n(20) }, () => [n(this.ids.length), n(2 ** 31)]).flat()
    const positions: EpochRecord['positions'] = Array.from({ length: n(3) }, () => {
      const partition = `${n(3)}`
      return ['kafka', partition, n(5) === 0 ? null : { offset: this.epoch, more: [n(100)].join() }]
    })
    const record: EpochRecord = {
      epoch: ++this.epoch,
      ticks,
      now: this.#now,
      deltas,
      ids: [new Int32Array(pairs)],
      positions: [...new Map(positions.map(position => [position[1], position])).values()],
    }
    this.apply(record)
    return record
  }

  /** Changes to another configuration, as the main thread does at a reload. */
  reshape({ shape, known }: StoredConfiguration): void {
    this.state.reshape(shape, known)
    this.#shape = shape
    this.#topics = [...known.topics]
  }

  apply(record: EpochRecord): void {
    const { state } = this
    const options = { collect: true }
    const closed = record.ticks.flatMap(tick => state.advance(tick, options))
    for (const { base, terms } of record.deltas) {
      state.merge(State.decodeBase(deltaShapeOf(state.shape), base), record.now)
      for (const each of terms) state.mergeTerms(each)
    }
    closed.push(...state.advance(record.now, options))
    if (closed.length > 0) this.closed.push({ epoch: record.epoch, closed })
    for (const pairs of record.ids)
      for (let i = 0; i < pairs.length; i += 2) this.ids[pairs[i] as number] = pairs[i + 1] as number
    for (const position of record.positions) {
      const key = `${position[0]} ${position[1]}`
      if (position[2] === null) this.positions.delete(key)
      else this.positions.set(key, position)
    }
  }

  #delta(): EncodedState {
    const n = this.#random
    const delta = new State(deltaShapeOf(this.#shape))
    const partition = `${n(2)}`
    for (let post = n(12); post > 0; post--) {
      // Most posts are current, some are late or from the future.
      const time = this.#now - (n(6) === 0 ? n(90_000) : n(3000)) + (n(30) === 0 ? n(60_000) : 0)
      const topic = this.#topics[n(this.#topics.length)] as string
      const score = (n(200) - 100) / 100
      delta.counter('mood_source_posts_total').add('kafka')
      delta.written.of('kafka').observe(time, this.#now)
      delta
        .counter('mood_posts_total')
        .add(labelKey('kafka', topic, 'en', 'afinn', score > 0 ? 'positive' : 'neutral'))
      delta.counter('mood_plugin_seconds_total').add(labelKey('scorer', 'afinn'), n(1000) / 7e5)
      const cell = delta.histogram('mood_positivity_ratio').cell(labelKey('kafka', topic, 'afinn'))
      const bucket = cell.observe((score + 1) / 2)
      cell.exemplars[bucket] = { label: 'id', text: `글 ${n(1000)}`, value: (score + 1) / 2, at: time / 1000 }
      for (const { slices } of delta.windows.values()) {
        slices.at(time).sources.add('kafka')
        slices.at(time).mood(labelKey(topic, 'afinn')).add(n(4), score)
      }
      for (const [extractor, windows] of delta.terms)
        windows[0]?.slices.at(time, topic).observe(`${extractor}-갤럭시-${n(n(14) + 1)}`, n(3) ? score : null)
      delta.observe('kafka', partition, time)
    }
    if (n(3) === 0) {
      // Lists that are late, repeated, or from a clock that is ahead.
      const at = Math.floor(this.#now / 4000) * 4000 - n(4) * 4000 + (n(30) === 0 ? 600_000 : 0)
      const items = Array.from({ length: 1 + n(4) }, (_, i) => ({
        rank: i + 1,
        term: `검색어 ${n(4) + 4 * i}`,
        ...(n(2) === 0 ? { count: n(1000) } : {}),
        topics: n(3) === 0 ? this.#topics.slice(0, 1) : [],
      }))
      delta.rankings?.add(n(2) === 0 ? 'kafka' : 'tcp', { at, items })
    }
    return delta.encode()
  }
}

/** The content of a state for comparison: its terms in the order of their slices. */
export function contentOf(state: State) {
  const terms = [...state.terms].flatMap(([extractor, windows]) =>
    windows.flatMap(({ shape, slices }) =>
      Array.from(slices.entries(), ([start, topics]) => ({
        slice: [extractor, shape.label, start],
        topics: Object.fromEntries(
          [...topics].sort().map(([topic, summary]) => [topic, JSON.parse(summary.encode())]),
        ),
      })).sort((a, b) => (a.slice[2] as number) - (b.slice[2] as number)),
    ),
  )
  return { base: JSON.parse(state.encodeBase({ zeros: true })), terms, horizons: state.termHorizons() }
}

export const encodedClosed = (all: readonly { epoch: number; closed: ClosedWindow[] }[]) =>
  all.map(({ epoch, closed }) => ({
    epoch,
    closed: closed.map(({ label, start, end, moods }) => ({ label, start, end, moods: encodeMoods(moods) })),
  }))

/** A directory that is deleted by `using`. */
export function temporaryDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'mood-store-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function closeDirectory({ database, marker, lock }: OpenDirectory): void {
  database.close()
  marker.close()
  lock.close()
}

/** The content of a live model after each of its epochs. */
function contents(seed: number, epochs: number) {
  const model = new LiveModel(seed)
  const snapshot = () => ({
    content: contentOf(model.state),
    ids: model.ids.slice(),
    positions: [...model.positions.values()].sort(),
    closed: encodedClosed(model.closed),
  })
  const all = [snapshot()]
  for (let i = 0; i < epochs; i++) {
    model.next()
    all.push(snapshot())
  }
  return all
}

const known = new Map<number, ReturnType<typeof contents>>()

/**
 * Checks that a directory holds the epochs of a model up to some epoch, `atLeast` or later, and nothing else. Returns
 * the difference; null if there is none.
 */
export function problemOf(
  dir: string,
  seed: number,
  epochs: number,
  atLeast: number,
  { mayLose = false } = {},
): string | null {
  const all = known.get(seed) ?? contents(seed, epochs)
  known.set(seed, all)
  const open = openDirectory(dir, CONFIGURATION)
  const { database, losses } = open
  try {
    if (losses.length > 0 && !mayLose) return losses.join()
    const epoch = database.epoch ?? 0
    if (epoch < atLeast && losses.length === 0)
      return `it ends at epoch ${epoch}, and ${atLeast} was committed`
    if (epoch === 0) return null
    const { base, terms } = restore(database, CONFIGURATION)
    const state = State.decodeBase(SHAPE, base.base)
    openSlices(state, base.frame)
    for (const chunk of terms) for (const each of termsIn(chunk)) state.decodeTerms(each)
    const expected = all[epoch]
    if (!expected) return `it ends at epoch ${epoch}`
    const published = database.published ?? 0
    if (!isDeepStrictEqual(contentOf(state), expected.content))
      return `its state is not that of epoch ${epoch}`
    if (!isDeepStrictEqual(new Int32Array(base.ids as SharedArrayBuffer), expected.ids))
      return 'its ids differ'
    if (!isDeepStrictEqual(base.positions.sort(), expected.positions)) return 'its positions differ'
    const closed = expected.closed.filter(({ epoch }) => epoch > published)
    if (!isDeepStrictEqual(base.republish, closed)) return 'its closed windows differ'
    return null
  } catch (error) {
    throw openError(dir, error)
  } finally {
    closeDirectory(open)
  }
}
