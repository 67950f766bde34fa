import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type LabelledPosts, readLabelled } from './data.ts'
import { randomFolds } from './folds.ts'
import { englishPairs } from './made/english-pairs.ts'
import { koreanPairs } from './made/korean-pairs.ts'
import { koreanPlain } from './made/korean-plain.ts'
import type { Made } from './made/made.ts'
import type { Recipe } from './recipes.ts'

/** Posts added to the labelled ones, with their weights. */
interface Addition {
  readonly texts: readonly string[]
  /** Three numbers for each post. */
  readonly targets: readonly number[]
  readonly weight: number
  readonly isMade: boolean
}

const ONE: readonly (readonly number[])[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
]

const ofMade = (made: readonly Made[], weight: number): Addition => ({
  texts: made.map(({ text }) => text),
  targets: made.flatMap(({ label }) => ONE[label] as readonly number[]),
  weight,
  isMade: true,
})

/** Kinds of plain texts that express a mood more often than others, with the share that counts as neutral. */
const NEUTRAL_SHARE: Readonly<Record<string, number>> = { everyday: 0.85, fragment: 0.9, statement: 0.93 }

export interface PlainText {
  readonly kind: string
  readonly text: string
}

/** One in this many plain texts is kept for tests. */
const PLAIN_PARTS = 10

/** Korean texts that mostly express no mood: for training, and for tests. */
export function readPlain(folder: string): { training: PlainText[]; test: PlainText[] } {
  const rows = readRows(join(folder, 'ko-plain.tsv.gz')).map(([kind = '', text = '']) => ({ kind, text }))
  const { of } = randomFolds(
    rows.map(({ text }) => text),
    PLAIN_PARTS,
  )
  return { training: rows.filter((_, row) => of[row] !== 0), test: rows.filter((_, row) => of[row] === 0) }
}

export interface RatedText {
  readonly kind: string
  /** From -4 to 4. */
  readonly rating: number
  readonly text: string
}

/** One in this many rated sentences is kept for tests. */
const RATED_PARTS = 5

/** English sentences rated by people: for training, and for tests. */
export function readRated(folder: string): { training: RatedText[]; test: RatedText[] } {
  const rows = readRows(join(folder, 'en-intensity.tsv.gz')).map(([kind = '', rating, text = '']) => ({
    kind,
    rating: Number(rating),
    text,
  }))
  const { of } = randomFolds(
    rows.map(({ text }) => text),
    RATED_PARTS,
  )
  return { training: rows.filter((_, row) => of[row] !== 0), test: rows.filter((_, row) => of[row] === 0) }
}

/** From this absolute rating on, a sentence is entirely positive or negative; at half of it, half neutral. */
const FULL_RATING = 2

function sharesOf(rating: number): number[] {
  const mood = Math.min(1, Math.abs(rating) / FULL_RATING)
  return rating < 0 ? [mood, 1 - mood, 0] : [0, 1 - mood, mood]
}

/** The rows of a file with a header; none if the file does not exist. */
function readRows(path: string): string[][] {
  if (!existsSync(path)) return []
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .slice(1)
    .filter(line => line !== '')
    .map(line => line.trimEnd().split('\t'))
}

/** The labelled posts of a recipe, with the posts added for training. */
export function readCorpus(recipe: Recipe, path: string): LabelledPosts {
  return withAdditions(readLabelled(path), additionsFor(recipe))
}

function additionsFor({ language, folder, made }: Recipe): Addition[] {
  if (made === undefined) return []
  if (language === 'en') {
    const rated = readRated(folder).training
    return [
      {
        texts: rated.map(({ text }) => text),
        targets: rated.flatMap(({ rating }) => sharesOf(rating)),
        weight: made.ratedWeight,
        // Their moods are distributed as in reviews, not as in the posts to score.
        isMade: true,
      },
      ofMade(englishPairs(0, made.pairs, 11), made.pairWeight),
    ]
  }
  if (language !== 'ko') return []
  const plain = readPlain(folder).training
  return [
    {
      texts: plain.map(({ text }) => text),
      targets: plain.flatMap(({ kind }) => {
        const neutral = NEUTRAL_SHARE[kind] ?? 1
        return [(1 - neutral) / 2, neutral, (1 - neutral) / 2]
      }),
      weight: made.plainWeight,
      isMade: false,
    },
    ofMade(koreanPairs(0, made.pairs, 12), made.pairWeight),
    ofMade(koreanPlain(0, made.plain, 13), made.plainWeight),
  ]
}

/** Added posts come after the labelled ones, generated ones last; they are never in a test fold. */
function withAdditions(posts: LabelledPosts, additions: readonly Addition[]): LabelledPosts {
  const texts = [...posts.texts]
  const labels = [...posts.labels]
  const targets = [...posts.targets]
  const weights = [...posts.weights]
  let madeFrom = posts.labelled
  for (const addition of additions) {
    if (!addition.isMade) madeFrom += addition.texts.length
    for (const [row, text] of addition.texts.entries()) {
      const target = addition.targets.slice(3 * row, 3 * row + 3)
      texts.push(text)
      labels.push(target.indexOf(Math.max(...target)))
      targets.push(...target)
      weights.push(addition.weight)
    }
  }
  return {
    texts,
    labels: Uint8Array.from(labels),
    targets: Float32Array.from(targets),
    weights: Float32Array.from(weights),
    labelled: posts.labelled,
    madeFrom,
  }
}
