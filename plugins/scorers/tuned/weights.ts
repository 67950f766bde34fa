/** Bytes for each slot: a check, the weight towards negative, the weight towards positive. */
export const STRIDE = 3

/** Which of 2 ** bits slots has the weights of a feature, if any has. */
export const slotOf = (hash: number, bits: number): number => hash >>> (32 - bits)

/**
 * What tells a feature from the others of its slot, from 1 to 255; an empty slot has 0. Without it a feature that
 * training never saw would get the weights of one that it did.
 */
export const checkOf = (hash: number): number => 1 + (((hash & 0xffff) * 255) >>> 16)

/** A weight's byte is the root of it, so that small weights keep their size: ±127 for the largest. */
export function quantise(weight: number, largest: number): number {
  const root = Math.round(127 * Math.sqrt(Math.min(1, Math.abs(weight) / largest)))
  return (weight < 0 ? -root : root) & 0xff
}

/** The weight of the byte 127 in {@link WEIGHT_OF_BYTE}. Whole numbers add up faster, and in any order to the same. */
export const WHOLE = 127 * 127

/** The weight of each byte, from -{@link WHOLE} to {@link WHOLE}. */
export const WEIGHT_OF_BYTE = Int32Array.from({ length: 256 }, (_, byte) => {
  const root = byte < 128 ? byte : byte - 256
  return Math.sign(root) * root * root
})
