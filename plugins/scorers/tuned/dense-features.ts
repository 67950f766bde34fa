import { REVERSED, SPENT } from './flags.ts'
import { VALENCE_STEPS } from './lexicon.ts'
import type { Tokens } from './tokens.ts'
import type { Units } from './units.ts'

/** Features of each of the two word lists, in the order in which `readList` writes them. */
export const PER_LIST = 9
const STYLE = 8

/** The number of dense features: those of two word lists, then those of style. */
export const DENSE_FEATURES = 2 * PER_LIST + STYLE

/** The factor of a valence after a negator: measured by Hutto and Gilbert (VADER, ICWSM 2014). */
const NEGATED = -0.74

/** Maps a sum of valences to [-1, 1], as VADER does. */
const bend = (sum: number) => sum / Math.sqrt(sum * sum + 15)

/**
 * The dense features of a text, beside its n-grams: sums over two word lists, and style. Each is approximately in
 * [-1, 1]. They generalise to words that are not in the training posts.
 */
export class DenseFeatures {
  readonly values = new Float64Array(DENSE_FEATURES)
  /** The first feature that may not be 0: many texts have no listed word. */
  first = 0
  /** 1 if words are reversed and no negator is spent. */
  #isReversedOnly = 0

  read(tokens: Tokens, units: Units): void {
    const { states, count } = units
    let all = 0
    // With a spent negator the feature is 0: the words that it reverses already show it.
    if (units.isScoped) for (let unit = 0; unit < count; unit++) all |= states[unit] as number
    this.#isReversedOnly = all === REVERSED ? 1 : 0
    if (units.listedCount > 0) {
      this.#readList(units, 0)
      this.#readList(units, 1)
      this.first = 0
    } else if (this.first === 0) {
      this.values.fill(0, 0, 2 * PER_LIST)
      this.first = 2 * PER_LIST
    }
    this.#readStyle(tokens)
  }

  /** The valence of a unit in a list, with negation; `index` is among the listed units. */
  valence({ listed, valences, states }: Units, index: number, list: 0 | 1): number {
    const state = states[listed[index] as number]
    if (state === SPENT) return 0
    // The second byte, or the first, as a signed number.
    const steps = ((valences[index] as number) << (list === 1 ? 16 : 24)) >> 24
    return ((state === REVERSED ? NEGATED : 1) * steps) / VALENCE_STEPS
  }

  #readList(units: Units, list: 0 | 1): void {
    const { values } = this
    const { listedCount } = units
    const at = list * PER_LIST
    let positive = 0
    let negative = 0
    let most = 0
    let least = 0
    let last = 0
    for (let index = 0; index < listedCount; index++) {
      const valence = this.valence(units, index, list)
      if (valence === 0) continue
      if (valence > 0) positive += valence
      else negative -= valence
      if (valence > most) most = valence
      if (valence < least) least = valence
      last = valence
    }
    values[at] = bend(positive - negative)
    values[at + 1] = bend(positive)
    values[at + 2] = bend(negative)
    values[at + 3] = most / 4
    values[at + 4] = least / 4
    values[at + 5] = last / 4
    values[at + 6] = positive > 0 ? 1 : 0
    values[at + 7] = negative > 0 ? 1 : 0
    values[at + 8] = (positive - negative) / Math.sqrt(units.count + 1)
  }

  #readStyle(tokens: Tokens): void {
    const { values } = this
    const at = 2 * PER_LIST
    values[at] = Math.min(1, tokens.capitals / 3)
    values[at + 1] = Math.min(1, tokens.elongated / 2)
    values[at + 2] = Math.min(1, tokens.exclamations / 2)
    values[at + 3] = Math.min(1, tokens.questions / 2)
    values[at + 4] = Math.min(1, tokens.hashtags / 3)
    values[at + 5] = Math.log1p(tokens.length) / 5
    values[at + 6] = this.#isReversedOnly
    values[at + 7] = tokens.capitals > 0 ? 1 : 0
  }
}
