import {
  CHARACTERS,
  CLAUSE,
  COMBINING,
  DIGIT,
  FOLDED_MASK,
  foldedAt,
  IGNORED,
  KIND_SHIFT,
  kindAt,
  LETTER,
  PICTOGRAPH,
  SPACE,
  SURROGATE,
  SYMBOL,
} from './characters.ts'
import { PRIME, SEED, step } from './hash.ts'

/**
 * How much of a text is read, in code units: 16,000 for repeated characters, 14 tweets' worth of other text. Buffers
 * have this size, so that no text takes more time or memory than that.
 */
export const MAX_LENGTH = 4000
const MAX_READ = 4 * MAX_LENGTH

/** The maximum of tokens in a text. A token has at least one code unit. */
export const CAPACITY = MAX_LENGTH

/** Longer words are cut: the size of the buffers for a word's features. */
export const LONGEST_WORD = 120

/** Replacements for links and mentions, so that no name is a feature. Private-use code units. */
const LINK = 0xe000
const MENTION = 0xe001

export const WORD = 0
export const CLAUSE_END = 1
export const OTHER = 2
export const PICTURE = 3
export type TokenKind = typeof WORD | typeof CLAUSE_END | typeof OTHER | typeof PICTURE

const AT = 0x40
const HASH = 0x23
const APOSTROPHE = 0x27
const AMPERSAND = 0x26
const UNDERSCORE = 0x5f
const THREE = 0x33
const EXCLAMATION = 0x21
const QUESTION = 0x3f
const LOWER_H = 0x68
const LOWER_T = 0x74
const LOWER_W = 0x77

/** Runs of a character are shortened to this: "sooo" and "sooooo" are both "soo". */
export const LONGEST_RUN = 2

/**
 * Splits a text into tokens: words (with their apostrophes), runs of punctuation, emoticons, pictures. One instance
 * is reused for all posts; its arrays belong to the latest. Each token is the hash of its lower-case form, with its
 * position in the text.
 */
export class Tokens {
  readonly starts = new Uint16Array(CAPACITY)
  readonly ends = new Uint16Array(CAPACITY)
  readonly kinds = new Uint8Array(CAPACITY)
  readonly hashes = new Int32Array(CAPACITY)
  count = 0

  /** The length of the words and signs in code units, without spaces, runs shortened. */
  length = 0
  /** The numbers of words in capitals, of words with a shortened run, and of hashtags. */
  capitals = 0
  elongated = 0
  hashtags = 0
  exclamations = 0
  questions = 0

  /**
   * Splits a text, and returns the text to which positions refer: the same, unless its letters had to be composed.
   */
  read(written: string): string {
    const text = written.length > MAX_READ ? written.slice(0, MAX_READ) : written
    if (this.#read(text)) return text
    const composed = text.normalize('NFC')
    if (composed !== text) this.#read(composed)
    return composed
  }

  /** Returns false at a character that may require the text to be composed. */
  #read(text: string): boolean {
    this.length = 0
    this.count = 0
    this.capitals = 0
    this.elongated = 0
    this.hashtags = 0
    this.exclamations = 0
    this.questions = 0
    this.#isComposed = true
    const characters = CHARACTERS
    const end = text.length
    let at = 0
    while (at < end && this.length < MAX_LENGTH) {
      const entry = characters[text.charCodeAt(at)] as number
      // A letter is its entry; the entry of another character is larger.
      if (entry <= FOLDED_MASK) {
        const next = entry === LOWER_H || entry === LOWER_W ? linkEnd(text, at, end, entry) : 0
        at = next > 0 ? this.#one(LINK, at, next, OTHER) : this.#word(text, at, end)
        continue
      }
      const kind = entry >>> KIND_SHIFT
      if (kind === SPACE || kind === IGNORED) at++
      else if (kind === CLAUSE) at = this.#clause(text, at, end)
      else if (kind === DIGIT || kind === COMBINING) at = this.#word(text, at, end)
      else at = this.#sign(text, at, end, text.charCodeAt(at), kind)
    }
    return this.#isComposed
  }

  #isComposed = true

  /** The hot path: most of a text is words of only letters. */
  #word(text: string, from: number, end: number): number {
    const characters = CHARACTERS
    const last = Math.min(end, from + LONGEST_WORD)
    let at = from
    let hash = SEED
    let previous = -1
    let before = -1
    let folded = 0
    while (at < last) {
      folded = characters[text.charCodeAt(at)] as number
      // A letter is its entry; the entry of another character is larger.
      if (folded > FOLDED_MASK) break
      if (((folded ^ previous) | (folded ^ before)) === 0) return this.#mixedWord(text, from, end)
      before = previous
      previous = folded
      hash = Math.imul(hash ^ folded, PRIME)
      at++
    }
    // Most words end at a space, which is skipped with them.
    let next = at
    if (at < end) {
      if (folded >>> KIND_SHIFT === SPACE) next++
      else if (at === last || isMaybePartOfWord(folded)) return this.#mixedWord(text, from, end)
    }
    // Most words end in a lower-case letter, and need no further tests.
    if (previous !== text.charCodeAt(at - 1) && isInCapitals(text, from, at)) this.capitals++
    this.length += at - from
    this.#add(hash, from, at, WORD)
    return next
  }

  /** A word that contains more than letters, or a run of one. */
  #mixedWord(text: string, from: number, end: number): number {
    const last = Math.min(end, from + MAX_LENGTH)
    let at = from
    let hash = SEED
    let previous = -1
    let upper = 0
    let signs = 0
    let size = 0
    let run = 1
    let squeezed = 0
    for (; at < last; at++) {
      const code = text.charCodeAt(at)
      const kind = (CHARACTERS[code] as number) >>> KIND_SHIFT
      const folded = (CHARACTERS[code] as number) & FOLDED_MASK
      if (kind === LETTER) upper += folded === code ? 0 : 1
      else {
        if (kind === COMBINING) this.#isComposed = false
        else if (kind !== DIGIT && kind !== IGNORED && !joins(text, at, from, end, folded)) break
        signs++
        if (kind === IGNORED) continue
      }
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) {
        if (kind === LETTER) squeezed = 1
        continue
      }
      if (size === LONGEST_WORD) break
      hash = step(hash, folded)
      size++
    }
    if (upper > 1 && upper + signs === at - from) this.capitals++
    this.elongated += squeezed
    this.length += size
    this.#add(hash, from, at, WORD)
    return at
  }

  /** Everything that is neither a word nor the end of a clause. */
  #sign(text: string, at: number, end: number, code: number, kind: number): number {
    if (code === AT && at + 1 < end && isWordUnit(text, at + 1))
      return this.#one(MENTION, at, endOfWord(text, at + 1, end), OTHER)
    if (code === HASH && at + 1 < end && isWordUnit(text, at + 1)) {
      this.hashtags++
      return this.#word(text, at + 1, end)
    }
    if (code === AMPERSAND) {
      const entity = entityAt(text, at)
      if (entity !== undefined) return this.#symbols(text, at, end, entity.length, entity.code)
    }
    if (kind === SURROGATE) return this.#picture(text, at, end)
    if (kind === PICTOGRAPH) return this.#one(code, at, at + 1, PICTURE)
    return this.#symbols(text, at, end, 0, 0)
  }

  /** A run of clause punctuation, squeezed. */
  #clause(text: string, from: number, end: number): number {
    let at = from
    let hash = SEED
    let previous = -1
    let run = 0
    for (; at < end; at++) {
      if (kindAt(text, at) !== CLAUSE) break
      const folded = foldedAt(text, at)
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      this.length++
    }
    const first = text.charCodeAt(from)
    if (first === EXCLAMATION) this.exclamations++
    else if (first === QUESTION) this.questions++
    this.#add(hash, from, at, CLAUSE_END)
    return at
  }

  /** A run of other punctuation, with the letter or digit that completes an emoticon, as in ":D" and "<3". */
  #symbols(text: string, from: number, end: number, entityLength: number, entityCode: number): number {
    let at = from
    let hash = SEED
    let previous = -1
    let run = 0
    if (entityLength > 0) {
      hash = step(hash, entityCode)
      this.length++
      previous = entityCode
      run = 1
      at += entityLength
    }
    for (; at < end; at++) {
      const code = text.charCodeAt(at)
      if (kindAt(text, at) !== SYMBOL || (at > from && (code === HASH || code === AT || code === AMPERSAND)))
        break
      const folded = foldedAt(text, at)
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      this.length++
    }
    if (at < end && isMouth(previous, text, at, end)) {
      const mouth = text.charCodeAt(at) === THREE ? THREE : foldedAt(text, at)
      hash = step(hash, mouth)
      this.length++
      at++
      while (at < end && text.charCodeAt(at) === text.charCodeAt(at - 1)) at++
    }
    this.#add(hash, from, at, OTHER)
    return at
  }

  /** A surrogate pair, without skin tone. */
  #picture(text: string, at: number, end: number): number {
    const high = text.charCodeAt(at)
    const low = at + 1 < end ? text.charCodeAt(at + 1) : 0
    if ((CHARACTERS[low] as number) >>> KIND_SHIFT !== SURROGATE) return at + 1
    const isSkinTone = high === 0xd83c && low >= 0xdffb && low <= 0xdfff
    if (isSkinTone) return at + 2
    this.length += 2
    this.#add(step(step(SEED, high), low), at, at + 2, PICTURE)
    return at + 2
  }

  /** A token of one code unit. */
  #one(code: number, at: number, next: number, kind: TokenKind): number {
    this.length++
    this.#add(step(SEED, code), at, next, kind)
    return next
  }

  #add(hash: number, start: number, end: number, kind: TokenKind): void {
    const index = this.count
    if (index === CAPACITY) return
    this.hashes[index] = hash
    this.starts[index] = start
    this.ends[index] = end
    this.kinds[index] = kind
    this.count = index + 1
  }
}

/**
 * Writes the normalised form of a token: in lower case, runs shortened, ignored characters left out. Returns its
 * length in code units.
 */
export function spell(text: string, from: number, to: number, kind: number, into: Uint16Array): number {
  if (kind === OTHER && to - from > 1 && kindAt(text, from) === LETTER) return one(LINK, into)
  if (kind === OTHER && text.charCodeAt(from) === AT && to - from > 1 && isWordUnit(text, from + 1))
    return one(MENTION, into)
  const entity = kind === OTHER ? entityAt(text, from) : undefined
  let size = 0
  let previous = -1
  let run = 0
  const add = (code: number) => {
    run = code === previous ? run + 1 : 1
    previous = code
    if (run <= LONGEST_RUN) into[size++] = code
  }
  if (entity !== undefined) add(entity.code)
  for (let at = from + (entity?.length ?? 0); at < to && size < into.length; at++) {
    const unit = kindAt(text, at)
    if (unit === IGNORED) continue
    if (kind === OTHER && (unit === LETTER || unit === DIGIT)) {
      // The mouth of an emoticon is written once, however wide it is.
      into[size++] = text.charCodeAt(at) === THREE ? THREE : foldedAt(text, at)
      break
    }
    add(foldedAt(text, at))
  }
  return size
}

function one(code: number, into: Uint16Array): number {
  into[0] = code
  return 1
}

/** Whether a word of two letters or more has no lower-case letter. */
function isInCapitals(text: string, from: number, to: number): boolean {
  if (to - from < 2) return false
  for (let at = from; at < to; at++) if (foldedAt(text, at) === text.charCodeAt(at)) return false
  return true
}

/** Whether a word may continue with a character that is not a letter, by its entry. */
function isMaybePartOfWord(entry: number): boolean {
  const kind = entry >>> KIND_SHIFT
  const folded = entry & FOLDED_MASK
  return kind === SYMBOL
    ? folded === APOSTROPHE || folded === UNDERSCORE
    : kind === DIGIT || kind === IGNORED || kind === COMBINING
}

/** Whether an apostrophe or an underscore is within a word. */
function joins(text: string, at: number, from: number, end: number, folded: number): boolean {
  return (
    (folded === APOSTROPHE || folded === UNDERSCORE) &&
    at > from &&
    at + 1 < end &&
    kindAt(text, at + 1) === LETTER
  )
}

function isWordUnit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  const kind = (CHARACTERS[code] as number) >>> KIND_SHIFT
  return kind === LETTER || kind === DIGIT || code === UNDERSCORE
}

/** The end of a link that begins here, or 0. `first` is the letter here in lower case. */
function linkEnd(text: string, at: number, end: number, first: number): number {
  if (at + 4 >= end || (text.charCodeAt(at + 1) | 0x20) !== (first === LOWER_H ? LOWER_T : LOWER_W)) return 0
  const isLink =
    first === LOWER_H ? LINK_START.test(text.slice(at, at + 8)) : HOST_START.test(text.slice(at, at + 5))
  if (!isLink) return 0
  let last = at
  while (last < end && kindAt(text, last) !== SPACE) last++
  return last
}

const LINK_START = /^https?:\/\//i
const HOST_START = /^www\.\w/i

function endOfWord(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isWordUnit(text, at)) at++
  return at
}

/** The entities by which Twitter's older interfaces encode three characters. */
function entityAt(text: string, at: number): { code: number; length: number } | undefined {
  if (text.startsWith('&lt;', at)) return { code: 0x3c, length: 4 }
  if (text.startsWith('&gt;', at)) return { code: 0x3e, length: 4 }
  if (text.startsWith('&amp;', at)) return { code: AMPERSAND, length: 5 }
  return undefined
}

/** Indicates that "<3" means less than three. */
const AMOUNT =
  /^\s*(?:%|(?:sec|second|min|minute|hour|hr|day|week|month|year|km|mile|kg|lb|gb|mb|cm|ms|star|people|percent|left)s?\b|시간|분|초|일|주|개|명|점|원)/i

/** Whether a letter or digit ends an emoticon (":D", ":P", ";o", "<3"), without a word continuing after it. */
function isMouth(before: number, text: string, at: number, end: number): boolean {
  const isHeart = before === 0x3c
  if (!isHeart && before !== 0x3a && before !== 0x3b && before !== 0x3d && before !== 0x2d) return false
  const code = text.charCodeAt(at)
  if (!(isHeart ? code === THREE : MOUTHS.includes(String.fromCharCode(code)))) return false
  if (isHeart && AMOUNT.test(text.slice(at + 1, at + 12))) return false
  let next = at + 1
  while (next < end && text.charCodeAt(next) === code) next++
  return next >= end || !isWordUnit(text, next)
}

const MOUTHS = 'DdPpOoSsXx3'
