import { NEGATOR } from '../flags.ts'
import { hashPart, hashWord } from '../hash.ts'
import { flagKorean } from '../korean.ts'
import { VALENCE_STEPS } from '../lexicon.ts'
import { LONGEST_BEGINNING, plainMark } from '../moods.ts'
import { LONGEST_WORD, spell, Tokens, WORD } from '../tokens.ts'
import type { LabelledPosts } from './data.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

/** From this valence on a word of the lists is one of mood: "like" and "help" are, "please" is not. */
const LEAST_LISTED = 0.7
/** From this valence on a word that no list has, as its vector tells; a common word below the second has no mood. */
const LEAST_MOOD = 0.9
const LEAST_DOUBTFUL = 0.3
/** This number of the commonest words have no mood unless lists or vectors give one. */
const COMMON = 4000
/** So much is added to each sum of squares: vectors of a hundred figures are distinguished by some thousand words. */
const RIDGE = 20

/**
 * The English words that have a mood: those of the lists, and those whose vectors are like theirs, by ridge regression
 * of valences on vectors. And the common words that have none.
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
    // Words that no list has are mostly of no mood; they count for little, since some have one.
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

/** A beginning of a word is one of mood where the posts that have it are so much more often of one mood… */
const LEAST_ODDS = 1.1
/** …and if there are this number of them. */
const LEAST_POSTS = 12
/** A single syllable begins many words: it has to be so more clearly. */
const LEAST_ODDS_OF_ONE = 1.8

/**
 * The beginnings of Korean words that have a mood: those that are in posts of one mood much more often than in those of
 * the other. A beginning that only adds to a shorter one of mood is not kept.
 *
 * @param listed further ones
 */
export function koreanMoods(posts: LabelledPosts, rows: Int32Array, listed: readonly string[]): Int32Array {
  const counts = new Map<number, { negative: number; positive: number; parent: number; size: number }>()
  const tokens = new Tokens()
  const codes = new Uint16Array(LONGEST_WORD)
  for (const row of rows) {
    const label = posts.labels[row] as number
    if (label === 1) continue
    const text = tokens.read(posts.texts[row] as string)
    const seen = new Set<number>()
    for (let token = 0; token < tokens.count; token++) {
      if (tokens.kinds[token] !== WORD) continue
      const size = spell(text, tokens.starts[token] as number, tokens.ends[token] as number, WORD, codes)
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
