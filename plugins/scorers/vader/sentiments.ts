/** The number of weights of a text that are stored individually. */
const ROOM = 512

const BEFORE_BUT = 0.5
const AFTER_BUT = 1.5

/**
 * The weights of a text's words in order, without zeros, and the rule of "but": weights before the first "but" count
 * half, those after it one and a half times.
 *
 * The reference finds the word to change by its weight, and so changes the first with the same weight, even if it was
 * changed before. This reproduces that for the first 512 weights. Later ones are summed on each side of "but", so
 * that memory does not depend on the length of the text.
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

  /** Records a "but" here. Only the first one counts. */
  markBut(): void {
    if (this.#beforeBut < 0) this.#beforeBut = this.#count
  }

  /** Applies the rule of "but" after all weights are added. */
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

  /** The individually stored weights: a view, valid until the next change. */
  get kept(): Float64Array {
    return this.#weights.subarray(0, this.#count)
  }

  /** The number of weights before "but"; -1 without one. */
  get beforeBut(): number {
    return this.#beforeBut
  }

  /** The sum of the weights that are not stored individually. */
  get rest(): number {
    return this.#moreBefore + this.#moreAfter
  }

  sum(): number {
    let sum = 0
    for (let i = 0; i < this.#count; i++) sum += this.#weights[i] as number
    return sum + this.rest
  }
}
