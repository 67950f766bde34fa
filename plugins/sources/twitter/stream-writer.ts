import type { Emitter, Position } from 'mood-exporter/plugin'
import { Gaps, positionOf, streamPositionIn } from './gaps.ts'

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
