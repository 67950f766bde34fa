import type { Features } from './features.ts'
import { type Lexicon, VALENCE_STEPS } from './lexicon.ts'

/** Figures for each of the two word lists, in the order in which `readList` writes them. */
const PER_LIST = 9
const STYLE = 8

/** How many cues there are: two lists' figures, then those of style. */
export const CUES = 2 * PER_LIST + STYLE

/** What is left of a valence after a negator, turned round: measured by Hutto and Gilbert (VADER, ICWSM 2014). */
const NEGATED = -0.74

const EXCLAMATION = 0x21
const QUESTION = 0x3f

/** Bends a sum of valences into [-1, 1], as VADER does. */
const bend = (sum: number) => sum / Math.sqrt(sum * sum + 15)

/**
 * The few figures of a text beside its n-grams: what two word lists say, and how it is written. Each lies roughly in
 * [-1, 1]. They carry to words that the training posts did not have.
 */
export class Cues {
  readonly values = new Float64Array(CUES)
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  read(features: Features): void {
    this.#readList(features, 0)
    this.#readList(features, 1)
    this.#readStyle(features)
  }

  /** What a token counts in a list, negation included; 0 for most. */
  valence(features: Features, token: number, list: 0 | 1): number {
    const at = this.#lexicon.find(features.tokens.hashes[token] as number)
    if (at < 0) return 0
    const valence = (this.#lexicon.valences[at + list] as number) / VALENCE_STEPS
    return features.negated[token] === 1 ? NEGATED * valence : valence
  }

  #readList(features: Features, list: 0 | 1): void {
    const { values } = this
    const { count } = features.tokens
    let positive = 0
    let negative = 0
    let most = 0
    let least = 0
    let last = 0
    for (let token = 0; token < count; token++) {
      const valence = this.valence(features, token, list)
      if (valence === 0) continue
      if (valence > 0) positive += valence
      else negative -= valence
      if (valence > most) most = valence
      if (valence < least) least = valence
      last = valence
    }
    const at = list * PER_LIST
    values[at] = bend(positive - negative)
    values[at + 1] = bend(positive)
    values[at + 2] = bend(negative)
    values[at + 3] = most / 4
    values[at + 4] = least / 4
    values[at + 5] = last / 4
    values[at + 6] = positive > 0 ? 1 : 0
    values[at + 7] = negative > 0 ? 1 : 0
    values[at + 8] = (positive - negative) / Math.sqrt(count + 1)
  }

  #readStyle({ tokens, negated }: Features): void {
    const { values } = this
    let exclamations = 0
    let questions = 0
    let negations = 0
    for (let token = 0; token < tokens.count; token++) {
      const code = tokens.codes[tokens.starts[token] as number]
      if (code === EXCLAMATION) exclamations++
      else if (code === QUESTION) questions++
      negations |= negated[token] as number
    }
    const at = 2 * PER_LIST
    values[at] = Math.min(1, tokens.capitals / 3)
    values[at + 1] = Math.min(1, tokens.elongated / 2)
    values[at + 2] = Math.min(1, exclamations / 2)
    values[at + 3] = Math.min(1, questions / 2)
    values[at + 4] = Math.min(1, tokens.hashtags / 3)
    values[at + 5] = Math.log1p(tokens.length) / 5
    values[at + 6] = negations
    values[at + 7] = tokens.capitals > 0 ? 1 : 0
  }
}
