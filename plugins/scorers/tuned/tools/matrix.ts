import { DENSE_FEATURES, DenseFeatures } from '../dense-features.ts'
import { Dictionary } from '../dictionary.ts'
import type { FeatureSettings } from '../features.ts'
import { Lexicon, Moods } from '../lexicon.ts'
import { Reader } from './reader.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

/** The features of all posts, without rare ones. */
export interface Matrix {
  /** The features, by number. */
  readonly dictionary: Dictionary
  /** The number of occurrences of each feature, and the mean of its factors. */
  readonly counts: Uint32Array
  readonly scaleOf: Float32Array
  /** 1 for a feature of two words. */
  readonly isBetween: Uint8Array
  /** Post `i` has the groups from `posts[i]` up to `posts[i + 1]`. */
  readonly posts: Uint32Array
  /** Group `g` has `features` from `starts[g]` up to `starts[g + 1]`. */
  readonly starts: Uint32Array
  /** The factor of the weights of a group; negative if its classes are reversed. */
  readonly scales: Float32Array
  readonly features: Int32Array
  /**
   * Dense values for each post: its dense features, the sum of the vectors of its words, and the sum of those that
   * are reversed.
   */
  readonly dense: Float32Array
  readonly width: number
  /** From this index on the classes are reversed. */
  readonly reversedFrom: number
}

export interface MatrixSettings {
  readonly language: string
  readonly features: FeatureSettings
  /** A rarer feature reflects its few posts more than the language. */
  readonly minCount: number
}

/** The scaling of texts of eighty characters. */
const USUAL_SCALE = 1 / Math.sqrt(80)

/** Reads all posts twice: to find features that are common enough, and to record them. */
export function buildMatrix(
  texts: readonly string[],
  settings: MatrixSettings,
  lists: WordLists,
  moods: Int32Array,
  vectors?: Vectors,
): Matrix {
  const lexicon = new Lexicon(lists.hashes, lists.valences)
  const reader = new Reader(settings.language, settings.features, lexicon, new Moods(moods))
  const dictionary = findFeatures(texts, reader, settings.minCount, vectors)
  const ofText = new DenseFeatures()
  const dimensions = vectors?.dimensions ?? 0
  const width = DENSE_FEATURES + 2 * dimensions
  const dense = new Float32Array(texts.length * width)
  const counts = new Uint32Array(dictionary.size)
  const scaleSums = new Float32Array(dictionary.size)
  const isBetween = new Uint8Array(dictionary.size)
  const posts = new Uint32Array(texts.length + 1)
  const starts = new Growing(Uint32Array)
  const scales = new Growing(Float32Array)
  const features = new Growing(Int32Array)
  let scale = 0
  let ofTwo = 0
  const sink = {
    group(size: number, reversed: boolean, between = false) {
      // A group without a known feature is overwritten.
      if (starts.length === 0 || starts.at(starts.length - 1) !== features.length)
        starts.push(features.length)
      else scales.length--
      scale = size
      ofTwo = between ? 1 : 0
      scales.push(reversed ? -size : size)
    },
    feature(hash: number) {
      const number = dictionary.find(hash)
      if (number < 0) return
      features.push(number)
      counts[number] = (counts[number] as number) + 1
      scaleSums[number] = (scaleSums[number] as number) + scale
      isBetween[number] = ofTwo
    },
  }
  for (const [row, text] of texts.entries()) {
    reader.cut(text)
    reader.features(sink)
    // The next post begins a group of its own.
    if (starts.length > 0 && starts.at(starts.length - 1) === features.length) {
      starts.length--
      scales.length--
    }
    posts[row + 1] = starts.length
    ofText.read(reader.tokens, reader.units)
    dense.set(ofText.values, row * width)
    vectors?.add(reader, settings.features.words.scale, dense, row * width + DENSE_FEATURES)
  }
  starts.push(features.length)
  return {
    dictionary,
    counts,
    // A word known only from vectors is scaled like a word of a text of usual length.
    scaleOf: scaleSums.map((sum, number) =>
      counts[number] === 0 ? settings.features.words.scale * USUAL_SCALE : sum / (counts[number] as number),
    ),
    isBetween,
    posts,
    starts: starts.values(),
    scales: scales.values(),
    features: features.values(),
    dense,
    width,
    reversedFrom: DENSE_FEATURES + dimensions,
  }
}

/** Features that are common enough, and all words with a vector. */
function findFeatures(
  texts: readonly string[],
  reader: Reader,
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
  const sink = { group() {}, feature: (hash: number) => count(hash, 1) }
  for (const text of texts) {
    reader.cut(text)
    reader.features(sink)
  }
  vectors?.forEachFeature(hash => count(hash, minCount))
  const kept = new Dictionary()
  for (let number = 0; number < seen.size; number++)
    if ((counts[number] as number) >= minCount) kept.add(seen.hashes[number] as number)
  return kept
}

type Numbers = Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>

/** A typed array that can grow. */
class Growing<T extends Numbers> {
  length = 0
  #values: T
  readonly #make: new (
    length: number,
  ) => T

  constructor(make: new (length: number) => T) {
    this.#make = make
    this.#values = new make(1 << 16)
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new this.#make(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index] as number
  }

  values(): T {
    return this.#values.subarray(0, this.length) as T
  }
}
