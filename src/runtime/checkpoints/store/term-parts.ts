import { ensure } from '../../../state/ensure.ts'
import type { StateShape } from '../../../state/shape.ts'
import { type EncodedSummary, TermSummary } from '../../../state/term-summary.ts'
import { sliceStart } from '../../../state/window-slices.ts'
import type { EpochHorizons } from './base.ts'
import type { TermsKey } from './epochs.ts'

/** One event in the history of a window: its horizon moved, or terms of an epoch were merged. */
type Move = [epoch: number, horizon: number, isAfterMerge: boolean]

/** How the horizon of one window of terms moved over the uncompacted epochs. */
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

  /** Whether an epoch merges terms into the slice with this start; false if the slice had left the window by then. */
  takes(epoch: number, start: number): boolean {
    return start > (this.#atMerge.get(epoch) ?? Number.NEGATIVE_INFINITY)
  }

  /**
   * When the slice with this start was last evicted, after an epoch; null if it was not. A slice may begin again
   * after that, while its end is still within the window.
   */
  evicted(start: number, since: number): Move | null {
    return this.#moves.findLast(([epoch, horizon]) => epoch > since && horizon >= start) ?? null
  }

  /** The last move; null if there was none. */
  get last(): Move | null {
    return this.#moves.at(-1) ?? null
  }
}

/** Rows of `deltas` with the terms of one topic, by the slice of a window. */
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

/** The rows to merge into one slice of one window, and whether its earlier content was evicted. */
export interface PartChange {
  window: string
  start: number
  keys: TermsKey[]
}

/** The affected slices of an extractor's windows, for terms of one topic. */
export function changesOf(shape: StateShape, { extractor, keys }: TopicTerms): PartChange[] {
  const windows = shape.extractors.find(({ name }) => name === extractor)?.windows ?? []
  return windows.flatMap(({ label, slide }) => {
    const slices = new Map<number, TermsKey[]>()
    for (const key of keys) ensure(slices, sliceStart(key[3], slide), () => []).push(key)
    return Array.from(slices, ([start, keys]): PartChange => ({ window: label, start, keys }))
  })
}

/**
 * What remains of a part after the epoch up to which it is compacted: whether its content stays, and the rows to
 * merge into it, in order.
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

/** The limit of terms for each topic and slice of a window. */
export const capacityOf = (shape: StateShape, extractor: string, window: string): number =>
  shape.extractors.find(({ name }) => name === extractor)?.windows.find(({ label }) => label === window)
    ?.terms ?? shape.terms

/** Merges encoded summaries, in order. */
export function merged(capacity: number, summaries: readonly EncodedSummary[]): TermSummary {
  const sum = new TermSummary(capacity)
  for (const summary of summaries) sum.mergeFlat(TermSummary.read(summary))
  return sum
}
