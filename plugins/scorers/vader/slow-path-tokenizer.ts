import {
  APOSTROPHE,
  CAPITAL,
  type Characters,
  EMOJI,
  EXCLAMATION_MARK,
  isN,
  isT,
  NOT_PLAIN,
  PUNCTUATION,
  QUESTION_MARK,
  SMALL,
  SPACE,
} from './characters.ts'
import { UNKNOWN, type WordTable } from './word-table.ts'
import { CONTRACTED_NOT, IN_CAPITALS, type Marks, type WordHandler } from './words.ts'

/** The number of UTF-16 units stored of a word. A longer word is not in the table. */
const ROOM = 128
/** The number of them stored before its first letter. */
const ROOM_BEFORE = 64

/**
 * The slow path, for words with emoji, which are replaced by words, or characters beyond U+FFFF. It copies each word
 * into a buffer of fixed size, regardless of the word's length.
 */
export class SlowPathTokenizer {
  readonly #table: WordTable
  readonly #characters: Characters
  readonly #emoji: ReadonlyMap<number, string>
  readonly #handler: WordHandler
  readonly #marks: Marks
  /** The current word in lower case. */
  readonly #units = new Uint16Array(ROOM)
  /** Its length, including units that are not stored. */
  #length = 0
  /** Its start and end without surrounding punctuation; -1 and 0 if it consists of punctuation. */
  #first = -1
  #last = 0
  /** Whether it begins with more punctuation than is stored. */
  #crowded = false
  /** The kinds of its characters. */
  #kinds = 0
  #traits = 0
  #start = 0

  constructor(
    table: WordTable,
    characters: Characters,
    emoji: ReadonlyMap<number, string>,
    handler: WordHandler,
    marks: Marks,
  ) {
    this.#table = table
    this.#characters = characters
    this.#emoji = emoji
    this.#handler = handler
    this.#marks = marks
  }

  /** Emits the words from an index up to white space, and returns the index of that or the end of the text. */
  read(text: string, from: number): number {
    let i = from
    while (i < text.length) {
      const unit = text.charCodeAt(i)
      const kind = this.#characters.kind(unit)
      if (kind & SPACE) break
      if (!(kind & NOT_PLAIN)) i = this.#letters(text, i, i)
      else if (kind & PUNCTUATION) this.#mark(text, i, i++)
      else i = kind & EMOJI ? this.#describe(unit, i, i + 1) : this.#pair(text, i)
    }
    this.#finish(i)
    return i
  }

  /** Reads the words of an emoji: separated from what comes before, but joined with what comes after. */
  #describe(emoji: number, start: number, end: number): number {
    this.#finish(start)
    const words = this.#emoji.get(emoji) as string
    let i = 0
    while (i < words.length) {
      const kind = this.#characters.kind(words.charCodeAt(i))
      if (!(kind & NOT_PLAIN)) i = this.#letters(words, i, start)
      else {
        if (kind & SPACE) this.#finish(end)
        else this.#mark(words, i, start)
        i++
      }
    }
    return end
  }

  /** Adds the code point at a high surrogate, and returns the index after it. */
  #pair(text: string, at: number): number {
    const codePoint = text.codePointAt(at) as number
    const isPair = codePoint > 0xffff
    const end = at + (isPair ? 2 : 1)
    const kind = isPair ? this.#characters.kind(codePoint) : 0
    if (kind & EMOJI) return this.#describe(codePoint, at, end)
    this.#begin(at)
    for (let i = at; i < end; i++) this.#hold(text.charCodeAt(i))
    this.#last = this.#length
    this.#kinds |= kind
    return end
  }

  /** Adds plain characters, and returns the index after them. */
  #letters(source: string, at: number, start: number): number {
    this.#begin(start)
    const { kinds, small } = this.#characters
    const units = this.#units
    let length = this.#length
    let seen = this.#kinds
    let i = at
    for (; i < source.length; i++) {
      const unit = source.charCodeAt(i)
      const kind = kinds[unit] as number
      if (kind & NOT_PLAIN) break
      if (length < ROOM) units[length] = small[unit] as number
      length++
      seen |= kind
    }
    this.#length = length
    this.#last = length
    this.#kinds = seen
    return i
  }

  #begin(start: number): void {
    if (this.#length === 0) this.#start = start
    if (this.#first < 0) this.#first = this.#length
  }

  #mark(source: string, at: number, start: number): void {
    if (this.#length === 0) this.#start = start
    const unit = source.charCodeAt(at)
    if (unit === EXCLAMATION_MARK) this.#marks.exclamationMarks++
    else if (unit === QUESTION_MARK) this.#marks.questionMarks++
    else if (unit === APOSTROPHE && this.#contractsNot(source, at)) this.#traits = CONTRACTED_NOT
    if (this.#first < 0 && this.#length === ROOM_BEFORE) this.#crowded = true
    else this.#hold(unit)
  }

  /** Whether the apostrophe is between "n" and "t". */
  #contractsNot(source: string, apostrophe: number): boolean {
    const before = this.#length <= ROOM ? this.#units[this.#length - 1] : source.charCodeAt(apostrophe - 1)
    return isN(before ?? 0) && isT(source.charCodeAt(apostrophe + 1))
  }

  #hold(unit: number): void {
    if (this.#length < ROOM) this.#units[this.#length] = unit
    this.#length++
  }

  #finish(end: number): void {
    if (this.#length === 0) return
    const capitals = (this.#kinds & (CAPITAL | SMALL)) === CAPITAL ? IN_CAPITALS : 0
    this.#handler.word(this.#id(), this.#traits | capitals, this.#start, end)
    this.#length = 0
    this.#first = -1
    this.#last = 0
    this.#crowded = false
    this.#kinds = 0
    this.#traits = 0
  }

  #id(): number {
    if (this.#isEmoticon()) {
      return this.#crowded || this.#length > ROOM ? UNKNOWN : this.#table.find(this.#units, 0, this.#length)
    }
    return this.#last > ROOM ? UNKNOWN : this.#table.find(this.#units, this.#first, this.#last)
  }

  /** Whether at most two characters of the word remain without surrounding punctuation. */
  #isEmoticon(): boolean {
    const length = this.#first < 0 ? 0 : this.#last - this.#first
    if (length <= 2 || length > 4) return length <= 2
    let pairs = 0
    for (let i = this.#first; i < this.#last; i++)
      if (((this.#units[i] as number) & 0xfc00) === 0xdc00) pairs++
    return length - pairs <= 2
  }
}
