import {
  ABOVE_KINDS,
  APOSTROPHE,
  CAPITAL,
  type Characters,
  EXCLAMATION_MARK,
  isN,
  isT,
  PUNCTUATION,
  QUESTION_MARK,
  RARE,
  SMALL,
  SPACE,
} from './characters.ts'
import { SlowPathTokenizer } from './slow-path-tokenizer.ts'
import { HASH_START, hashWith, UNKNOWN, type WordTable } from './word-table.ts'
import { CONTRACTED_NOT, IN_CAPITALS, type Marks, type WordHandler } from './words.ts'

/**
 * Splits a text into words as VADER does: emoji are replaced by words, words end at white space, and punctuation
 * around a word is removed, unless that would leave only one or two characters, so that ":)" and ":D" are words.
 */
export class Tokenizer implements Marks {
  /** Counts of the most recently read text. */
  exclamationMarks = 0
  questionMarks = 0
  readonly #table: WordTable
  readonly #characters: Characters
  readonly #handler: WordHandler
  readonly #slowPath: SlowPathTokenizer

  constructor(
    table: WordTable,
    characters: Characters,
    emoji: ReadonlyMap<number, string>,
    handler: WordHandler,
  ) {
    this.#table = table
    this.#characters = characters
    this.#handler = handler
    this.#slowPath = new SlowPathTokenizer(table, characters, emoji, handler, this)
  }

  /** Called with each word in order. */
  read(text: string): void {
    const { folded, small } = this.#characters
    this.exclamationMarks = 0
    this.questionMarks = 0
    for (let i = 0; i < text.length; i++) {
      const start = i
      let seen = 0
      let hash = HASH_START
      for (; i < text.length; i++) {
        const kind = folded[text.charCodeAt(i)] as number
        if (kind & (SPACE | RARE)) {
          if (kind & RARE) seen = RARE
          break
        }
        seen |= kind
        hash = hashWith(hash, kind >>> ABOVE_KINDS)
      }
      if (seen === RARE) i = this.#slowPath.read(text, start)
      else if (seen & PUNCTUATION) this.#punctuated(text, start, i, seen)
      else if (i > start) this.#found(this.#table.findIn(text, start, i, hash, small), seen, 0, start, i)
    }
  }

  #found(id: number, seen: number, traits: number, start: number, end: number): void {
    const capitals = (seen & (CAPITAL | SMALL)) === CAPITAL ? IN_CAPITALS : 0
    this.#handler.word(id, traits | capitals, start, end)
  }

  #punctuated(text: string, start: number, end: number, seen: number): void {
    const { kinds, small } = this.#characters
    let from = start
    let to = end
    while (from < to && (kinds[text.charCodeAt(from)] as number) & PUNCTUATION) from++
    while (to > from && (kinds[text.charCodeAt(to - 1)] as number) & PUNCTUATION) to--
    if (to - from <= 2) {
      from = start
      to = end
    }
    let id = UNKNOWN
    if (to - from <= this.#table.longest) {
      let hash = HASH_START
      for (let i = from; i < to; i++) hash = hashWith(hash, small[text.charCodeAt(i)] as number)
      id = this.#table.findIn(text, from, to, hash, small)
    }
    this.#found(id, seen, this.#marks(text, start, end), start, end)
  }

  /** Counts the marks of a word, and returns its traits. */
  #marks(text: string, start: number, end: number): number {
    let traits = 0
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i)
      if (unit === EXCLAMATION_MARK) this.exclamationMarks++
      else if (unit === QUESTION_MARK) this.questionMarks++
      else if (unit === APOSTROPHE && isN(text.charCodeAt(i - 1)) && isT(text.charCodeAt(i + 1)))
        traits = CONTRACTED_NOT
    }
    return traits
  }
}
