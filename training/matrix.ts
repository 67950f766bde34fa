import { CUES, Cues } from '../plugins/scorers/tuned/cues.ts'
import { type FeatureList, type FeatureSettings, Features } from '../plugins/scorers/tuned/features.ts'
import { Lexicon } from '../plugins/scorers/tuned/lexicon.ts'
import { checkOf, slotOf } from '../plugins/scorers/tuned/weights.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

/** The features of all posts, those without a slot left out. */
export interface Matrix {
  /** Which feature has each slot: its check, or 0. */
  readonly owners: Uint8Array
  /** Post `i` has `slots` from `starts[2 * i]` (words) over `starts[2 * i + 1]` (characters) to `starts[2 * i + 2]`. */
  readonly starts: Uint32Array
  readonly slots: Int32Array
  /** Two for each post: what its words' and its characters' weights are multiplied by. */
  readonly scales: Float64Array
  /** Figures for each post: cues, then the mean of its words' vectors. */
  readonly dense: Float32Array
  readonly width: number
}

export interface MatrixSettings {
  readonly features: FeatureSettings
  /** A feature seen less often says more of its few posts than of the language. */
  readonly minCount: number
}

/** Before counts, what is the same feature: slot and check, 28 bits. */
const keyOf = (hash: number, bits: number) => slotOf(hash, bits) * 256 + checkOf(hash)

/** Reads all posts twice: to see which features are worth a slot, and to write those down. */
export function buildMatrix(
  texts: readonly string[],
  settings: MatrixSettings,
  lists: WordLists,
  vectors?: Vectors,
): Matrix {
  const features = new Features(settings.features)
  const { bits } = settings.features
  const owners = findOwners(texts, features, settings, vectors)
  const cues = new Cues(new Lexicon(lists.hashes, lists.valences))
  const width = CUES + (vectors?.dimensions ?? 0)
  const dense = new Float32Array(texts.length * width)
  const starts = new Uint32Array(texts.length * 2 + 1)
  const scales = new Float64Array(texts.length * 2)
  let slots = new Int32Array(1 << 20)
  let end = 0
  const write = ({ hashes, count }: FeatureList) => {
    if (end + count > slots.length) slots = grown(slots, (end + count) * 2)
    for (let index = 0; index < count; index++) {
      const hash = hashes[index] as number
      const slot = slotOf(hash, bits)
      if (owners[slot] === checkOf(hash)) slots[end++] = slot
    }
    return count === 0 ? 0 : 1 / Math.sqrt(count)
  }
  for (const [row, text] of texts.entries()) {
    features.read(text)
    cues.read(features)
    scales[2 * row] = write(features.words)
    starts[2 * row + 1] = end
    scales[2 * row + 1] = write(features.characters)
    starts[2 * row + 2] = end
    dense.set(cues.values, row * width)
    vectors?.add(features, dense, row * width + CUES)
  }
  return { owners, starts, slots: slots.subarray(0, end), scales, dense, width }
}

/** Each slot goes to the most frequent of the features that share it. */
function findOwners(
  texts: readonly string[],
  features: Features,
  { minCount, features: { bits } }: MatrixSettings,
  vectors?: Vectors,
): Uint8Array {
  const counts = new Uint8Array(256 << bits)
  const count = (list: FeatureList) => {
    for (let index = 0; index < list.count; index++) {
      const key = keyOf(list.hashes[index] as number, bits)
      const seen = counts[key] as number
      if (seen < 255) counts[key] = seen + 1
    }
  }
  for (const text of texts) {
    features.read(text)
    count(features.words)
    count(features.characters)
  }
  vectors?.forEachFeature(hash => {
    const key = keyOf(hash, bits)
    counts[key] = 255
  })
  const owners = new Uint8Array(1 << bits)
  for (let slot = 0; slot < owners.length; slot++) {
    let most = minCount - 1
    for (let check = 1; check < 256; check++) {
      const seen = counts[slot * 256 + check] as number
      if (seen <= most) continue
      most = seen
      owners[slot] = check
    }
  }
  return owners
}

function grown(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(values)
  return larger
}
