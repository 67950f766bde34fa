export const PRIME = 0x01000193

/** The start of every hash: the offset of 32-bit FNV-1a. */
export const SEED = 0x811c9dc5 | 0

/** Adds one code unit, or another hash, to a hash. */
export const step = (hash: number, value: number): number => Math.imul(hash ^ value, PRIME)

/**
 * Adds one code unit to a check: a second hash of a word, independent of the first. Among hundreds of thousands of
 * words some have the same hash; none has the same check as well.
 */
export const stepCheck = (check: number, unit: number): number => (Math.imul(check, 31) + unit) | 0

/** The check of code units. */
export function checkPart(codes: Uint16Array, from: number, to: number): number {
  let check = 0
  for (let index = from; index < to; index++) check = stepCheck(check, codes[index] as number)
  return check
}

/** Distributes a hash over all 32 bits: the last steps of MurmurHash3. */
export function spread(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

const NEGATED = 0x38495ab5

/** The hash of a token, or of the same token in the scope of a negator, as a different word. */
export const markedHash = (token: number, negated: number): number =>
  negated === 1 ? step(token, NEGATED) : token

/** The hash of a word in the form of tokens: in lower case, runs of a letter reduced to two. */
export function hashWord(word: string): number {
  let hash = SEED
  for (let index = 0; index < word.length; index++) hash = step(hash, word.charCodeAt(index))
  return hash
}

/** The hash of code units, equal to that of {@link hashWord} for the same text. */
export function hashPart(codes: Uint16Array, from: number, to: number): number {
  let hash = SEED
  for (let index = from; index < to; index++) hash = step(hash, codes[index] as number)
  return hash
}
