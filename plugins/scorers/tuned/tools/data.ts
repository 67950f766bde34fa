import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The classes in the order of every array of training. */
export const CLASSES = ['negative', 'neutral', 'positive'] as const

export interface LabelledPosts {
  readonly texts: string[]
  /** For each text its class: 0 negative, 1 neutral, 2 positive. */
  readonly labels: Uint8Array
  /** Three for each text: its share of each class. They add up to 1. */
  readonly targets: Float32Array
  /** The weight of each text. */
  readonly weights: Float32Array
  /** The number of texts labelled by people, which come first; the others were added for training. */
  readonly labelled: number
  /** The index of the first text that was generated for training. */
  readonly madeFrom: number
}

/**
 * Reviews with at least the first rating are positive, with at most the second negative, and neutral between them.
 */
const POSITIVE_RATING = 9
const NEGATIVE_RATING = 4

/**
 * The shares of negative, neutral and positive for a rating. A review with 8 stars contains more praise than blame
 * and teaches words of praise, but less than one with 10.
 */
const SHARES_OF_RATING: Readonly<Record<number, readonly number[]>> = {
  5: [0.45, 0.5, 0.05],
  6: [0.25, 0.65, 0.1],
  7: [0.1, 0.65, 0.25],
  8: [0.05, 0.45, 0.5],
}

const labelOfRating = (rating: number) => (rating >= POSITIVE_RATING ? 2 : rating <= NEGATIVE_RATING ? 0 : 1)

/** The class and the shares of a label; undefined if it is not a label. */
function readLabel(name: string): { label: number; shares: readonly number[] } | undefined {
  const rating = /^(?:10|[1-9])$/.test(name) ? Number(name) : undefined
  const label =
    rating === undefined ? CLASSES.indexOf(name as (typeof CLASSES)[number]) : labelOfRating(rating)
  if (label < 0) return undefined
  return { label, shares: SHARES_OF_RATING[rating ?? 0] ?? CLASSES.map((_, c) => (c === label ? 1 : 0)) }
}

/** The SemEval files were quoted as CSV several times: "" and \" are one quotation mark. */
const unquoted = (text: string) => text.replaceAll('\\""', '"').replaceAll('""', '"').replaceAll("\\'", "'")

/**
 * Reads labelled posts: a line is a label (`negative`, `neutral`, `positive`, or a rating from 1 to 10), a tab, and
 * the post. The file may be gzipped.
 *
 * @throws Error that names the file and line of an invalid label
 */
export function readLabelled(path: string): LabelledPosts {
  if (!existsSync(path)) throw new Error(`${path}: no such file; see the README of tools/ for the data`)
  const bytes = readFileSync(path)
  const content = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const texts: string[] = []
  const labels: number[] = []
  const targets: number[] = []
  for (const [index, line] of content.split('\n').entries()) {
    if (line === '') continue
    const tab = line.indexOf('\t')
    const label = readLabel(line.slice(0, Math.max(0, tab)))
    if (label === undefined)
      throw new Error(
        `${path}:${index + 1}: expected "negative", "neutral", "positive" or a rating from 1 to 10, then a tab, got "${line.slice(0, 20)}"`,
      )
    texts.push(unquoted(line.slice(tab + 1).trimEnd()))
    labels.push(label.label)
    targets.push(...label.shares)
  }
  return {
    texts,
    labels: Uint8Array.from(labels),
    targets: Float32Array.from(targets),
    weights: new Float32Array(texts.length).fill(1),
    labelled: texts.length,
    madeFrom: texts.length,
  }
}

/** Every nth post. */
export function sample(
  { texts, labels, targets, weights, labelled, madeFrom }: LabelledPosts,
  n: number,
): LabelledPosts {
  return {
    texts: texts.filter((_, row) => row % n === 0),
    labels: labels.filter((_, row) => row % n === 0),
    targets: targets.filter((_, index) => Math.floor(index / 3) % n === 0),
    weights: weights.filter((_, row) => row % n === 0),
    labelled: Math.ceil(labelled / n),
    madeFrom: Math.ceil(madeFrom / n),
  }
}

/** The number of posts of each class, or the sum of their weights. */
export function classSizes(labels: Uint8Array, rows: Int32Array, weights?: Float32Array): number[] {
  const sizes = [0, 0, 0]
  for (const row of rows)
    sizes[labels[row] as number] = (sizes[labels[row] as number] as number) + (weights?.[row] ?? 1)
  return sizes
}
