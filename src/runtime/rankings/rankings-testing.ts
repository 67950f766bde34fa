import type { RankingItem } from '../../plugin/ranking.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'

export const MINUTE = 60_000

/** The shape of a state with rankings: two terms shown, in a window of this length and in one of a day. */
export const shapeWith = (label: string, size: number): StateShape => ({
  windows: [],
  extractors: [],
  terms: 100,
  slices: 100,
  idle: 10_000,
  rankings: {
    windows: [
      { label, size },
      { label: '1d', size: 24 * 60 * MINUTE },
    ],
    top: 2,
    terms: 10,
    snapshots: 100,
    keep: 24 * 60 * MINUTE,
  },
})

/** Counts a list of `signal` in a state, and advances event time to it. Only its first term has a count. */
export function addList(
  state: State,
  at: number,
  items: readonly Omit<RankingItem, 'rank' | 'count'>[],
): void {
  const shape = deltaShapeOf(state.shape)
  const delta = new State(shape)
  const ranked = items.map((item, i) => ({ rank: i + 1, ...item, ...(i === 0 ? { count: 7 } : {}) }))
  delta.rankings?.add('signal', { at, items: ranked })
  state.merge(State.decodeBase(shape, delta.encode().base), at)
  state.advance(at)
}
