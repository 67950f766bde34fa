import { readFileSync } from 'node:fs'
import { CUES, Cues } from './cues.ts'
import type { FeatureList } from './feature-list.ts'
import { Features } from './features.ts'
import { Lexicon } from './lexicon.ts'
import { decodeModel, type ModelParts } from './model-file.ts'
import type { ModelHeader } from './model-header.ts'
import { Pooled } from './pooled.ts'
import { type Probabilities, probabilitiesOf, scoreOf } from './score.ts'
import { CODES, checkOf, PORTION, STRIDE, slotOf } from './weights.ts'

/**
 * What the largest weight of the code book is in whole numbers, which add up faster. A part has fewer than 2 ** 17
 * features of any text (model-header.ts bounds what they are), so that sums fit 32 bits.
 */
const WHOLE = 2 ** 14

/**
 * A classifier of three classes: multinomial logistic regression over hashed n-grams and a few cues, and in some
 * languages a small pooled network. One instance reads one text at a time; what its fields hold is of the latest.
 */
export class Model {
  readonly header: ModelHeader
  readonly features: Features
  readonly cues: Cues
  readonly pooled: Pooled | undefined
  /** For each slot its code above its check: one look brings both. */
  readonly #slots: Uint16Array
  readonly #portions: number
  /** What each code adds to the log odds of negative and of positive, in units of {@link #unit}. */
  readonly #negative: Int32Array
  readonly #positive: Int32Array
  readonly #unit: number
  readonly #cueWeights: Float64Array

  /** Log odds against neutral of the latest text, not yet calibrated. */
  negative = 0
  positive = 0

  constructor({ header, slots, hashes, valences, pooled }: ModelParts) {
    this.header = header
    this.features = new Features(header.features)
    this.cues = new Cues(new Lexicon(hashes, valences))
    this.#slots = new Uint16Array(header.features.slots)
    for (let slot = 0; slot < this.#slots.length; slot++)
      this.#slots[slot] = ((slots[slot * STRIDE + 1] as number) << 8) | (slots[slot * STRIDE] as number)
    this.pooled = pooled && new Pooled(pooled)
    this.#portions = header.features.slots / PORTION
    this.#unit = Math.max(...header.codes.map(Math.abs)) / WHOLE
    const whole = (at: number) => Math.round((header.codes[at] as number) / this.#unit)
    this.#negative = Int32Array.from({ length: CODES }, (_, code) => whole(2 * code))
    this.#positive = Int32Array.from({ length: CODES }, (_, code) => whole(2 * code + 1))
    this.#cueWeights = Float64Array.from(header.cues)
  }

  /** @throws Error in one line, where there is no such file or it is no sound model */
  static load(path: string): Model {
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (error) {
      throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
    }
    return new Model(decodeModel(bytes, path))
  }

  /** The score of a text in [-1, 1], or null where there is nothing to go by: no word, no sign, no picture. */
  score(text: string): number | null {
    return this.read(text) ? scoreOf(this.#odds(this.negative), this.#odds(this.positive)) : null
  }

  /** How likely each class is, were all three equally common; null as for {@link score}. */
  probabilities(text: string): Probabilities | null {
    return this.read(text) ? probabilitiesOf(this.#odds(this.negative), this.#odds(this.positive)) : null
  }

  /** Reads a text into {@link negative} and {@link positive}; false where it has no token. */
  read(text: string): boolean {
    const { features, cues, pooled } = this
    features.read(text)
    if (features.tokens.count === 0) return false
    cues.read(features)
    const [negative, positive] = this.header.bias
    this.negative = negative
    this.positive = positive
    for (const list of features.parts) this.#addList(list)
    this.#addCues()
    if (pooled !== undefined) {
      pooled.read(features.tokens, features.negated)
      this.negative += pooled.negative
      this.positive += pooled.positive
    }
    return true
  }

  /** Towards positive less towards negative: what one feature of a list adds to the log odds. */
  leaning(list: FeatureList, index: number): number {
    const hash = list.hashes[index] as number
    const entry = this.#slots[slotOf(hash, this.#portions)] as number
    if ((entry & 0xff) !== checkOf(hash)) return 0
    const code = entry >>> 8
    const weight = (this.#positive[code] as number) - (this.#negative[code] as number)
    return (weight * this.#unit * list.scale) / Math.sqrt(list.count)
  }

  cueLeaning(cue: number): number {
    const weight = (this.#cueWeights[2 * cue + 1] as number) - (this.#cueWeights[2 * cue] as number)
    return weight * (this.cues.values[cue] as number)
  }

  #odds(raw: number): number {
    return raw * this.header.temperature
  }

  /** The hot path: some 400 features of a post pass here. */
  #addList({ hashes, count, scale }: FeatureList): void {
    if (count === 0) return
    const slots = this.#slots
    const portions = this.#portions
    const towardsNegative = this.#negative
    const towardsPositive = this.#positive
    let negative = 0
    let positive = 0
    for (let index = 0; index < count; index++) {
      const hash = hashes[index] as number
      const entry = slots[slotOf(hash, portions)] as number
      // All ones where the slot is the feature's, else 0, and code 0 adds nothing: no processor could guess which.
      const known = (((entry ^ checkOf(hash)) & 0xff) - 1) >> 31
      const code = (entry >>> 8) & known
      negative = (negative + (towardsNegative[code] as number)) | 0
      positive = (positive + (towardsPositive[code] as number)) | 0
    }
    const size = (this.#unit * scale) / Math.sqrt(count)
    this.negative += negative * size
    this.positive += positive * size
  }

  #addCues(): void {
    const weights = this.#cueWeights
    const { values } = this.cues
    for (let cue = 0; cue < CUES; cue++) {
      const value = values[cue] as number
      if (value === 0) continue
      this.negative += (weights[2 * cue] as number) * value
      this.positive += (weights[2 * cue + 1] as number) * value
    }
  }
}
