import type { FeatureList } from './feature-list.ts'
import { SEED, spread, step } from './hash.ts'
import { jamoOf } from './jamo.ts'
import { CAPACITY, type Tokens } from './tokens.ts'

/** Told apart before they are hashed: the same characters as letters are another feature. */
const CHARACTERS = 0x1b873593
const LETTERS = 0x27d4eb2f

const SPACE = 0x20

/** Runs of characters of a text, within words and across their bounds. */
export function readCharacters(
  { codes, length }: Tokens,
  shortest: number,
  longest: number,
  list: FeatureList,
): void {
  for (let from = 0; from < length; from++) {
    const end = Math.min(length, from + longest)
    let hash = SEED ^ CHARACTERS
    for (let at = from; at < end; at++) {
      hash = step(hash, codes[at] as number)
      if (at - from + 1 >= shortest) list.add(spread(hash), from, at + 1)
    }
  }
}

/** Reads runs of letters. One instance is used for post after post. */
export class LetterReader {
  readonly #tokens: Tokens
  readonly #letters = new Uint16Array(3 * CAPACITY)
  readonly #places = new Uint16Array(3 * CAPACITY)

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  /**
   * Runs of the letters that syllables of Hangul are made of, as if the text were written without spaces: Koreans put
   * them where they like, and "재미 없다" says what "재미없다" says. What is no syllable is a letter itself.
   */
  read(shortest: number, longest: number, list: FeatureList): void {
    const letters = this.#letters
    const places = this.#places
    const count = this.#spell()
    for (let from = 0; from < count; from++) {
      const end = Math.min(count, from + longest)
      let hash = SEED ^ LETTERS
      for (let at = from; at < end; at++) {
        hash = step(hash, letters[at] as number)
        if (at - from + 1 >= shortest)
          list.add(spread(hash), places[from] as number, (places[at] as number) + 1)
      }
    }
  }

  /** Writes down the letters of the text, and where each stands, and gives how many there are. */
  #spell(): number {
    const { codes, length } = this.#tokens
    let count = 0
    for (let at = 0; at < length; at++) {
      if (codes[at] === SPACE) continue
      const before = count
      count = jamoOf(codes[at] as number, this.#letters, count)
      for (let index = before; index < count; index++) this.#places[index] = at
    }
    return count
  }
}
