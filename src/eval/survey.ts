import { quote } from '../config/problem.ts'
import { DataError } from './data-error.ts'
import { KNOWN_LABELS, labelOfWord, numberOf, plain } from './labels.ts'
import type { Row, Table } from './open-table.ts'
import type { RecordNotes } from './records.ts'
import { type Range, type Scale, scaleOf, type Truth, truthOfLabel, truthOfRating } from './scale.ts'
import type { Label } from './sentiment.ts'

/** Options for labels. */
export interface LabelOptions {
  /** By label in the form of {@link plain}: its meaning, or that posts with it are left out. */
  map?: ReadonlyMap<string, Label | 'skip'>
  /** If absent, detected from the data. */
  scale?: Range
  /** Neutral ratings; if absent, the middle third of the scale. */
  neutral?: Range
}

/** What is known of the whole file before anything is scored. */
export interface Survey {
  /** Lines with a post. */
  rows: number
  /** Posts with a known label. */
  posts: number
  /** Posts left out because of their label. */
  skipped: number
  /** Lines that could not be parsed, and the first of them. */
  unreadable: number
  firstUnreadable: { line: number; problem: string }[]
  /** Lines that are not valid UTF-8. */
  damaged: number
  firstDamaged: number
  byLabel: Record<Label, number>
  /** The interpretation of each label, unless there are too many. */
  labels: { label: string; posts: number; sentiment: Label | 'skip' }[]
  /** If labels are ratings. */
  scale?: Scale
  /** The interpretation of a label as written; null for a post to leave out. */
  truthOf(label: string): Truth | null
}

/** The maximum of problems reported at once; more would hide the first. */
const MOST_TOLD = 10

/** The maximum of different labels that are counted; ratings with decimals may have any number. */
const MOST_LABELS = 1000

/**
 * Reads the file, so that an unknown label is reported before an hour of scoring and not after.
 *
 * @throws DataError if labels are not known, or no post remains
 */
export async function survey(table: Table, options: LabelOptions): Promise<Survey> {
  const { map = new Map<string, Label | 'skip'>() } = options
  const read = (label: string) => map.get(plain(label)) ?? labelOfWord(label) ?? numberOf(label)
  const counts = new Counts()
  const notes: RecordNotes = { damaged: 0, firstDamaged: 0 }
  for await (const rows of table.rows(notes)) for (const row of rows) counts.add(row, read)
  if (notes.damaged > counts.rows / 2)
    throw new DataError(table.file, {
      line: notes.firstDamaged,
      message: 'expected UTF-8, got something else: say which encoding it is in, such as --encoding cp949',
    })
  if (counts.rows === 0) throw new DataError(table.file, { message: 'holds no posts' })
  const problems = counts.problems(options.scale)
  if (problems.length > 0) throw new DataError(table.file, ...problems)

  const scale = scaleFor(counts, options, table.file)
  const truthOf = (label: string): Truth | null => {
    const meaning = read(label)
    if (typeof meaning === 'number') return truthOfRating(meaning, scale as Scale)
    return meaning === undefined || meaning === 'skip' ? null : truthOfLabel(meaning)
  }
  const [first] = counts.firstUnreadable
  if (counts.posts === 0)
    throw new DataError(table.file, {
      line: first?.line ?? 0,
      message: first ? `no line could be made out: ${first.problem}` : 'every post is left out',
    })
  const labels = counts.fewLabels().map(([label, posts]) => ({
    label,
    posts,
    sentiment: truthOf(label)?.label ?? ('skip' as const),
  }))
  const byLabel = counts.hasAll ? countsOf(labels) : await countAgain(table, truthOf)
  return { ...counts.result(), ...notes, byLabel, labels, ...(scale ? { scale } : {}), truthOf }
}

function scaleFor({ ratings }: Counts, { scale, neutral }: LabelOptions, file: string): Scale | undefined {
  if (!ratings) {
    const option = scale ? '--scale' : neutral ? '--neutral' : undefined
    if (option)
      throw new DataError(file, {
        message: `${option} is for ratings, but no label is a number`,
      })
    return undefined
  }
  const range = scale ?? ratings
  if (range.low === range.high)
    throw new DataError(file, {
      message: `every rating is ${range.low}: say which there may be, such as --scale 1..5`,
    })
  if (neutral && (neutral.low < range.low || neutral.high > range.high))
    throw new DataError(file, {
      message: `expected --neutral within the ratings, which are from ${range.low} to ${range.high}, got ${neutral.low}..${neutral.high}${scale ? '' : '; if there may be others, say so with --scale'}`,
    })
  return scaleOf(range, neutral)
}

function countsOf(labels: Survey['labels']): Survey['byLabel'] {
  const byLabel = { negative: 0, neutral: 0, positive: 0 }
  for (const { sentiment, posts } of labels) if (sentiment !== 'skip') byLabel[sentiment] += posts
  return byLabel
}

/** Ratings with any number, whose meaning is known only after all were read. */
async function countAgain(table: Table, truthOf: Survey['truthOf']): Promise<Survey['byLabel']> {
  const byLabel = { negative: 0, neutral: 0, positive: 0 }
  for await (const rows of table.rows())
    for (const row of rows) {
      const truth = row.problem === undefined ? truthOf(row.label) : null
      if (truth) byLabel[truth.label]++
    }
  return byLabel
}

class Counts {
  rows = 0
  posts = 0
  skipped = 0
  unreadable = 0
  readonly firstUnreadable: { line: number; problem: string }[] = []
  /** Posts by label, as written; if there are too many, not all of them. */
  readonly #labels = new Map<string, number>()
  ratings: Range | undefined
  /** The lines of the lowest and the highest rating. */
  readonly #lines = { low: 0, high: 0 }
  readonly #unknown = new Map<string, { line: number; posts: number }>()

  add(row: Row, read: (label: string) => Label | 'skip' | number | undefined): void {
    this.rows++
    if (row.problem !== undefined) {
      this.unreadable++
      if (this.firstUnreadable.length < MOST_TOLD)
        this.firstUnreadable.push({ line: row.line, problem: row.problem })
      return
    }
    const meaning = read(row.label)
    if (meaning === undefined) this.#noteUnknown(row)
    else {
      if (meaning === 'skip') this.skipped++
      else this.posts++
      if (this.#labels.size <= MOST_LABELS)
        this.#labels.set(row.label, (this.#labels.get(row.label) ?? 0) + 1)
      if (typeof meaning === 'number') this.#noteRating(meaning, row.line)
    }
  }

  #noteUnknown({ label, line }: Row & { label: string }): void {
    const known = this.#unknown.get(label)
    if (known) known.posts++
    else if (this.#unknown.size < MOST_LABELS) this.#unknown.set(label, { line, posts: 1 })
  }

  #noteRating(rating: number, line: number): void {
    this.ratings ??= { low: rating, high: rating }
    if (this.#lines.low === 0 || rating < this.ratings.low) {
      this.ratings.low = rating
      this.#lines.low = line
    }
    if (this.#lines.high === 0 || rating > this.ratings.high) {
      this.ratings.high = rating
      this.#lines.high = line
    }
  }

  /** Unknown labels, and ratings beyond the scale. */
  problems(scale: Range | undefined): { line: number; message: string }[] {
    const unknown = [...this.#unknown].slice(0, MOST_TOLD).map(([label, { line, posts }]) => ({
      line,
      message: `the label ${quote(label)} is not known${posts > 1 ? ` (${posts} posts have it)` : ''}: expected ${KNOWN_LABELS}, or --map ${quote(`${label}=positive`)}`,
    }))
    if (!scale || !this.ratings) return unknown
    const { low, high } = this.ratings
    const beyond = [
      ...(low < scale.low ? [{ line: this.#lines.low, rating: low }] : []),
      ...(high > scale.high ? [{ line: this.#lines.high, rating: high }] : []),
    ].map(({ line, rating }) => ({
      line,
      message: `expected a rating from ${scale.low} to ${scale.high}, as --scale says, got ${rating}`,
    }))
    return [...unknown, ...beyond]
  }

  /** Whether every label was counted. */
  get hasAll(): boolean {
    return this.#labels.size <= MOST_LABELS
  }

  /** Labels with their numbers of posts, if all were counted. */
  fewLabels(): [label: string, posts: number][] {
    return this.hasAll ? [...this.#labels] : []
  }

  result() {
    const { rows, posts, skipped, unreadable, firstUnreadable } = this
    return { rows, posts, skipped, unreadable, firstUnreadable }
  }
}
