import {
  CHARACTERS,
  CLAUSE,
  COMBINING,
  DIGIT,
  FOLDED_MASK,
  IGNORED,
  KIND_SHIFT,
  LETTER,
  PICTOGRAPH,
  SPACE,
  SURROGATE,
  SYMBOL,
} from './characters.ts'
import { PRIME, SEED, step, stepCheck } from './hash.ts'

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
const HYPHEN = 0x2d
const DOT = 0x2e
const SLASH = 0x2f
const COLON = 0x3a
const SEMICOLON = 0x3b
const EQUALS = 0x3d
const LOWER_A = 0x61
const LOWER_G = 0x67
const LOWER_H = 0x68
const LOWER_L = 0x6c
const LOWER_M = 0x6d
const LOWER_P = 0x70
const LOWER_S = 0x73
const LOWER_T = 0x74
const LOWER_W = 0x77
const A_SPACE = 0x20
const FIRST_BEYOND_ASCII = 0x80

/** Longer texts are copied by Node.js, shorter ones faster in a loop. */
const LONG = 40

/** Whether an array of code units has their bytes in the order of UTF-16LE. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Runs of a character are shortened to this: "sooo" and "sooooo" are both "soo". */
export const LONGEST_RUN = 2

/**
 * Splits a text into tokens: words (with their apostrophes), runs of punctuation, emoticons, pictures. One instance
 * is reused for all posts; its arrays belong to the latest. Each token is the hash of its lower-case form, with its
 * position in the text.
 */
export class Tokens {
  /** The code units of the text, and behind them a space, so that every token ends before the end of the text. */
  readonly codes = new Uint16Array(MAX_READ + 1)
  readonly #bytes = Buffer.from(this.codes.buffer)
  readonly starts = new Uint16Array(CAPACITY)
  readonly ends = new Uint16Array(CAPACITY)
  readonly kinds = new Uint8Array(CAPACITY)
  readonly hashes = new Int32Array(CAPACITY)
  /** Second hashes, of the same code units: see `stepCheck`. */
  readonly checks = new Int32Array(CAPACITY)
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
    this.#copy(text)
    const { codes } = this
    const characters = CHARACTERS
    const end = text.length
    let at = 0
    while (at < end && this.length < MAX_LENGTH) {
      const entry = characters[codes[at] as number] as number
      // A letter is its entry; the entry of another character is larger.
      if (entry <= FOLDED_MASK) {
        const next = entry === LOWER_H || entry === LOWER_W ? linkEnd(codes, at) : 0
        at = next > 0 ? this.#one(LINK, at, next, OTHER) : this.#word(at, end)
        continue
      }
      const kind = entry >>> KIND_SHIFT
      if (kind === SPACE || kind === IGNORED) at++
      else if (kind === CLAUSE) at = this.#clause(at, end)
      else if (kind === DIGIT || kind === COMBINING) at = this.#mixedWord(at, end)
      else at = this.#sign(at, end, codes[at] as number, kind)
    }
    return this.#isComposed
  }

  /**
   * Writes the normalised form of a token: in lower case, runs shortened, ignored characters left out. Returns its
   * length in code units.
   */
  spell(token: number, into: Uint16Array): number {
    const kind = this.kinds[token] as number
    return spell(this.codes, this.starts[token] as number, this.ends[token] as number, kind, into)
  }

  #isComposed = true

  /** Characters of an array are read faster than those of a string, above all of a part of a longer one. */
  #copy(text: string): void {
    const { codes } = this
    const end = text.length
    if (end >= LONG && IS_LITTLE_ENDIAN) this.#bytes.write(text, 0, 'utf16le')
    else for (let at = 0; at < end; at++) codes[at] = text.charCodeAt(at)
    codes[end] = A_SPACE
  }

  /** The hot path: most of a text is words of only letters. */
  #word(from: number, end: number): number {
    const characters = CHARACTERS
    const { codes } = this
    let at = from
    let hash = SEED
    let check = 0
    let previous = -1
    let differs = 1
    let entry = characters[codes[at] as number] as number
    do {
      const before = differs
      differs = entry ^ previous
      if ((differs | before) === 0) return this.#mixedWord(from, end)
      previous = entry
      hash = Math.imul(hash ^ entry, PRIME)
      check = stepCheck(check, entry)
      entry = characters[codes[++at] as number] as number
    } while (entry <= FOLDED_MASK)
    // Most words end at a space, which is skipped with them.
    let next = at
    if (entry >>> KIND_SHIFT === SPACE) next++
    else if (isMaybePartOfWord(entry)) return this.#mixedWord(from, end)
    if (at - from > LONGEST_WORD) return this.#mixedWord(from, end)
    // Most words end in a lower-case letter, and need no further tests.
    if (previous !== codes[at - 1] && isInCapitals(codes, from, at)) this.capitals++
    this.length += at - from
    this.#add(hash, check, from, at, WORD)
    return next
  }

  /** A word that contains more than letters, or a run of one. */
  #mixedWord(from: number, end: number): number {
    const { codes } = this
    const last = Math.min(end, from + MAX_LENGTH)
    let at = from
    let hash = SEED
    let check = 0
    let previous = -1
    let upper = 0
    let signs = 0
    let size = 0
    let run = 1
    let squeezed = 0
    for (; at < last; at++) {
      const code = codes[at] as number
      const kind = (CHARACTERS[code] as number) >>> KIND_SHIFT
      const folded = (CHARACTERS[code] as number) & FOLDED_MASK
      if (kind === LETTER) upper += folded === code ? 0 : 1
      else {
        if (kind === COMBINING) this.#isComposed = false
        else if (kind !== DIGIT && kind !== IGNORED && !joins(codes, at, from, folded)) break
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
      check = stepCheck(check, folded)
      size++
    }
    if (upper > 1 && upper + signs === at - from) this.capitals++
    this.elongated += squeezed
    this.length += size
    this.#add(hash, check, from, at, WORD)
    return at
  }

  /** Everything that is neither a word nor the end of a clause. */
  #sign(at: number, end: number, code: number, kind: number): number {
    const { codes } = this
    if (code === AT && isWordUnit(codes, at + 1))
      return this.#one(MENTION, at, endOfWord(codes, at + 1), OTHER)
    if (code === HASH && isWordUnit(codes, at + 1)) {
      this.hashtags++
      return kindAt(codes, at + 1) === LETTER ? this.#word(at + 1, end) : this.#mixedWord(at + 1, end)
    }
    if (kind === SURROGATE) return this.#picture(at)
    if (kind === PICTOGRAPH) return this.#one(code, at, at + 1, PICTURE)
    return this.#symbols(at, end)
  }

  /** A run of clause punctuation, squeezed. */
  #clause(from: number, end: number): number {
    const { codes } = this
    let at = from
    let hash = SEED
    let check = 0
    let previous = -1
    let run = 0
    for (; at < end; at++) {
      if (kindAt(codes, at) !== CLAUSE) break
      const folded = foldedAt(codes, at)
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      check = stepCheck(check, folded)
      this.length++
    }
    const first = codes[from]
    if (first === EXCLAMATION) this.exclamations++
    else if (first === QUESTION) this.questions++
    this.#add(hash, check, from, at, CLAUSE_END)
    return at
  }

  /** A run of other punctuation, with the letter or digit that completes an emoticon, as in ":D" and "<3". */
  #symbols(from: number, end: number): number {
    const { codes } = this
    let at = from
    let hash = SEED
    let check = 0
    let previous = -1
    let run = 0
    const entity = entityAt(codes, from)
    if (entity !== undefined) {
      hash = step(hash, entity.code)
      check = stepCheck(check, entity.code)
      this.length++
      previous = entity.code
      run = 1
      at += entity.length
    }
    for (; at < end; at++) {
      const code = codes[at] as number
      if (kindAt(codes, at) !== SYMBOL || (at > from && (code === HASH || code === AT || code === AMPERSAND)))
        break
      const folded = foldedAt(codes, at)
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      check = stepCheck(check, folded)
      this.length++
    }
    if (isMouth(previous, codes, at, end)) {
      hash = step(hash, mouthAt(codes, at))
      check = stepCheck(check, mouthAt(codes, at))
      this.length++
      at++
      while (at < end && codes[at] === codes[at - 1]) at++
    }
    this.#add(hash, check, from, at, OTHER)
    return at
  }

  /** A surrogate pair, without skin tone. */
  #picture(at: number): number {
    const { codes } = this
    if (kindAt(codes, at + 1) !== SURROGATE) return at + 1
    const high = codes[at] as number
    const low = codes[at + 1] as number
    const isSkinTone = high === 0xd83c && low >= 0xdffb && low <= 0xdfff
    if (isSkinTone) return at + 2
    this.length += 2
    this.#add(step(step(SEED, high), low), stepCheck(high, low), at, at + 2, PICTURE)
    return at + 2
  }

  /** A token of one code unit. */
  #one(code: number, at: number, next: number, kind: TokenKind): number {
    this.length++
    this.#add(step(SEED, code), code, at, next, kind)
    return next
  }

  #add(hash: number, check: number, start: number, end: number, kind: TokenKind): void {
    const index = this.count
    if (index === CAPACITY) return
    this.hashes[index] = hash
    this.checks[index] = check
    this.starts[index] = start
    this.ends[index] = end
    this.kinds[index] = kind
    this.count = index + 1
  }
}

const kindAt = (codes: Uint16Array, at: number): number =>
  (CHARACTERS[codes[at] as number] as number) >>> KIND_SHIFT

const foldedAt = (codes: Uint16Array, at: number): number =>
  (CHARACTERS[codes[at] as number] as number) & FOLDED_MASK

/** The same for the part of a text, by its code units. */
function spell(codes: Uint16Array, from: number, to: number, kind: number, into: Uint16Array): number {
  if (kind === OTHER && to - from > 1 && kindAt(codes, from) === LETTER) return one(LINK, into)
  if (kind === OTHER && codes[from] === AT && to - from > 1 && isWordUnit(codes, from + 1))
    return one(MENTION, into)
  const entity = kind === OTHER ? entityAt(codes, from) : undefined
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
    const unit = kindAt(codes, at)
    if (unit === IGNORED) continue
    if (kind === OTHER && (unit === LETTER || unit === DIGIT)) {
      // The mouth of an emoticon is written once, however wide it is.
      into[size++] = mouthAt(codes, at)
      break
    }
    add(foldedAt(codes, at))
  }
  return size
}

function one(code: number, into: Uint16Array): number {
  into[0] = code
  return 1
}

/** Whether a word of two letters or more has no lower-case letter. */
function isInCapitals(codes: Uint16Array, from: number, to: number): boolean {
  if (to - from < 2) return false
  for (let at = from; at < to; at++) if (foldedAt(codes, at) === codes[at]) return false
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
const joins = (codes: Uint16Array, at: number, from: number, folded: number): boolean =>
  (folded === APOSTROPHE || folded === UNDERSCORE) && at > from && kindAt(codes, at + 1) === LETTER

function isWordUnit(codes: Uint16Array, at: number): boolean {
  const kind = kindAt(codes, at)
  return kind === LETTER || kind === DIGIT || codes[at] === UNDERSCORE
}

/** The end of a link that begins here, "http://…", "https://…" or "www.…", or 0. */
function linkEnd(codes: Uint16Array, at: number): number {
  const isHost = lowerAt(codes, at) === LOWER_W
  if (!(isHost ? isHostAt(codes, at) : isSchemeAt(codes, at))) return 0
  let last = at
  while (kindAt(codes, last) !== SPACE) last++
  return last
}

function isSchemeAt(codes: Uint16Array, at: number): boolean {
  if (lowerAt(codes, at + 1) !== LOWER_T || lowerAt(codes, at + 2) !== LOWER_T) return false
  if (lowerAt(codes, at + 3) !== LOWER_P) return false
  const colon = at + (lowerAt(codes, at + 4) === LOWER_S ? 5 : 4)
  return codes[colon] === COLON && codes[colon + 1] === SLASH && codes[colon + 2] === SLASH
}

function isHostAt(codes: Uint16Array, at: number): boolean {
  if (lowerAt(codes, at + 1) !== LOWER_W || lowerAt(codes, at + 2) !== LOWER_W) return false
  return codes[at + 3] === DOT && (codes[at + 4] as number) < FIRST_BEYOND_ASCII && isWordUnit(codes, at + 4)
}

/** An ASCII letter in lower case. */
const lowerAt = (codes: Uint16Array, at: number): number => (codes[at] as number) | 0x20

function endOfWord(codes: Uint16Array, from: number): number {
  let at = from
  while (isWordUnit(codes, at)) at++
  return at
}

interface Entity {
  readonly code: number
  readonly length: number
}

const LESS = { code: 0x3c, length: 4 }
const GREATER = { code: 0x3e, length: 4 }
const AND = { code: AMPERSAND, length: 5 }

/** The entities by which Twitter's older interfaces encode three characters. */
function entityAt(codes: Uint16Array, at: number): Entity | undefined {
  if (codes[at] !== AMPERSAND) return undefined
  const first = codes[at + 1]
  if (first === LOWER_A)
    return codes[at + 2] === LOWER_M && codes[at + 3] === LOWER_P && codes[at + 4] === SEMICOLON
      ? AND
      : undefined
  if ((first !== LOWER_L && first !== LOWER_G) || codes[at + 2] !== LOWER_T || codes[at + 3] !== SEMICOLON)
    return undefined
  return first === LOWER_L ? LESS : GREATER
}

/** Indicates that "<3" means less than three. */
const AMOUNT =
  /^\s*(?:%|(?:sec|second|min|minute|hour|hr|day|week|month|year|km|mile|kg|lb|gb|mb|cm|ms|star|people|percent|left)s?\b|시간|분|초|일|주|개|명|점|원)/i
const LONGEST_AMOUNT = 11

/** Whether a letter or digit ends an emoticon (":D", ":P", ";o", "<3"), without a word continuing after it. */
function isMouth(before: number, codes: Uint16Array, at: number, end: number): boolean {
  const isHeart = before === LESS.code
  if (!isHeart && before !== COLON && before !== SEMICOLON && before !== EQUALS && before !== HYPHEN)
    return false
  const code = codes[at] as number
  if (!(isHeart ? code === THREE : MOUTHS.includes(code))) return false
  if (
    isHeart &&
    AMOUNT.test(String.fromCharCode(...codes.subarray(at + 1, Math.min(end, at + 1 + LONGEST_AMOUNT))))
  )
    return false
  let next = at + 1
  while (codes[next] === code) next++
  return !isWordUnit(codes, next)
}

const mouthAt = (codes: Uint16Array, at: number): number =>
  codes[at] === THREE ? THREE : foldedAt(codes, at)

const MOUTHS = Array.from('DdPpOoSsXx3', mouth => mouth.charCodeAt(0))
