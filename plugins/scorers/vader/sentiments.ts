/** Weights of one text that are kept apart. */
const ROOM = 512

const BEFORE_BUT = 0.5
const AFTER_BUT = 1.5

/**
 * The weights of a text's words in order, those that are 0 left out, and the rule of "but": weights before the
 * first one count half, those after it one and a half times.
 *
 * The reference looks for the word to change by its weight, and so changes the first that has just this weight, whether
 * or not it was changed before. To agree with it, so does this, for the first 512 weights. Those that follow are summed
 * up on either side of "but", so that no text takes more memory than another.
 */
export class Sentiments {
  readonly #weights = new Float64Array(ROOM)
  #count = 0
  #beforeBut = -1
  #moreBefore = 0
  #moreAfter = 0

  clear(): void {
    this.#count = 0
    this.#beforeBut = -1
    this.#moreBefore = 0
    this.#moreAfter = 0
  }

  add(weight: number): void {
    if (this.#count < ROOM) this.#weights[this.#count++] = weight
    else if (this.#beforeBut < 0) this.#moreBefore += weight
    else this.#moreAfter += weight
  }

  /** Notes a "but" here. Only the first one counts. */
  markBut(): void {
    if (this.#beforeBut < 0) this.#beforeBut = this.#count
  }

  /** Applies the rule of "but", once all weights are added. */
  contrast(): void {
    if (this.#beforeBut < 0) return
    const weights = this.#weights
    for (let i = 0; i < this.#count; i++) {
      const weight = weights[i] as number
      let first = 0
      while (weights[first] !== weight) first++
      weights[first] = weight * (first < this.#beforeBut ? BEFORE_BUT : AFTER_BUT)
    }
    this.#moreBefore *= BEFORE_BUT
    this.#moreAfter *= AFTER_BUT
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** The weights that are kept apart, as they are now: a view, valid until the next change. */
  get kept(): Float64Array {
    return this.#weights.subarray(0, this.#count)
  }

  /** How many weights are before "but"; -1 without one. */
  get beforeBut(): number {
    return this.#beforeBut
  }

  /** The sum of those that are not kept apart. */
  get rest(): number {
    return this.#moreBefore + this.#moreAfter
  }

  sum(): number {
    let sum = 0
    for (let i = 0; i < this.#count; i++) sum += this.#weights[i] as number
    return sum + this.rest
  }
}
