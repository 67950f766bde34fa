/** The id where there is no word: before the first and after the last. */
export const ABSENT = -1

/** Words that the rules look at around one: three before, two after, and some room for the sake of a mask. */
const ROOM = 8
const MASK = ROOM - 1
const AHEAD = 2

/** A word of a text and its neighbours. Moves along the text, and holds these few however long it is. */
export class Context {
  readonly #ids = new Int32Array(ROOM)
  readonly #traits = new Uint8Array(ROOM)
  readonly #starts = new Uint32Array(ROOM)
  readonly #ends = new Uint32Array(ROOM)
  /** Where the word in question is. */
  #at = 0

  clear(): void {
    this.#ids.fill(ABSENT)
    this.#traits.fill(0)
  }

  /** Takes the next word of the text in, and moves to the one two before it. */
  push(id: number, traits: number, start: number, end: number): void {
    this.#at = (this.#at + 1) & MASK
    const next = (this.#at + AHEAD) & MASK
    this.#ids[next] = id
    this.#traits[next] = traits
    this.#starts[next] = start
    this.#ends[next] = end
  }

  /** The id of the word in question, or of the word at this distance after it; negative: before it. */
  id(offset = 0): number {
    return this.#ids[(this.#at + offset) & MASK] as number
  }

  traits(offset = 0): number {
    return this.#traits[(this.#at + offset) & MASK] as number
  }

  start(offset = 0): number {
    return this.#starts[(this.#at + offset) & MASK] as number
  }

  end(offset = 0): number {
    return this.#ends[(this.#at + offset) & MASK] as number
  }
}
