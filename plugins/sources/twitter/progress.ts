import type { Emitter, Position } from 'mood-exporter/plugin'
import { Gaps, positionOf, streamPositionIn } from './gaps.ts'

/**
 * How far the stream was read, and which of its gaps are still to be filled. All records are written through it, one
 * write after the other, so that a position never covers what has not been written.
 */
export class Progress {
  /** Up to when posts were read, in Unix milliseconds; undefined before there was a stream. */
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
   * Writes records once those before them are written, and with them the position.
   *
   * @param change what is so once the records are committed; called before the position is taken
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
