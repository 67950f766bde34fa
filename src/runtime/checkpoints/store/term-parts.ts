import { ensure } from '../../../state/ensure.ts'
import type { StateShape } from '../../../state/shape.ts'
import { type EncodedSummary, TermSummary } from '../../../state/term-summary.ts'
import { sliceStart } from '../../../state/window-slices.ts'
import type { EpochHorizons } from './base.ts'
import type { TermsKey } from './epochs.ts'

/** One step of what became of a window's terms: a horizon that moved, or terms of an epoch that were merged. */
type Move = [epoch: number, horizon: number, isAfterMerge: boolean]

/** How the horizon of one window of terms moved over the epochs that are not compacted. */
export class WindowMoves {
  readonly #moves: Move[] = []
  readonly #atMerge = new Map<number, number>()

  /** @param horizons in the order of epochs */
  constructor(extractor: string, window: string, horizons: ReadonlyMap<number, EpochHorizons>) {
    const of = (all: EpochHorizons['began']) =>
      all.find(([name, label]) => name === extractor && label === window)?.[2] ?? Number.NEGATIVE_INFINITY
    for (const [epoch, { began, merged, ended }] of horizons) {
      const [before, at, after] = [of(began), of(merged), of(ended)]
      this.#atMerge.set(epoch, at)
      if (at > before) this.#moves.push([epoch, at, false])
      if (after > at) this.#moves.push([epoch, after, true])
    }
  }

  /** Whether terms that start there are merged in an epoch, or lie before the window by then. */
  takes(epoch: number, start: number): boolean {
    return start > (this.#atMerge.get(epoch) ?? Number.NEGATIVE_INFINITY)
  }

  /**
   * The last moment at which the slice that starts there was evicted, after an epoch; null where it was not.
   * A slice may begin again after that: its later part may still lie within the window.
   */
  evicted(start: number, since: number): Move | null {
    return this.#moves.findLast(([epoch, horizon]) => epoch > since && horizon >= start) ?? null
  }

  /** The last move; null where there was none. */
  get last(): Move | null {
    return this.#moves.at(-1) ?? null
  }
}

/** Rows of `deltas` with the terms of one topic, by the slice of a window that they belong to. */
export interface TopicTerms {
  extractor: string
  topic: string
  keys: TermsKey[]
}

export function byTopic(keys: readonly TermsKey[]): TopicTerms[] {
  const topics = new Map<string, TopicTerms>()
  for (const key of keys) {
    const [, , extractor, , topic] = key
    ensure(topics, JSON.stringify([extractor, topic]), () => ({ extractor, topic, keys: [] })).keys.push(key)
  }
  return [...topics.values()]
}

/** What has to be merged into one slice of one window, and whether what it held before was evicted. */
export interface PartChange {
  window: string
  start: number
  keys: TermsKey[]
}

/** The slices of an extractor's windows that terms of one topic fall in. */
export function changesOf(shape: StateShape, { extractor, keys }: TopicTerms): PartChange[] {
  const windows = shape.extractors.find(({ name }) => name === extractor)?.windows ?? []
  return windows.flatMap(({ label, slide }) => {
    const slices = new Map<number, TermsKey[]>()
    for (const key of keys) ensure(slices, sliceStart(key[3], slide), () => []).push(key)
    return Array.from(slices, ([start, keys]): PartChange => ({ window: label, start, keys }))
  })
}

/**
 * What of a part remains, after the epoch that it is compacted up to: whether what it held does, and the rows that are
 * merged into it, in order.
 *
 * @param since the epoch up to which the part is compacted
 */
export function remaining(
  moves: WindowMoves,
  { start, keys }: PartChange,
  since: number,
): { keepsStored: boolean; keys: TermsKey[] } {
  const evicted = moves.evicted(start, since)
  const isAfter = (epoch: number) =>
    evicted === null || epoch > evicted[0] || (epoch === evicted[0] && !evicted[2])
  return {
    keepsStored: evicted === null,
    keys: keys.filter(
      ([, epoch, , keyStart]) => epoch > since && isAfter(epoch) && moves.takes(epoch, keyStart),
    ),
  }
}

/** Terms kept of each topic and slice of a window. */
export const capacityOf = (shape: StateShape, extractor: string, window: string): number =>
  shape.extractors.find(({ name }) => name === extractor)?.windows.find(({ label }) => label === window)
    ?.terms ?? shape.terms

/** Merges encoded summaries, in order. */
export function merged(capacity: number, summaries: readonly EncodedSummary[]): TermSummary {
  const sum = new TermSummary(capacity)
  for (const summary of summaries) sum.mergeFlat(TermSummary.read(summary))
  return sum
}
