import { DENSE_FEATURES } from '../dense-features.ts'
import { BUCKET, checkOf, STRIDE, slotOf } from '../weights.ts'
import { findCodes, nearest } from './codebook.ts'
import type { Matrix } from './matrix.ts'
import type { Weights } from './sgd.ts'
import type { Vectors } from './vectors.ts'

export const NEGATIVE = 0
export const NEUTRAL = 1
export const POSITIVE = 2

/** The weight of one class minus that of neutral; each index has weights of three classes. */
export const againstNeutral = (values: ArrayLike<number>, index: number, c: number): number =>
  (values[3 * index + c] as number) - (values[3 * index + NEUTRAL] as number)

/** Numbers in the header have six digits, more precise than the weights of a byte. */
export const rounded = (value: number): number => Number(value.toPrecision(6))

/** The slots of a model file, and the weights of their codes. */
export interface Packed {
  readonly slots: Uint8Array
  readonly between: Uint8Array | undefined
  readonly codes: Float64Array
}

/**
 * Packs the features of training into slots. Of those that share a slot the most important one is kept: by the square
 * of its weights, its number of occurrences and its mean factor. Most features have weights near zero and can be
 * dropped.
 */
export function pack(
  matrix: Matrix,
  weights: Weights,
  settings: { readonly slots: number; readonly between?: number | undefined },
  vectors: Vectors | undefined,
): Packed {
  const odds = oddsOf(matrix, weights, vectors)
  const { slots, between } = settings
  const isOfTwo = (feature: number) => matrix.isBetween[feature] === 1
  const owners = findOwners(matrix, odds, slots, feature => between === undefined || !isOfTwo(feature))
  const ownersBetween = between === undefined ? undefined : findOwners(matrix, odds, between, isOfTwo)
  const kept = Int32Array.from([...owners, ...(ownersBetween ?? [])]).filter(feature => feature >= 0)
  const codes = findCodes({
    x: Float32Array.from(kept, feature => odds[2 * feature] as number),
    y: Float32Array.from(kept, feature => odds[2 * feature + 1] as number),
    weight: Float32Array.from(kept, feature => importance(matrix, feature)),
  })
  const bytesOf = (owners: Int32Array) => {
    const bytes = new Uint8Array(owners.length * STRIDE)
    for (const [slot, feature] of owners.entries()) {
      if (feature < 0) continue
      const check = checkOf(matrix.dictionary.hashes[feature] as number)
      const code = nearest(codes, odds[2 * feature] as number, odds[2 * feature + 1] as number)
      bytes.set([check, code], slot * STRIDE)
    }
    return bytes
  }
  return { slots: bytesOf(owners), between: ownersBetween && bytesOf(ownersBetween), codes }
}

/** The cost of a wrong weight of a feature: its number of occurrences and its mean factor. */
const importance = ({ counts, scaleOf }: Matrix, feature: number) =>
  (1 + (counts[feature] as number)) * (scaleOf[feature] as number) ** 2

/** The feature that each slot keeps, of those for which `isAsked` is true; -1 for none. */
function findOwners(
  matrix: Matrix,
  odds: Float32Array,
  slots: number,
  isAsked: (feature: number) => boolean,
): Int32Array {
  const { dictionary } = matrix
  const buckets = slots / BUCKET
  const owners = new Int32Array(slots).fill(-1)
  const most = new Float32Array(slots)
  for (let feature = 0; feature < dictionary.size; feature++) {
    if (!isAsked(feature)) continue
    const negative = odds[2 * feature] as number
    const positive = odds[2 * feature + 1] as number
    const worth = importance(matrix, feature) * ((positive - negative) ** 2 + positive ** 2 + negative ** 2)
    const slot = slotOf(dictionary.hashes[feature] as number, buckets)
    if (worth <= (most[slot] as number)) continue
    most[slot] = worth
    owners[slot] = feature
  }
  return owners
}

/**
 * Two weights for each feature: negative and positive, relative to neutral. Vectors are included in the weights of
 * words.
 */
function oddsOf(matrix: Matrix, weights: Weights, vectors: Vectors | undefined): Float32Array {
  const { dictionary } = matrix
  const odds = new Float32Array(2 * dictionary.size)
  const add = (feature: number, negative: number, positive: number) => {
    odds[2 * feature] = (odds[2 * feature] as number) + negative
    odds[2 * feature + 1] = (odds[2 * feature + 1] as number) + positive
  }
  const weightsOf = (feature: number) =>
    [NEGATIVE, POSITIVE].map(c => againstNeutral(weights.features, feature, c)) as [number, number]
  for (let feature = 0; feature < dictionary.size; feature++) add(feature, ...weightsOf(feature))
  vectors?.forEachFeature((hash, weightOf) => {
    const [negative, neutral, positive] = [NEGATIVE, NEUTRAL, POSITIVE].map(c =>
      weightOf(weights.dense, 3 * DENSE_FEATURES + c, 3),
    ) as [number, number, number]
    add(dictionary.find(hash), negative - neutral, positive - neutral)
  })
  return odds
}
