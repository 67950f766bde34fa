import { type Emitter, isObject, type Position } from 'mood-exporter/plugin'
import type { Span } from './timetable.ts'

/**
 * Tracks the position of the stream: up to when it was read, and its unfilled gaps. All records are written through
 * it, one write after the other, so that a position never covers unwritten records.
 */
export class StreamWriter {
  /** Up to when posts were read, in Unix milliseconds; undefined before the first stream. */
  at: number | undefined
  /** Whether nothing was read since then because the budget is used up. */
  isSpent: boolean
  readonly gaps: Gaps
  #writing: Promise<unknown> = Promise.resolve()

  constructor(position: Position | undefined) {
    const { at, gaps, isSpent } = streamPositionIn(position)
    this.at = at
    this.isSpent = isSpent
    this.gaps = new Gaps(gaps)
  }

  /**
   * Writes records after the previous ones are written, together with the position.
   *
   * @param change applies the change of position that these records mean; called before the position is taken
   */
  write(
    emitter: Pick<Emitter, 'write'>,
    records: readonly string[],
    change: () => void = () => {},
  ): Promise<void> {
    const written = this.#writing.then(() => {
      change()
      const { at, gaps, isSpent } = this
      return emitter.write(records, { position: positionOf({ at, gaps: gaps.all, isSpent }) })
    })
    this.#writing = written.catch(() => {})
    return written
  }
}

/** The maximum of gaps that wait to be filled. */
const MOST_GAPS = 20

/** Gaps whose requested times overlap are merged up to this length, in milliseconds. */
const LONGEST_MERGED_MS = 120_000

/** A time in which the stream was not open. */
export interface Gap extends Span {
  /** The part that counts as a gap, in milliseconds: more is requested, as posts may be delayed. */
  readonly ms: number
}

/** Gaps of the stream that are still to be filled, oldest first. */
export class Gaps {
  #gaps: readonly Gap[]
  /** The gap that is being filled, which does not change. */
  #taken: Gap | null = null

  constructor(gaps: readonly Gap[] = []) {
    this.#gaps = gaps.slice(-MOST_GAPS)
  }

  get all(): readonly Gap[] {
    return this.#gaps
  }

  /** The oldest. */
  get first(): Gap | undefined {
    return this.#gaps[0]
  }

  /** Adds a gap that ends later than all others. Returns those that exceed the maximum. */
  add(gap: Gap): readonly Gap[] {
    const last = this.#gaps.at(-1)
    if (
      last &&
      last !== this.#taken &&
      gap.from <= last.to &&
      gap.to - Math.min(last.from, gap.from) <= LONGEST_MERGED_MS
    ) {
      const both = { from: Math.min(last.from, gap.from), to: gap.to, ms: last.ms + gap.ms }
      this.#gaps = [...this.#gaps.slice(0, -1), both]
      return []
    }
    const room = this.#gaps.filter(other => other !== this.#taken)
    const dropped = this.#gaps.length < MOST_GAPS ? [] : room.slice(0, 1)
    this.#gaps = [...this.#gaps.filter(other => !dropped.includes(other)), gap]
    return dropped
  }

  /** The gap is about to be read: it is no longer extended. */
  take(gap: Gap): void {
    this.#taken = gap
  }

  /** The gap was filled or given up. */
  remove(gap: Gap): void {
    this.#gaps = this.#gaps.filter(other => other !== gap)
    if (this.#taken === gap) this.#taken = null
  }
}

/** The position of the stream: up to when it was read, and the gaps before that. */
interface StreamPosition {
  /** Up to when posts were read, in Unix milliseconds; undefined before the first stream. */
  readonly at: number | undefined
  readonly gaps: readonly Gap[]
  /** Whether nothing was read since then because the budget is used up. */
  readonly isSpent: boolean
}

/** The committed form of the position. Gaps are `[from, to, ms]`. */
const positionOf = ({ at, gaps, isSpent }: StreamPosition): Position => ({
  ...(at === undefined ? {} : { at }),
  ...(gaps.length > 0 ? { gaps: gaps.map(({ from, to, ms }) => [from, to, ms]) } : {}),
  ...(isSpent ? { spent: true } : {}),
})

/** Parses a committed position; invalid parts are left out. */
function streamPositionIn(position: Position | undefined): StreamPosition {
  const { at, gaps, spent } = isObject(position) ? position : {}
  return {
    at: typeof at === 'number' ? at : undefined,
    gaps: (Array.isArray(gaps) ? gaps : []).flatMap(gap => {
      const [from, to, ms] = Array.isArray(gap) ? gap : []
      return typeof from === 'number' && typeof to === 'number' && typeof ms === 'number'
        ? [{ from, to, ms }]
        : []
    }),
    isSpent: spent === true,
  }
}
