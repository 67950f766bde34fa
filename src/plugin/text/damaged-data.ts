/** Thrown where compressed data ends early or makes no sense; what came before has been handed over. */
export class DamagedData extends Error {
  override name = 'DamagedData'
  /** How many bytes were made sense of. */
  readonly offset: number
  /** Whether these are whole members or frames, so that the text before is whole, too. */
  readonly followsEnd: boolean

  constructor(message: string, offset: number, { followsEnd = false } = {}) {
    super(message)
    this.offset = offset
    this.followsEnd = followsEnd
  }
}
