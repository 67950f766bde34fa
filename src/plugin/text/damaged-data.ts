/** Thrown if compressed data is truncated or corrupt. The text before was passed on, except as `lacksText` says. */
export class DamagedData extends Error {
  override name = 'DamagedData'
  /** How many bytes were valid. */
  readonly offset: number
  /** Whether these are whole members or frames, so that the text before is whole, too. */
  readonly followsEnd: boolean
  /**
   * Whether text right before the damage is missing: the output of a call of the decompressor is lost if it fails.
   */
  readonly lacksText: boolean

  constructor(message: string, offset: number, { followsEnd = false, lacksText = false } = {}) {
    super(message)
    this.offset = offset
    this.followsEnd = followsEnd
    this.lacksText = lacksText
  }
}
