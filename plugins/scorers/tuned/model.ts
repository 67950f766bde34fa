import { readFileSync } from 'node:fs'
import { CUES, Cues } from './cues.ts'
import { type FeatureList, Features } from './features.ts'
import { Lexicon } from './lexicon.ts'
import { decodeModel, type ModelHeader, type ModelParts } from './model-file.ts'
import { type Probabilities, probabilitiesOf, scoreOf } from './score.ts'
import { checkOf, STRIDE, slotOf, WEIGHT_OF_BYTE, WHOLE } from './weights.ts'

/**
 * A linear classifier of three classes over hashed n-grams and a few cues: multinomial logistic regression. One
 * instance reads one text at a time; what its fields hold is of the latest.
 */
export class Model {
  readonly header: ModelHeader
  readonly features: Features
  readonly cues: Cues
  readonly #weights: Uint8Array
  readonly #cueWeights: Float64Array

  /** Log odds against neutral of the latest text, not yet calibrated. */
  negative = 0
  positive = 0

  constructor({ header, weights, hashes, valences }: ModelParts) {
    this.header = header
    this.features = new Features(header.features)
    this.cues = new Cues(new Lexicon(hashes, valences))
    this.#weights = weights
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
    const { features, cues } = this
    features.read(text)
    if (features.tokens.count === 0) return false
    cues.read(features)
    const [negative, positive] = this.header.bias
    this.negative = negative
    this.positive = positive
    this.#addList(features.words)
    this.#addList(features.characters)
    this.#addCues()
    return true
  }

  /** Towards positive less towards negative: what one feature of a list adds to the log odds. */
  leaning(list: FeatureList, index: number): number {
    const hash = list.hashes[index] as number
    const at = slotOf(hash, this.header.features.bits) * STRIDE
    if (this.#weights[at] !== checkOf(hash)) return 0
    const weight = this.#weightAt(at + 2) - this.#weightAt(at + 1)
    return (weight * this.header.largest) / WHOLE / Math.sqrt(list.count)
  }

  cueLeaning(cue: number): number {
    const weight = (this.#cueWeights[2 * cue + 1] as number) - (this.#cueWeights[2 * cue] as number)
    return weight * (this.cues.values[cue] as number)
  }

  #weightAt(at: number): number {
    return WEIGHT_OF_BYTE[this.#weights[at] as number] as number
  }

  #odds(raw: number): number {
    return raw * this.header.temperature
  }

  /** The hot path: some 400 features of a tweet pass here. */
  #addList({ hashes, count }: FeatureList): void {
    const weights = this.#weights
    const shift = 32 - this.header.features.bits
    let negative = 0
    let positive = 0
    for (let index = 0; index < count; index++) {
      const hash = hashes[index] as number
      const at = (hash >>> shift) * STRIDE
      if (weights[at] !== checkOf(hash)) continue
      negative = (negative + (WEIGHT_OF_BYTE[weights[at + 1] as number] as number)) | 0
      positive = (positive + (WEIGHT_OF_BYTE[weights[at + 2] as number] as number)) | 0
    }
    if (count === 0) return
    const scale = this.header.largest / WHOLE / Math.sqrt(count)
    this.negative += negative * scale
    this.positive += positive * scale
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
