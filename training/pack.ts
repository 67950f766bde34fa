import { CUES } from '../plugins/scorers/tuned/cues.ts'
import { checkOf, quantise, STRIDE, slotOf } from '../plugins/scorers/tuned/weights.ts'
import type { Matrix } from './matrix.ts'
import type { Weights } from './sgd.ts'
import type { Vectors } from './vectors.ts'

/** The share of slots whose weights are cut to the largest that a byte says: a handful of very common n-grams. */
const CUT_SHARE = 0.0001

export const NEGATIVE = 0
export const NEUTRAL = 1
export const POSITIVE = 2

/** The weight of one class less that of neutral, where each index has weights of three classes. */
export const againstNeutral = (values: ArrayLike<number>, index: number, c: number): number =>
  (values[3 * index + c] as number) - (values[3 * index + NEUTRAL] as number)

/** Slots as a model file has them. */
export interface Packed {
  readonly bytes: Uint8Array
  /** The weight of the byte 127. */
  readonly largest: number
}

/**
 * Packs the slots of training into fewer: of those that become one, the feature that matters most stays, by the square
 * of its weights times how often it occurs. Most features of training have next to no weight, and are not missed.
 *
 * @param bits of slots in the file, at most those of training
 */
export function pack(matrix: Matrix, weights: Weights, bits: number, vectors: Vectors | undefined): Packed {
  const odds = oddsOf(matrix, weights, vectors)
  const counts = new Float64Array(matrix.owners.length).fill(1)
  for (const slot of matrix.slots) counts[slot] = (counts[slot] as number) + 1
  const together = matrix.owners.length >> bits
  const kept = Int32Array.from({ length: 2 ** bits }, (_, slot) => {
    let best = -1
    let most = 0
    for (let from = slot * together; from < (slot + 1) * together; from++) {
      const negative = odds[2 * from] as number
      const positive = odds[2 * from + 1] as number
      const worth = (counts[from] as number) * ((positive - negative) ** 2 + positive ** 2 + negative ** 2)
      if (worth <= most) continue
      most = worth
      best = from
    }
    return best
  })
  const largest = largestOf(odds, kept)
  const bytes = new Uint8Array(kept.length * STRIDE)
  for (const [slot, from] of kept.entries()) {
    if (from < 0) continue
    const negative = quantise(odds[2 * from] as number, largest)
    const positive = quantise(odds[2 * from + 1] as number, largest)
    if (negative !== 0 || positive !== 0)
      bytes.set([matrix.owners[from] as number, negative, positive], slot * STRIDE)
  }
  return { bytes, largest }
}

/** Two for each slot: towards negative and towards positive, against neutral. Vectors are in their words' weights. */
function oddsOf(matrix: Matrix, { slots, dense }: Weights, vectors: Vectors | undefined): Float32Array {
  const odds = new Float32Array(2 * matrix.owners.length)
  for (let slot = 0; slot < matrix.owners.length; slot++) {
    odds[2 * slot] = againstNeutral(slots, slot, NEGATIVE)
    odds[2 * slot + 1] = againstNeutral(slots, slot, POSITIVE)
  }
  const bits = Math.log2(matrix.owners.length)
  vectors?.forEachFeature((hash, weightOf) => {
    const slot = slotOf(hash, bits)
    if (matrix.owners[slot] !== checkOf(hash)) return
    const neutral = weightOf(dense, 3 * CUES + NEUTRAL, 3)
    odds[2 * slot] = (odds[2 * slot] as number) + weightOf(dense, 3 * CUES + NEGATIVE, 3) - neutral
    odds[2 * slot + 1] = (odds[2 * slot + 1] as number) + weightOf(dense, 3 * CUES + POSITIVE, 3) - neutral
  })
  return odds
}

function largestOf(odds: Float32Array, kept: Int32Array): number {
  const slots = kept.filter(from => from >= 0)
  const sizes = new Float32Array(2 * slots.length)
  for (const [index, from] of slots.entries())
    sizes.set([Math.abs(odds[2 * from] as number), Math.abs(odds[2 * from + 1] as number)], 2 * index)
  sizes.sort()
  return sizes[Math.floor((sizes.length - 1) * (1 - CUT_SHARE))] ?? 1
}
