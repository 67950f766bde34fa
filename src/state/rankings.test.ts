import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import type { Known } from '../catalogue/series.ts'
import { StateMismatch } from './encoding.ts'
import { deltaShapeOf, type RankingsShape, type StateShape } from './shape.ts'
import { State } from './state.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Midnight in Seoul. */
const MIDNIGHT = Date.parse('2026-11-27T00:00+09:00')

const RANKINGS: RankingsShape = {
  windows: [
    { label: '1h', size: HOUR },
    { label: '1d', size: DAY },
  ],
  top: 10,
  terms: 10,
  snapshots: 1000,
  keep: DAY,
}

const shapeOf = (more: Partial<RankingsShape> = {}): StateShape => ({
  windows: [],
  extractors: [],
  terms: 100,
  slices: 100,
  idle: 10_000,
  rankings: { ...RANKINGS, ...more },
})

const SHAPE = shapeOf()

const KNOWN: Known = {
  sources: new Set(['signal']),
  formats: new Set(),
  scorers: new Set(),
  outputs: new Set(),
  extractors: new Set(),
  topics: new Set(['galaxy']),
  windows: new Set(),
  termWindows: new Map(),
  languages: new Set(),
  rankings: new Set(['signal']),
  rankingWindows: new Set(['1h', '1d']),
}

type Taken = [at: number, terms: string, source?: string]

/** A delta with snapshots whose terms are the letters of a text, the first one first. */
function deltaOf(...taken: Taken[]): State {
  const delta = new State(deltaShapeOf(SHAPE))
  for (const [at, terms, source = 'signal'] of taken) {
    const items = [...terms].map((term, i) => ({
      rank: i + 1,
      term,
      count: 100 - i,
      topics: term === 'g' ? ['galaxy'] : [],
    }))
    delta.rankings?.add(source, { at, items })
  }
  return delta
}

/** Merges as a delta comes from a worker: encoded. */
function merge(state: State, now: number, ...taken: Taken[]): void {
  const shape = deltaShapeOf(state.shape)
  state.merge(State.decodeBase(shape, deltaOf(...taken).encode().base), now)
  state.advance(now)
}

/** A state to which each snapshot came when it was made. */
function stateOf(taken: readonly Taken[], shape = SHAPE): State {
  const state = new State(shape)
  for (const each of taken) merge(state, each[0], each)
  return state
}

const historyOf = (state: State) => {
  const history = state.rankings?.of('signal')
  if (!history) throw new Error('there is no ranking')
  return history
}

/** Share and mean rank by term. */
const seen = (state: State, window: string) =>
  Object.fromEntries(
    historyOf(state)
      .view(window)
      .terms.map(({ term, share, meanRank }) => [term, [share, meanRank]]),
  )

const snapshots = (state: State, result: string) =>
  state.counter('mood_ranking_snapshots_total').get(labelKey('signal', result))

test('a share counts all snapshots, a mean rank those with the term', () => {
  const state = stateOf([
    [MIDNIGHT, 'ab'],
    [MIDNIGHT + 10 * MINUTE, 'ba'],
    [MIDNIGHT + 20 * MINUTE, 'bc'],
    [MIDNIGHT + 30 * MINUTE, 'bca'],
  ])
  expect(historyOf(state).view('1h').snapshots).toBe(4)
  expect(seen(state, '1h')).toEqual({ b: [1, 5 / 4], a: [3 / 4, 2], c: [2 / 4, 2] })
  expect(
    historyOf(state)
      .view('1h')
      .terms.map(({ term }) => term),
  ).toEqual(['b', 'a', 'c'])
})

test('a fetch that is repeated counts once, so that no share passes 100 %', () => {
  const state = stateOf([
    [MIDNIGHT, 'ab'],
    [MIDNIGHT + 10 * MINUTE, 'ac'],
  ])
  for (let i = 0; i < 5; i++) merge(state, MIDNIGHT + 11 * MINUTE, [MIDNIGHT + 10 * MINUTE, 'ac'])
  expect(historyOf(state).view('1h').snapshots).toBe(2)
  expect(seen(state, '1h')).toMatchObject({ a: [1, 1], b: [0.5, 2], c: [0.5, 2] })
  expect([snapshots(state, 'counted'), snapshots(state, 'repeated')]).toEqual([2, 5])
})

test('a missed snapshot reduces the number of snapshots, and is not replaced by an older one', () => {
  // Every ten minutes, and none between 23:30 and 00:20.
  const taken = [-60, -50, -40, -30, 20, 30].map((minutes): Taken => [MIDNIGHT + minutes * MINUTE, 'a'])
  const state = stateOf([...taken.slice(0, 3), [MIDNIGHT - 30 * MINUTE, 'b'], ...taken.slice(4)])
  // Rows of six runs would reach back to 23:00; the hour begins at 23:30.
  expect(historyOf(state).view('1h').snapshots).toBe(2)
  expect(seen(state, '1h')).toEqual({ a: [1, 1] })
  expect(historyOf(state).view('1d').snapshots).toBe(6)
})

test('a window moves on with the clock where no snapshots come, and the list is no longer shown in the end', () => {
  const state = stateOf([
    [MIDNIGHT, 'a'],
    [MIDNIGHT + 30 * MINUTE, 'b'],
  ])
  const { version } = state
  state.advance(MIDNIGHT + 45 * MINUTE)
  expect(state.version).toBe(version)
  state.advance(MIDNIGHT + 60 * MINUTE)
  expect(seen(state, '1h')).toEqual({ b: [1, 1] })
  expect(state.version).toBeGreaterThan(version)
  state.advance(MIDNIGHT + 90 * MINUTE)
  expect(historyOf(state).view('1h')).toEqual({ snapshots: 0, terms: [] })
  expect(historyOf(state).present.map(({ term }) => term)).toEqual(['b'])
  state.advance(MIDNIGHT + 30 * MINUTE + DAY)
  expect(historyOf(state).present).toEqual([])
})

test('windows of an archive end with it, whatever the clock says', () => {
  const state = new State(SHAPE)
  const now = MIDNIGHT + 300 * DAY
  merge(state, now, [MIDNIGHT, 'a'], [MIDNIGHT + 30 * MINUTE, 'b'])
  expect(historyOf(state).view('1h').snapshots).toBe(2)
  state.advance(now + 30 * MINUTE)
  expect(historyOf(state).view('1h').snapshots).toBe(1)
})

test('snapshots may come in any order; those older than are kept are late', () => {
  const inOrder = stateOf([
    [MIDNIGHT, 'ab'],
    [MIDNIGHT + 10 * MINUTE, 'ba'],
    [MIDNIGHT + 20 * MINUTE, 'c'],
  ])
  const state = new State(SHAPE)
  merge(state, MIDNIGHT + 20 * MINUTE, [MIDNIGHT + 20 * MINUTE, 'c'], [MIDNIGHT, 'ab'])
  merge(state, MIDNIGHT + 20 * MINUTE, [MIDNIGHT + 10 * MINUTE, 'ba'], [MIDNIGHT + 20 * MINUTE - DAY, 'z'])
  expect(seen(state, '1d')).toEqual(seen(inOrder, '1d'))
  expect(historyOf(state).present.map(({ term, count }) => [term, count])).toEqual([['c', 100]])
  expect(snapshots(state, 'late')).toBe(1)
})

test('merging two deltas is as if one had counted both', () => {
  const [first, second]: [Taken, Taken] = [
    [MIDNIGHT, 'abg'],
    [MIDNIGHT + 10 * MINUTE, 'bcd'],
  ]
  const two = new State(SHAPE)
  merge(two, MIDNIGHT + HOUR / 2, first)
  merge(two, MIDNIGHT + HOUR / 2, second)
  const one = new State(SHAPE)
  merge(one, MIDNIGHT + HOUR / 2, first, second)
  expect(JSON.parse(two.encodeBase())).toEqual(JSON.parse(one.encodeBase()))
})

test('terms that enter are counted once a day, and none of the first list', () => {
  const entered = (state: State) => state.counter('mood_ranking_new_terms_total').get('signal')
  const state = stateOf([[MIDNIGHT, 'ab']])
  expect(entered(state)).toBe(0)
  merge(state, MIDNIGHT + HOUR, [MIDNIGHT + HOUR, 'bc'])
  expect(entered(state)).toBe(1)
  merge(state, MIDNIGHT + 2 * HOUR, [MIDNIGHT + 2 * HOUR, 'ac'])
  expect(entered(state)).toBe(1)
  // `b` was last there more than a day ago, `c` less.
  merge(state, MIDNIGHT + 26 * HOUR - 1, [MIDNIGHT + 26 * HOUR - 1, 'bc'])
  expect(entered(state)).toBe(2)
})

test('with more snapshots than are kept the oldest are evicted and counted; those that are too old are not', () => {
  const state = new State(shapeOf({ snapshots: 3 }))
  for (let i = 0; i < 5; i++) merge(state, MIDNIGHT + i * MINUTE, [MIDNIGHT + i * MINUTE, 'a'])
  const evicted = () => state.counter('mood_ranking_snapshots_evicted_total').get('signal')
  expect(historyOf(state).snapshots.map(({ at }) => (at - MIDNIGHT) / MINUTE)).toEqual([2, 3, 4])
  expect(evicted()).toBe(2)
  merge(state, MIDNIGHT + 2 * DAY, [MIDNIGHT + 2 * DAY, 'b'])
  expect(historyOf(state).snapshots).toHaveLength(1)
  expect(evicted()).toBe(2)
})

test('at most the configured number of terms of a snapshot is kept', () => {
  const state = new State(shapeOf({ terms: 2 }))
  merge(state, MIDNIGHT, [MIDNIGHT, 'abc'])
  expect(Object.keys(seen(state, '1h'))).toEqual(['a', 'b'])
})

test('snapshots from a clock that was ahead are removed once it is corrected', () => {
  const state = stateOf([
    [MIDNIGHT, 'a'],
    [MIDNIGHT + 365 * DAY, 'z'],
  ])
  merge(state, MIDNIGHT + 10 * MINUTE, [MIDNIGHT + 10 * MINUTE, 'b'])
  expect(historyOf(state).present.map(({ term }) => term)).toEqual(['b'])
  expect(snapshots(state, 'late')).toBe(0)
})

test('the usual interval is the median, so that a gap does not change it', () => {
  const at = [0, 10, 20, 120, 130, 140].map((minutes): Taken => [MIDNIGHT + minutes * MINUTE, 'a'])
  expect(historyOf(stateOf(at.slice(0, 1))).interval).toBeNull()
  expect(historyOf(stateOf(at)).interval).toBe(10 * MINUTE)
})

test('a state is the same after it was encoded and decoded, and continues in the same way', () => {
  const state = stateOf([
    [MIDNIGHT, 'abg'],
    [MIDNIGHT + 10 * MINUTE, 'gba'],
    [MIDNIGHT + 20 * MINUTE, 'gc'],
  ])
  const copy = State.decodeBase(SHAPE, state.encodeBase({ zeros: true }))
  for (const each of [state, copy]) merge(each, MIDNIGHT + HOUR, [MIDNIGHT + HOUR, 'ag'])
  expect(JSON.parse(copy.encodeBase())).toEqual(JSON.parse(state.encodeBase()))
  expect(seen(copy, '1h')).toEqual(seen(state, '1h'))
  expect(historyOf(copy).present).toEqual([
    { rank: 1, term: 'a', count: 100, topics: [] },
    { rank: 2, term: 'g', count: 99, topics: ['galaxy'] },
  ])
})

const damaged = (change: (ranking: unknown[][]) => void) => {
  const base = JSON.parse(stateOf([[MIDNIGHT, 'ab']]).encodeBase())
  change(base.rankings[0])
  return () => State.decodeBase(SHAPE, JSON.stringify(base))
}

test.each<[string, (ranking: unknown[][]) => void]>([
  ['a term without a name', ranking => ranking[2]?.pop()],
  ['a place that is no number', ranking => ((ranking[3]?.[0] as unknown[])[2] = 'x')],
  ['a place of 0', ranking => ((ranking[3]?.[0] as unknown[])[2] = 0)],
  ['no time', ranking => ((ranking[3]?.[0] as unknown[])[0] = null)],
  ['no terms', ranking => ((ranking[3]?.[0] as unknown[]).length = 1)],
  ['two snapshots of one time', ranking => ranking[3]?.push(ranking[3][0])],
])('a damaged encoding is refused: %s', (_, change) => {
  expect(damaged(change)).toThrow(StateMismatch)
})

test('rankings of a state whose shape has none are left out, and named', () => {
  const { rankings: _, ...shape } = SHAPE
  const left: string[] = []
  State.decodeBase(shape, stateOf([[MIDNIGHT, 'a']]).encodeBase(), what => left.push(what))
  expect(left).toEqual(['rankings'])
})

test('a reload keeps snapshots, with other windows too, and removes sources and topics that are gone', () => {
  const state = stateOf([
    [MIDNIGHT, 'abg'],
    [MIDNIGHT + 10 * MINUTE, 'g'],
  ])
  merge(state, MIDNIGHT + 10 * MINUTE, [MIDNIGHT, 'x', 'nate'])
  state.reshape(shapeOf({ windows: [{ label: '5m', size: 5 * MINUTE }] }), {
    ...KNOWN,
    topics: new Set(['nova']),
  })
  expect([...(state.rankings?.entries() ?? [])].map(([source]) => source)).toEqual(['signal'])
  expect(historyOf(state).view('5m').snapshots).toBe(1)
  expect(historyOf(state).snapshots).toHaveLength(2)
  expect(historyOf(state).present).toEqual([{ rank: 1, term: 'g', count: 100, topics: [] }])
})

/** Numbers in [0, 1) by a linear congruential generator, so that a run can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('whatever comes, in whatever order and however often: shares are from 0 to 1, and figures are those of the times', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = randomNumbers(seed)
    const below = (n: number) => Math.floor(random() * n)
    const lists = new Map<number, string>()
    const state = new State(SHAPE)
    let latest = Number.NEGATIVE_INFINITY
    let now = MIDNIGHT
    for (let i = 0; i < 60; i++) {
      now += below(8) * MINUTE
      // Some are repeated, some come late, and terms come and go.
      const at = now - below(4) * 10 * MINUTE
      const terms = [...'abcdefgh'].filter(() => random() < 0.5).join('') || 'a'
      if (!lists.has(at)) lists.set(at, terms)
      latest = Math.max(latest, at)
      merge(state, now, [at, terms])
    }
    const inWindow = [...lists].filter(([at]) => at > latest - HOUR)
    // The clock has moved on since the latest one came.
    const view = historyOf(state).between(latest - HOUR + 1, latest + 1)
    expect(view.snapshots).toBe(inWindow.length)
    for (const { term, share, meanRank } of view.terms) {
      const ranks = inWindow.flatMap(([, terms]) => (terms.includes(term) ? [terms.indexOf(term) + 1] : []))
      expect(share).toBe(ranks.length / inWindow.length)
      expect(meanRank).toBeCloseTo(ranks.reduce((a, b) => a + b, 0) / ranks.length, 10)
    }
    for (const { term, share } of historyOf(state).view('1h').terms)
      expect(share > 0 && share <= 1, `${seed} ${term} ${share}`).toBe(true)
  }
})
