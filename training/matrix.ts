import { CUES, Cues } from '../plugins/scorers/tuned/cues.ts'
import { Dictionary } from '../plugins/scorers/tuned/dictionary.ts'
import type { FeatureList } from '../plugins/scorers/tuned/feature-list.ts'
import { type FeatureSettings, Features, PARTS } from '../plugins/scorers/tuned/features.ts'
import { Lexicon } from '../plugins/scorers/tuned/lexicon.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

/** How many parts a post's features have. */
export const PART_COUNT = PARTS.length

/** The features of all posts but for those too rare. */
export interface Matrix {
  /** The features, by number. */
  readonly dictionary: Dictionary
  /** How often each feature occurs, and the scale of its part. */
  readonly counts: Uint32Array
  readonly scaleOf: Float32Array
  /** Part `p` of post `i` has `features` from `starts[PART_COUNT * i + p]` up to the next start. */
  readonly starts: Uint32Array
  readonly features: Int32Array
  /** One for each part of a post: what its weights are multiplied by. */
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

/** Reads all posts twice: to see which features are common enough, and to write those down. */
export function buildMatrix(
  texts: readonly string[],
  settings: MatrixSettings,
  lists: WordLists,
  vectors?: Vectors,
): Matrix {
  const features = new Features(settings.features)
  const dictionary = findFeatures(texts, features, settings.minCount, vectors)
  const cues = new Cues(new Lexicon(lists.hashes, lists.valences))
  const width = CUES + (vectors?.dimensions ?? 0)
  const dense = new Float32Array(texts.length * width)
  const scaleOf = new Float32Array(dictionary.size).fill(settings.features.words.scale)
  const starts = new Uint32Array(texts.length * PART_COUNT + 1)
  const scales = new Float64Array(texts.length * PART_COUNT)
  let numbers = new Int32Array(1 << 20)
  let end = 0
  const write = ({ hashes, count, scale }: FeatureList) => {
    if (end + count > numbers.length) numbers = grown(numbers, (end + count) * 2)
    for (let index = 0; index < count; index++) {
      const number = dictionary.find(hashes[index] as number)
      if (number < 0) continue
      scaleOf[number] = scale
      numbers[end++] = number
    }
  }
  for (const [row, text] of texts.entries()) {
    features.read(text)
    cues.read(features)
    const first = row * PART_COUNT
    for (const [part, list] of features.parts.entries()) {
      scales[first + part] = list.count === 0 ? 0 : list.scale / Math.sqrt(list.count)
      write(list)
      starts[first + part + 1] = end
    }
    dense.set(cues.values, row * width)
    vectors?.add(features, dense, row * width + CUES)
  }
  const counts = new Uint32Array(dictionary.size)
  for (let index = 0; index < end; index++) {
    const number = numbers[index] as number
    counts[number] = (counts[number] as number) + 1
  }
  return {
    dictionary,
    counts,
    scaleOf,
    starts,
    features: numbers.subarray(0, end),
    scales,
    dense,
    width,
  }
}

/** The features that are common enough, and all words that vectors tell something of. */
function findFeatures(
  texts: readonly string[],
  features: Features,
  minCount: number,
  vectors: Vectors | undefined,
): Dictionary {
  const seen = new Dictionary()
  let counts = new Uint8Array(seen.hashes.length)
  const count = (hash: number, times: number) => {
    const number = seen.add(hash)
    if (number >= counts.length) {
      const larger = new Uint8Array(seen.hashes.length)
      larger.set(counts)
      counts = larger
    }
    counts[number] = Math.min(255, (counts[number] as number) + times)
  }
  for (const text of texts) {
    features.read(text)
    for (const list of features.parts)
      for (let index = 0; index < list.count; index++) count(list.hashes[index] as number, 1)
  }
  vectors?.forEachFeature(hash => count(hash, minCount))
  const kept = new Dictionary()
  for (let number = 0; number < seen.size; number++)
    if ((counts[number] as number) >= minCount) kept.add(seen.hashes[number] as number)
  return kept
}

function grown(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(values)
  return larger
}
