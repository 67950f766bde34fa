/** Thrown where compressed data ends early or makes no sense; what came before has been handed over, but see `lacksText`. */
export class DamagedData extends Error {
  override name = 'DamagedData'
  /** How many bytes were made sense of. */
  readonly offset: number
  /** Whether these are whole members or frames, so that the text before is whole, too. */
  readonly followsEnd: boolean
  /** Whether text right before the damage is missing: what a call of the decompressor has made is lost if it fails. */
  readonly lacksText: boolean

  constructor(message: string, offset: number, { followsEnd = false, lacksText = false } = {}) {
    super(message)
    this.offset = offset
    this.followsEnd = followsEnd
    this.lacksText = lacksText
  }
}
