/** The id that means no word: before the first and after the last. */
export const ABSENT = -1

/** The words that the rules read around a word: three before and two after, rounded up to a power of two. */
const ROOM = 8
const MASK = ROOM - 1
const AHEAD = 2

/** A word of a text with its neighbours. Moves along the text with constant memory. */
export class Context {
  readonly #ids = new Int32Array(ROOM)
  readonly #traits = new Uint8Array(ROOM)
  readonly #starts = new Uint32Array(ROOM)
  readonly #ends = new Uint32Array(ROOM)
  /** The index of the current word. */
  #at = 0

  clear(): void {
    this.#ids.fill(ABSENT)
    this.#traits.fill(0)
  }

  /** Adds the next word of the text, and moves to the word two before it. */
  push(id: number, traits: number, start: number, end: number): void {
    this.#at = (this.#at + 1) & MASK
    const next = (this.#at + AHEAD) & MASK
    this.#ids[next] = id
    this.#traits[next] = traits
    this.#starts[next] = start
    this.#ends[next] = end
  }

  /** The id of the current word, or of the word at this distance after it; before it if negative. */
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
