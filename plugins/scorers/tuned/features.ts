import { SEED, spread, step } from './hash.ts'
import { jamoOf } from './jamo.ts'
import { markNegated } from './negation.ts'
import { composed, MAX_LENGTH, Tokens } from './tokens.ts'

/** Which features a model reads. They are part of its file: features and weights belong together. */
export interface FeatureSettings {
  /** Features are kept in 2 to the power of this many slots: fewer are faster, since they fit the processor's cache. */
  readonly bits: number
  /** The longest run of words that is one feature. */
  readonly words: number
  /** The shortest and longest run of characters that is one feature; they cross the bounds of words. */
  readonly characters: readonly [number, number]
  /** The same for the letters that Hangul syllables are made of; [0, 0] for none. */
  readonly jamo: readonly [number, number]
  /** Whether words within reach of a negator are features of their own. */
  readonly negation: boolean
}

/** Told apart before they are hashed: the same letters as a word, as characters and as jamo are three features. */
const WORDS = 0x5bd1e995
const CHARACTERS = 0x1b873593
const JAMO = 0x27d4eb2f
const NEGATED = 0x38495ab5
const START = 0x2127599b
const END = 0x7fcaf1d3

/** A word as a feature, from the hash of its token. */
export function hashOfWord(token: number, negated: boolean): number {
  const hash = step(token, WORDS)
  return spread(negated ? step(hash, NEGATED) : hash)
}

/** Hashes of one kind of feature and, where it is asked for, where in the normalised text each feature stands. */
export class FeatureList {
  readonly hashes: Int32Array
  readonly from: Uint16Array
  readonly to: Uint16Array
  count = 0
  /** Whether `from` and `to` are written: explanations need them, scores do not. */
  placed = false

  constructor(capacity: number) {
    this.hashes = new Int32Array(capacity)
    this.from = new Uint16Array(capacity)
    this.to = new Uint16Array(capacity)
  }

  add(feature: number, from: number, to: number): void {
    const at = this.count++
    this.hashes[at] = feature
    if (!this.placed) return
    this.from[at] = from
    this.to[at] = to
  }
}

/** Reads the features of one text after another, into the same arrays. Training and scoring both use it. */
export class Features {
  readonly tokens = new Tokens()
  readonly words: FeatureList
  readonly characters: FeatureList
  readonly negated = new Uint8Array(MAX_LENGTH + 8)
  readonly #settings: FeatureSettings
  readonly #marked = new Int32Array(MAX_LENGTH + 8)
  readonly #jamo: Uint16Array
  readonly #jamoOrigin: Uint16Array

  constructor(settings: FeatureSettings) {
    this.#settings = settings
    const { characters, jamo, words } = settings
    const perCharacter = characters[1] - characters[0] + 1 + (jamo[1] > 0 ? 3 * (jamo[1] - jamo[0] + 1) : 0)
    this.words = new FeatureList((MAX_LENGTH + 8) * words)
    this.characters = new FeatureList((MAX_LENGTH + 8) * perCharacter)
    this.#jamo = new Uint16Array(jamo[1] > 0 ? 3 * (MAX_LENGTH + 8) : 0)
    this.#jamoOrigin = new Uint16Array(this.#jamo.length)
  }

  read(text: string): void {
    this.tokens.read(composed(text))
    this.words.count = 0
    this.characters.count = 0
    if (this.#settings.negation) markNegated(this.tokens, this.negated)
    this.#readWords()
    this.#readCharacters()
    if (this.#settings.jamo[1] > 0) this.#readJamo()
  }

  #readWords(): void {
    const { tokens, words: list } = this
    const { words: longest } = this.#settings
    const marked = this.#marked
    const { count } = tokens
    for (let index = 0; index < count; index++) {
      const hash = step(tokens.hashes[index] as number, WORDS)
      marked[index] = this.negated[index] === 1 ? step(hash, NEGATED) : hash
    }
    for (let index = 0; index < count; index++) {
      const from = tokens.starts[index] as number
      let hash = marked[index] as number
      list.add(spread(hash), from, tokens.ends[index] as number)
      const last = Math.min(count, index + longest)
      for (let next = index + 1; next < last; next++) {
        hash = step(hash, marked[next] as number)
        list.add(spread(hash), from, tokens.ends[next] as number)
      }
    }
    if (count > 0) {
      list.add(spread(step(marked[0] as number, START)), tokens.starts[0] as number, tokens.ends[0] as number)
      const end = count - 1
      list.add(
        spread(step(marked[end] as number, END)),
        tokens.starts[end] as number,
        tokens.ends[end] as number,
      )
    }
  }

  #readCharacters(): void {
    const { codes, length } = this.tokens
    const {
      characters: [shortest, longest],
    } = this.#settings
    const list = this.characters
    for (let from = 0; from < length; from++) {
      const end = Math.min(length, from + longest)
      let hash = SEED ^ CHARACTERS
      for (let at = from; at < end; at++) {
        hash = step(hash, codes[at] as number)
        if (at - from + 1 >= shortest) list.add(spread(hash), from, at + 1)
      }
    }
  }

  #readJamo(): void {
    const { codes, length } = this.tokens
    const {
      jamo: [shortest, longest],
    } = this.#settings
    const jamo = this.#jamo
    const origin = this.#jamoOrigin
    let total = 0
    for (let at = 0; at < length; at++) {
      const before = total
      total = jamoOf(codes[at] as number, jamo, total)
      for (let index = before; index < total; index++) origin[index] = at
    }
    const list = this.characters
    for (let from = 0; from < total; from++) {
      const end = Math.min(total, from + longest)
      let hash = SEED ^ JAMO
      for (let at = from; at < end; at++) {
        hash = step(hash, jamo[at] as number)
        if (at - from + 1 >= shortest)
          list.add(spread(hash), origin[from] as number, (origin[at] as number) + 1)
      }
    }
  }
}
