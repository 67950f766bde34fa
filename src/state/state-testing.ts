import { labelKey } from '../catalogue/label-key.ts'
import type { Known } from '../catalogue/series.ts'
import { deltaShapeOf, type StateShape } from './shape.ts'
import { State } from './state.ts'
import { MoodCell } from './window-slices.ts'

export const MINUTE = { label: '1m', size: 60_000, slide: 10_000 }
export const SHAPE: StateShape = {
  windows: [
    { label: '1s', size: 1000, slide: 1000, lateness: 0 },
    { ...MINUTE, lateness: 0 },
  ],
  extractors: [
    { name: 'hashtags', top: 10, windows: [MINUTE, { label: '5m', size: 300_000, slide: 60_000 }] },
  ],
  terms: 100,
  slices: 1000,
  idle: 3_600_000,
}
export const DELTA = deltaShapeOf(SHAPE)
export const KNOWN: Known = {
  sources: new Set(['demo']),
  formats: new Set(['post']),
  scorers: new Set(['afinn']),
  outputs: new Set([]),
  extractors: new Set(['hashtags']),
  topics: new Set(['all']),
  windows: new Set(['1s', '1m']),
  termWindows: new Map([['hashtags', new Set(['1m', '5m'])]]),
  languages: new Set(['en', 'other']),
}

/** A delta of posts, the n-th written in second n. */
export function deltaOf(from: number, to: number): State {
  const delta = new State(DELTA)
  for (let n = from; n < to; n++) {
    delta.counter('mood_source_posts_total').add('demo')
    const cell = delta.histogram('mood_positivity_ratio').cell(labelKey('demo', 'all', 'afinn'))
    const bucket = cell.observe((n % 10) / 10)
    cell.exemplars[bucket] ??= { label: 'id', text: `${n}`, value: (n % 10) / 10, at: n }
    for (const { slices } of delta.windows.values()) {
      slices.at(n * 1000).sources.add('demo')
      slices
        .at(n * 1000)
        .mood(labelKey('all', 'afinn'))
        .add(n % 4, n / 100)
    }
    delta.terms
      .get('hashtags')?.[0]
      ?.slices.at(n * 1000, 'all')
      .observe(`#tag${n % 5}`, 0.5)
    delta.observe('demo', '', n * 1000)
  }
  return delta
}

/** Merges a delta as it arrives from a worker: encoded. */
export function merge(state: State, delta: State, now: number): void {
  const { base, terms } = delta.encode()
  state.merge(State.decodeBase(DELTA, base), now)
  for (const each of terms) state.mergeTerms(each)
}

/** All that can be seen of a state, but for exemplars: any post of a bucket may be its exemplar. */
export function seen(state: State) {
  state.refreshTerms(10_000)
  const { histograms, ...rest } = JSON.parse(state.encodeBase())
  return {
    ...rest,
    histograms: histograms.map(([name, , cells]: [string, string, [string, number[], number][]]) => [
      name,
      cells.map(([key, counts, sum]) => [key, counts, sum.toFixed(6)]),
    ]),
    terms: [...state.terms].map(([name, windows]) => [name, windows.map(({ topics }) => [...topics])]),
  }
}

export const HOUR = 3_600_000
export const WITH_HISTORY: StateShape = { ...SHAPE, history: { slice: HOUR, keep: 24 * HOUR } }
export const MOOD = labelKey('all', 'en', 'afinn')

/** A delta with a post in the first hour, a drop, and one term of a report. */
export function historyDelta(): State {
  const delta = new State(deltaShapeOf(WITH_HISTORY))
  const mood = new MoodCell()
  mood.add(0, 1)
  delta.history?.at(0).moods.set(MOOD, mood)
  delta.counter('mood_posts_dropped_total').add(labelKey('demo', 'invalid'), 3)
  delta.counter('mood_posts_dropped_total').cell(labelKey('demo', 'overflow'))
  return delta
}
