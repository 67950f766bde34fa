import { NEGATOR } from '../flags.ts'
import { hashPart, hashWord } from '../hash.ts'
import { flagKorean } from '../korean.ts'
import { LONGEST_BEGINNING, plainMark, VALENCE_STEPS } from '../lexicon.ts'
import { LONGEST_WORD, Tokens, WORD } from '../tokens.ts'
import type { LabelledPosts } from './data.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

/** Listed words with at least this absolute valence are words of mood: "like" and "help" are, "please" is not. */
const LEAST_LISTED = 0.7
/**
 * The same threshold for unlisted words with a valence predicted from their vector; below the second a common word
 * has no mood.
 */
const LEAST_MOOD = 0.9
const LEAST_DOUBTFUL = 0.3
/** This many of the most common words have no mood, except by lists or vectors. */
const COMMON = 4000
/** The ridge added to each sum of squares: vectors of a hundred dimensions are fitted to about a thousand words. */
const RIDGE = 20

/**
 * The English words of mood: those of the lists, and those with similar vectors, by ridge regression of valences on
 * vectors. Also the common words without a mood.
 */
export function englishMoods(lists: WordLists, vectors: Vectors | undefined): Int32Array {
  const known = new Map<number, number>()
  const moods = new Set<number>()
  for (const [index, hash] of lists.hashes.entries()) {
    const valences = [lists.valences[2 * index] as number, lists.valences[2 * index + 1] as number]
    const valence = (valences[0] !== 0 ? (valences[0] as number) : (valences[1] as number)) / VALENCE_STEPS
    known.set(hash, valence)
    if (Math.abs(valence) >= LEAST_LISTED) moods.add(hash)
  }
  let rank = 0
  if (vectors !== undefined)
    for (const [hash, mood] of moodByVectors(known, vectors)) {
      const isCommon = rank++ < COMMON
      if (moods.has(hash)) continue
      if (!known.has(hash) && Math.abs(mood) >= LEAST_MOOD) moods.add(hash)
      else if (isCommon && Math.abs(mood) < LEAST_DOUBTFUL) moods.add(plainMark(hash))
    }
  return sorted([...moods])
}

export function* moodByVectors(
  known: ReadonlyMap<number, number>,
  vectors: Vectors,
): Generator<[number, number]> {
  const { dimensions: n, values } = vectors
  const squares = new Float64Array(n * n)
  const sums = new Float64Array(n)
  for (const hash of vectors.words()) {
    const valence = known.get(hash) ?? 0
    // Unlisted words mostly have no mood; they have a low weight, because some do.
    const weight = known.has(hash) ? 1 : 0.1
    const first = (vectors.rowOf(hash) as number) * n
    for (let a = 0; a < n; a++) {
      const value = weight * (values[first + a] as number)
      sums[a] = (sums[a] as number) + value * valence
      for (let b = 0; b < n; b++)
        squares[a * n + b] = (squares[a * n + b] as number) + value * (values[first + b] as number)
    }
  }
  for (let a = 0; a < n; a++) squares[a * n + a] = (squares[a * n + a] as number) + RIDGE
  const weights = solve(squares, sums, n)
  for (const hash of vectors.words()) {
    const first = (vectors.rowOf(hash) as number) * n
    let valence = 0
    for (let a = 0; a < n; a++) valence += (weights[a] as number) * (values[first + a] as number)
    yield [hash, valence]
  }
}

/** Solves a symmetric, positive definite system by Gaussian elimination, in place. */
function solve(matrix: Float64Array, right: Float64Array, n: number): Float64Array {
  for (let column = 0; column < n; column++)
    for (let row = column + 1; row < n; row++) {
      const factor = (matrix[row * n + column] as number) / (matrix[column * n + column] as number)
      if (factor === 0) continue
      for (let k = column; k < n; k++)
        matrix[row * n + k] = (matrix[row * n + k] as number) - factor * (matrix[column * n + k] as number)
      right[row] = (right[row] as number) - factor * (right[column] as number)
    }
  for (let row = n - 1; row >= 0; row--) {
    let sum = right[row] as number
    for (let k = row + 1; k < n; k++) sum -= (matrix[row * n + k] as number) * (right[k] as number)
    right[row] = sum / (matrix[row * n + row] as number)
  }
  return right
}

/** The beginning of a word has a mood if the posts that contain it have one mood this much more often… */
const LEAST_ODDS = 1.1
/** …and there are this many of them. */
const LEAST_POSTS = 12
/** A single syllable begins many words, so its threshold is higher. */
const LEAST_ODDS_OF_ONE = 1.8

/**
 * The beginnings of Korean words of mood: those that occur much more often in posts of one mood than of the other. A
 * beginning that only extends a shorter one is left out.
 *
 * @param listed further beginnings
 */
export function koreanMoods(posts: LabelledPosts, rows: Int32Array, listed: readonly string[]): Int32Array {
  const counts = new Map<number, { negative: number; positive: number; parent: number; size: number }>()
  const tokens = new Tokens()
  const codes = new Uint16Array(LONGEST_WORD)
  for (const row of rows) {
    const label = posts.labels[row] as number
    if (label === 1) continue
    tokens.read(posts.texts[row] as string)
    const seen = new Set<number>()
    for (let token = 0; token < tokens.count; token++) {
      if (tokens.kinds[token] !== WORD) continue
      const size = tokens.spell(token, codes)
      if ((codes[0] as number) < 0xac00 || (codes[0] as number) > 0xd7a3) continue
      if ((flagKorean(String.fromCharCode(...codes.subarray(0, size))) & NEGATOR) !== 0) continue
      for (let end = 1; end <= Math.min(size, LONGEST_BEGINNING); end++) {
        const hash = hashPart(codes, 0, end)
        if (seen.has(hash)) continue
        seen.add(hash)
        const count = counts.get(hash) ?? {
          negative: 0,
          positive: 0,
          parent: hashPart(codes, 0, end - 1),
          size: end,
        }
        if (label === 0) count.negative++
        else count.positive++
        counts.set(hash, count)
      }
    }
  }
  const moods = new Set<number>()
  for (const [hash, { negative, positive, size }] of counts) {
    const odds = Math.abs(Math.log((positive + 2) / (negative + 2)))
    if (negative + positive >= LEAST_POSTS && odds >= (size === 1 ? LEAST_ODDS_OF_ONE : LEAST_ODDS))
      moods.add(hash)
  }
  for (const hash of moods) {
    const parent = counts.get(hash)?.parent
    if (parent !== undefined && moods.has(parent)) moods.delete(hash)
  }
  for (const word of listed) moods.add(hashWord(word))
  return sorted([...moods])
}

const sorted = (hashes: readonly number[]) => Int32Array.from(hashes).toSorted()
