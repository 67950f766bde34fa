import { deltaShapeOf, type StateShape } from '../../../state/shape.ts'
import { State } from '../../../state/state.ts'
import type { EncodedMood } from '../../../state/window-slices.ts'
import { encodeMoods } from '../../../state/window-slices.ts'
import type { Database } from './database.ts'
import { readDeltas, type StoredEpoch } from './epochs.ts'

export type Horizons = ReturnType<State['termHorizons']>

/**
 * The horizons of the windows of terms (the start of the latest slice that has left each) at the beginning of an
 * epoch, at the merge of its deltas, and at its end.
 */
export interface EpochHorizons {
  began: Horizons
  merged: Horizons
  ended: Horizons
}

/** Open slices of terms, by window. A state without terms needs them to evict the right ones. */
export type OpenSlices = [extractor: string, window: string, starts: number[]][]

/** The open slices and the horizons of the windows of terms of a snapshot. */
export interface TermsFrame {
  open: OpenSlices
  horizons: Horizons
}

export interface StoredClosedWindow {
  label: string
  start: number
  end: number
  moods: EncodedMood[]
}

/** The result of replaying one epoch. */
export interface Replayed {
  epoch: number
  horizons: EpochHorizons
  closed: StoredClosedWindow[]
}

/** A summary without terms, which opens a slice as any other does. */
const NO_TERMS = JSON.stringify({ error: 0, forgotten: 0, terms: [], numbers: [] })

/** The snapshot of everything except terms. Slices of terms are open but empty. */
export class Base {
  readonly state: State
  epoch: number | null
  readonly #deltaShape: StateShape
  readonly #left: (what: string) => void

  private constructor(state: State, epoch: number | null, left: (what: string) => void) {
    this.state = state
    this.epoch = epoch
    this.#deltaShape = deltaShapeOf(state.shape)
    this.#left = left
  }

  /** @param left receives what is left out because the metric catalogue changed */
  static load({ tables }: Database, shape: StateShape, left: (what: string) => void): Base {
    const stored = tables.base.get('state')
    const frame = tables.base.get('terms')
    if (!stored || !frame) return new Base(new State(shape), null, left)
    const state = State.decodeBase(shape, stored[2], left)
    openSlices(state, JSON.parse(frame[2]) as TermsFrame)
    return new Base(state, stored[1], left)
  }

  /** Applies an epoch as the live state applied it. */
  replay(database: Database, epoch: StoredEpoch, collect: boolean): Replayed {
    const { state } = this
    const began = state.termHorizons()
    const closed = epoch.ticks.flatMap(tick => state.advance(tick, { collect }))
    const merged = state.termHorizons()
    const { bases, slices } = readDeltas(database, epoch)
    for (const base of bases) state.merge(State.decodeBase(this.#deltaShape, base, this.#left), epoch.now)
    for (const [extractor, start] of slices) state.mergeTerms([extractor, '', start, '', NO_TERMS])
    closed.push(...state.advance(epoch.now, { collect }))
    this.epoch = epoch.epoch
    return {
      epoch: epoch.epoch,
      horizons: { began, merged, ended: state.termHorizons() },
      closed: closed.map(({ label, start, end, moods }) => ({
        label,
        start,
        end,
        moods: encodeMoods(moods),
      })),
    }
  }

  get frame(): TermsFrame {
    return { open: openSlicesOf(this.state), horizons: this.state.termHorizons() }
  }

  /** Writes it. Call it within a transaction. */
  save({ tables }: Database): void {
    const epoch = this.epoch as number
    tables.base.put(['state', epoch, this.state.encodeBase({ zeros: true })])
    tables.base.put(['terms', epoch, JSON.stringify(this.frame)])
  }
}

const openSlicesOf = ({ terms }: State): OpenSlices =>
  [...terms].flatMap(([extractor, windows]) =>
    windows.map(({ shape, slices }): OpenSlices[number] => [
      extractor,
      shape.label,
      Array.from(slices.entries(), ([start]) => start),
    ]),
  )

/** Opens empty slices of terms in a state, and restores the horizons of its windows of terms. */
export function openSlices(state: State, { open, horizons }: TermsFrame): void {
  // First, since a slice that a window has left may have begun again while its end is still within the window.
  state.restoreHorizons(horizons)
  for (const [extractor, label, starts] of open) {
    const slices = state.terms.get(extractor)?.find(({ shape }) => shape.label === label)?.slices
    if (!slices) continue
    for (const start of starts) slices.at(start, '')
    for (const [, topics] of slices.entries()) topics.delete('')
  }
}
