import type { CounterName } from '../../catalogue/metrics.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import type { EpochRecord } from '../checkpoints/epoch-record.ts'

export const HOUR = 3_600_000
export const STEP = 60_000

/** The start of a day, and with it of a block of six hours. */
export const DAY = Date.UTC(2025, 2, 1)

export const SHAPE: StateShape & { step: number } = {
  windows: [{ label: '1m', size: 60_000, slide: 60_000, lateness: 0 }],
  extractors: [{ name: 'words', top: 2, windows: [{ label: '2m', size: 120_000, slide: 60_000 }] }],
  terms: 100,
  slices: 4096,
  idle: 10_000,
  step: STEP,
}

/** The record of an epoch: what the function counts in its delta, and `more`. */
export function recordOf(
  epoch: number,
  count: (delta: State) => void,
  more: Partial<EpochRecord> = {},
  shape: StateShape = SHAPE,
): EpochRecord {
  const delta = new State(deltaShapeOf(shape))
  count(delta)
  return { epoch, ticks: [], now: 0, deltas: [delta.encode()], ids: [], positions: [], ...more }
}

/** Counts in the step of an event time (Unix milliseconds). */
export function countAt(delta: State, at: number, name: CounterName, key: string, n = 1): void {
  delta.steps?.at(at).counter(name).add(key, n)
}
