import { FeatureList } from './feature-list.ts'
import { markNegated } from './negation.ts'
import { LetterReader, readCharacters } from './runs.ts'
import { CAPACITY, composed, Tokens } from './tokens.ts'
import { WordReader } from './words.ts'

/** The parts that a text's features fall into. Each is scaled by itself, so that the many do not drown the few. */
export const PARTS = ['words', 'pairs', 'characters', 'letters'] as const

/**
 * Which features a model reads. They are part of its file: features and weights belong together. A part that is
 * `undefined` is not read; `scale` is how much one counts against the others.
 */
export interface FeatureSettings {
  /** How many features a model keeps weights of: a multiple of `PORTION` of weights.ts. */
  readonly slots: number
  /** Whether words within reach of a negator are features of their own. */
  readonly negation: boolean
  /** Runs of one to `longest` words. */
  readonly words: { readonly scale: number; readonly longest: number }
  /** Pairs of a word and one of the next `reach`, both by their first two characters. */
  readonly pairs?: { readonly scale: number; readonly reach: number } | undefined
  /** Runs of characters; they cross the bounds of words. */
  readonly characters: { readonly scale: number; readonly shortest: number; readonly longest: number }
  /** Runs of the letters that Hangul syllables are made of, as if there were no space. */
  readonly letters?:
    | { readonly scale: number; readonly shortest: number; readonly longest: number }
    | undefined
}

/** Reads the features of one text after another, into the same arrays. Training and scoring both use it. */
export class Features {
  readonly tokens = new Tokens()
  readonly negated = new Uint8Array(CAPACITY)
  readonly words: FeatureList
  readonly pairs: FeatureList
  readonly characters: FeatureList
  readonly letters: FeatureList
  /** All of them, in the order of {@link PARTS}. */
  readonly parts: readonly FeatureList[]
  readonly #settings: FeatureSettings
  readonly #wordReader = new WordReader(this.tokens)
  readonly #letterReader = new LetterReader(this.tokens)

  constructor(settings: FeatureSettings) {
    this.#settings = settings
    const { words, pairs, characters, letters } = settings
    const lengths = (run: { shortest: number; longest: number }) => run.longest - run.shortest + 1
    const list = (part: { readonly scale: number } | undefined, perToken: number) =>
      new FeatureList(part?.scale ?? 0, part === undefined ? 0 : CAPACITY * perToken)
    this.words = list(words, words.longest + 1)
    this.pairs = list(pairs, pairs?.reach ?? 0)
    this.characters = list(characters, lengths(characters))
    this.letters = list(letters, letters === undefined ? 0 : 3 * lengths(letters))
    this.parts = PARTS.map(part => this[part])
  }

  read(text: string): void {
    const { words, pairs, characters, letters, negation } = this.#settings
    const { tokens } = this
    for (const list of this.parts) list.count = 0
    tokens.read(composed(text))
    if (negation) markNegated(tokens, this.negated)
    this.#wordReader.readRuns(this.negated, words.longest, this.words)
    if (pairs !== undefined) this.#wordReader.readPairs(pairs.reach, this.pairs)
    readCharacters(tokens, characters.shortest, characters.longest, this.characters)
    if (letters !== undefined) this.#letterReader.read(letters.shortest, letters.longest, this.letters)
  }
}
