import type { Piece } from 'mood-exporter/plugin'
import { Characters } from './characters.ts'
import { ABSENT, Context } from './context.ts'
import { Explanation } from './explanation.ts'
import { readEmoji } from './lists.ts'
import { type Notes, Rules } from './rules.ts'
import { Sentiments } from './sentiments.ts'
import { Tokenizer } from './tokenizer.ts'
import { Vocabulary, WEIGHTED } from './vocabulary.ts'
import { IN_CAPITALS, type WordHandler } from './words.ts'

/** Approximately the largest expected sum of weights, as the reference says. */
const ALPHA = 15
/** The amount added by an exclamation mark, and the maximum number of marks. */
const [EXCLAMATION, MOST_EXCLAMATIONS] = [0.292, 4]
/** The amount added by each of two or three question marks, and in total by more of them. */
const [QUESTION, MANY_QUESTIONS] = [0.18, 0.96]

/** Called word by word with how a score is computed. */
export interface Trace extends Notes {
  /** The text is read again: earlier calls are void. */
  clear(): void
  /** The word that the calls since the last one were about has this weight. */
  weighed(context: Context, weight: number): void
}

/**
 * Scores texts as Python's vaderSentiment 3.3.2 does. It reads a text in one pass, or in two if it is entirely in
 * capitals, and its memory does not depend on the length of the text.
 */
export class Vader implements WordHandler {
  readonly #emoji: ReadonlyMap<number, string>
  readonly #vocabulary: Vocabulary
  readonly #but: number
  readonly #rules: Rules
  readonly #tokenizer: Tokenizer
  readonly #context = new Context()
  readonly #sentiments = new Sentiments()
  #words = 0
  #wordsInCapitals = 0
  #capitals = true
  #trace: Trace | null = null

  /** @param extra further words with their weights, in lower case, and other weights for known ones */
  constructor(extra?: ReadonlyMap<string, number>) {
    this.#emoji = readEmoji()
    this.#vocabulary = new Vocabulary(extra)
    this.#but = this.#vocabulary.named.but
    this.#rules = new Rules(this.#vocabulary)
    this.#tokenizer = new Tokenizer(
      this.#vocabulary.words,
      new Characters(this.#emoji.keys()),
      this.#emoji,
      this,
    )
  }

  /** The compound score in [-1, 1], rounded to four decimals like that of the reference. */
  compound(text: string): number {
    this.#read(text, true)
    // Capitals do not matter if everything is in capitals, which is only known at the end.
    if (this.#wordsInCapitals === this.#words) this.#read(text, false)
    this.#sentiments.contrast()
    const sum = this.#sentiments.sum()
    const emphasised = sum + Math.sign(sum) * this.#emphasis()
    return Math.round((emphasised / Math.sqrt(emphasised * emphasised + ALPHA)) * 10_000) / 10_000
  }

  /** Whether the most recently scored text has a word, emoji or emoticon with a weight. */
  get foundAny(): boolean {
    return !this.#sentiments.isEmpty
  }

  /** The words of a text that changed its score, in order, followed by the punctuation that did. */
  explain(text: string): Piece[] {
    const explanation = new Explanation(text, this.#emoji)
    this.#trace = explanation
    try {
      this.compound(text)
    } finally {
      this.#trace = null
    }
    const { kept, beforeBut, rest } = this.#sentiments
    const pieces = explanation.pieces(kept, beforeBut)
    if (rest !== 0) pieces.push({ text: '…', weight: rest, why: 'the words after these' })
    const weight = Math.sign(this.#sentiments.sum()) * this.#emphasis()
    if (weight !== 0) pieces.push(this.#marks(weight))
    return pieces
  }

  /** The amount that exclamation and question marks add to a positive sum, and subtract from a negative one. */
  #emphasis(): number {
    const { exclamationMarks, questionMarks } = this.#tokenizer
    const questions = questionMarks < 2 ? 0 : questionMarks < 4 ? questionMarks * QUESTION : MANY_QUESTIONS
    return Math.min(exclamationMarks, MOST_EXCLAMATIONS) * EXCLAMATION + questions
  }

  #marks(weight: number): Piece {
    const { exclamationMarks, questionMarks } = this.#tokenizer
    const counts = Object.entries({ '!': exclamationMarks, '?': questionMarks }).filter(
      ([, count]) => count > 0,
    )
    return {
      text: counts.map(([mark]) => mark).join(''),
      weight,
      why: counts.map(([mark, count]) => `${mark} ×${count}`).join(', '),
    }
  }

  #read(text: string, capitals: boolean): void {
    this.#words = 0
    this.#wordsInCapitals = 0
    this.#capitals = capitals
    this.#trace?.clear()
    this.#context.clear()
    this.#sentiments.clear()
    this.#tokenizer.read(text)
    this.#next(ABSENT, 0, 0, 0)
    this.#next(ABSENT, 0, 0, 0)
  }

  word(id: number, traits: number, start: number, end: number): void {
    this.#words++
    if (traits & IN_CAPITALS) this.#wordsInCapitals++
    this.#next(id, traits | (this.#vocabulary.traits[id] as number), start, end)
  }

  #next(id: number, traits: number, start: number, end: number): void {
    const context = this.#context
    context.push(id, traits, start, end)
    if (context.id() === this.#but) this.#sentiments.markBut()
    // Most words have none, and this check makes them cheap.
    if (!(context.traits() & WEIGHTED)) return
    this.#rules.weigh(context, this.#capitals, this.#trace)
    if (this.#rules.weight !== 0) this.#sentiments.add(this.#rules.weight)
    this.#trace?.weighed(context, this.#rules.weight)
  }
}
