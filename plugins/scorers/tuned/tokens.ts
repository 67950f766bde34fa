import {
  CLAUSE,
  DIGIT,
  FOLDED,
  IGNORED,
  KINDS,
  LETTER,
  PICTOGRAPH,
  SPACE,
  SURROGATE,
  SYMBOL,
} from './characters.ts'
import { SEED, step } from './hash.ts'

/**
 * How much of a text is read, in normalised code units: 14 tweets' worth. The buffers below are made for it once, so
 * that no text, however long, takes more time or memory than that.
 */
export const MAX_LENGTH = 4000

/** What buffers hold: a last token may go past the end by a few code units, and a space stands at each end. */
export const CAPACITY = MAX_LENGTH + 8

/** What a link and a mention become, so that nobody's name is a feature. Private-use code units. */
const LINK = 0xe000
const MENTION = 0xe001

export const WORD = 0
export const CLAUSE_END = 1
export const OTHER = 2
export const PICTURE = 3

const A_SPACE = 0x20
const AT = 0x40
const HASH = 0x23
const APOSTROPHE = 0x27
const AMPERSAND = 0x26
const UNDERSCORE = 0x5f
const THREE = 0x33

/** Longest runs of the same character are squeezed to this: "sooo" and "sooooo" are both "soo". */
const LONGEST_RUN = 2

/**
 * A text cut into tokens: words (with their apostrophes), runs of punctuation, emoticons, pictures. One instance is
 * used for post after post; its arrays hold the latest.
 */
export class Tokens {
  /** The normalised text: lower case, single spaces around and between, runs squeezed. */
  readonly codes = new Uint16Array(CAPACITY)
  /** For each normalised code unit, where it stood in the text. */
  readonly origins = new Uint32Array(CAPACITY)
  length = 0

  readonly starts = new Uint16Array(CAPACITY)
  readonly ends = new Uint16Array(CAPACITY)
  readonly kinds = new Uint8Array(CAPACITY)
  readonly hashes = new Int32Array(CAPACITY)
  count = 0

  /** How many words are all in capitals, how many have a run that was squeezed, how many are hashtags. */
  capitals = 0
  elongated = 0
  hashtags = 0

  /** @param text composed: see {@link composed} */
  read(text: string): void {
    this.length = 0
    this.count = 0
    this.capitals = 0
    this.elongated = 0
    this.hashtags = 0
    this.#push(A_SPACE, 0)
    const end = text.length
    let at = 0
    while (at < end && this.length < MAX_LENGTH) at = this.#token(text, at, end)
    if (this.codes[this.length - 1] !== A_SPACE) this.#push(A_SPACE, at)
  }

  /** Reads one token, or one stretch of white space, and gives where the next begins. */
  #token(text: string, at: number, end: number): number {
    const code = text.charCodeAt(at)
    const kind = KINDS[code] as number
    if (kind === SPACE) {
      if (this.codes[this.length - 1] !== A_SPACE) this.#push(A_SPACE, at)
      return at + 1
    }
    if (kind === IGNORED) return at + 1
    if (kind === LETTER || kind === DIGIT) {
      if (isLink(text, at)) return this.#one(LINK, at, endOfLink(text, at, end), OTHER)
      return this.#word(text, at, end)
    }
    if (code === AT && at + 1 < end && isWordUnit(text.charCodeAt(at + 1)))
      return this.#one(MENTION, at, endOfWord(text, at + 1, end), OTHER)
    if (code === HASH && at + 1 < end && isWordUnit(text.charCodeAt(at + 1))) {
      this.hashtags++
      this.#push(HASH, at)
      return this.#word(text, at + 1, end)
    }
    if (code === AMPERSAND) {
      const entity = entityAt(text, at)
      if (entity !== undefined) return this.#symbols(text, at, end, entity.length, entity.code)
    }
    if (kind === SURROGATE) return this.#picture(text, at, end)
    if (kind === PICTOGRAPH) return this.#one(code, at, at + 1, PICTURE)
    if (kind === CLAUSE) return this.#clause(text, at, end)
    return this.#symbols(text, at, end, 0, 0)
  }

  #word(text: string, from: number, end: number): number {
    const start = this.length
    let at = from
    let hash = SEED
    let previous = -1
    let run = 0
    let upper = 0
    let lower = 0
    let squeezed = false
    for (; at < end && this.length < MAX_LENGTH; at++) {
      const code = text.charCodeAt(at)
      const kind = KINDS[code] as number
      if (kind === IGNORED) continue
      const folded = FOLDED[code] as number
      if (kind !== LETTER && kind !== DIGIT) {
        const joins = (folded === APOSTROPHE || folded === UNDERSCORE) && at > from
        const inside = joins && at + 1 < end && KINDS[text.charCodeAt(at + 1)] === LETTER
        if (!inside) break
      }
      if (kind === LETTER) {
        if (folded !== code) upper++
        else lower++
      }
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) {
        if (kind === LETTER) squeezed = true
        continue
      }
      hash = step(hash, folded)
      this.#push(folded, at)
    }
    if (upper > 1 && lower === 0) this.capitals++
    if (squeezed) this.elongated++
    this.#add(start, WORD, hash)
    return at
  }

  /** A run of clause punctuation, squeezed. */
  #clause(text: string, from: number, end: number): number {
    const start = this.length
    let at = from
    let hash = SEED
    let previous = -1
    let run = 0
    for (; at < end && this.length < MAX_LENGTH; at++) {
      const code = text.charCodeAt(at)
      if (KINDS[code] !== CLAUSE) break
      const folded = FOLDED[code] as number
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      this.#push(folded, at)
    }
    this.#add(start, CLAUSE_END, hash)
    return at
  }

  /** A run of other punctuation, with the letter or digit that makes an emoticon of it, as in ":D" and "<3". */
  #symbols(text: string, from: number, end: number, entityLength: number, entityCode: number): number {
    const start = this.length
    let at = from
    let hash = SEED
    let previous = -1
    let run = 0
    if (entityLength > 0) {
      hash = step(hash, entityCode)
      this.#push(entityCode, at)
      previous = entityCode
      run = 1
      at += entityLength
    }
    for (; at < end && this.length < MAX_LENGTH; at++) {
      const code = text.charCodeAt(at)
      if (KINDS[code] !== SYMBOL || (at > from && (code === HASH || code === AT || code === AMPERSAND))) break
      const folded = FOLDED[code] as number
      run = folded === previous ? run + 1 : 1
      previous = folded
      if (run > LONGEST_RUN) continue
      hash = step(hash, folded)
      this.#push(folded, at)
    }
    if (at < end && isMouth(previous, text, at, end)) {
      const mouth = text.charCodeAt(at) === THREE ? THREE : (FOLDED[text.charCodeAt(at)] as number)
      hash = step(hash, mouth)
      this.#push(mouth, at)
      at++
      while (at < end && text.charCodeAt(at) === text.charCodeAt(at - 1)) at++
    }
    this.#add(start, OTHER, hash)
    return at
  }

  /** A pair of surrogates, without skin tone. */
  #picture(text: string, at: number, end: number): number {
    const high = text.charCodeAt(at)
    const low = at + 1 < end ? text.charCodeAt(at + 1) : 0
    if (KINDS[low] !== SURROGATE) return at + 1
    const isSkinTone = high === 0xd83c && low >= 0xdffb && low <= 0xdfff
    if (isSkinTone) return at + 2
    const start = this.length
    this.#push(high, at)
    this.#push(low, at + 1)
    this.#add(start, PICTURE, step(step(SEED, high), low))
    return at + 2
  }

  /** A token of one code unit. */
  #one(code: number, at: number, next: number, kind: number): number {
    const start = this.length
    this.#push(code, at)
    this.#add(start, kind, step(SEED, code))
    return next
  }

  #push(code: number, origin: number): void {
    this.codes[this.length] = code
    this.origins[this.length] = origin
    this.length++
  }

  #add(start: number, kind: number, hash: number): void {
    if (this.length === start) return
    this.starts[this.count] = start
    this.ends[this.count] = this.length
    this.kinds[this.count] = kind
    this.hashes[this.count] = hash
    this.count++
  }
}

/** Combining accents, and the letters of Hangul that combine to syllables. */
const COMBINING = /[\u0300-\u036f\u1100-\u11ff]/

/** A text as it is read: not overlong, and with letters composed, as all but some systems' file names have them (NFC). */
export function composed(text: string): string {
  const read = text.length > 4 * MAX_LENGTH ? text.slice(0, 4 * MAX_LENGTH) : text
  return COMBINING.test(read) ? read.normalize('NFC') : read
}

function isWordUnit(code: number): boolean {
  const kind = KINDS[code]
  return kind === LETTER || kind === DIGIT || code === UNDERSCORE
}

function isLink(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  return first === 0x68 || first === 0x48
    ? /^https?:\/\//i.test(text.slice(at, at + 8))
    : (first === 0x77 || first === 0x57) && /^www\.\w/i.test(text.slice(at, at + 5))
}

function endOfLink(text: string, from: number, end: number): number {
  let at = from
  while (at < end && KINDS[text.charCodeAt(at)] !== SPACE) at++
  return at
}

function endOfWord(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isWordUnit(text.charCodeAt(at))) at++
  return at
}

/** The entities in which Twitter's older interfaces give three characters. */
function entityAt(text: string, at: number): { code: number; length: number } | undefined {
  if (text.startsWith('&lt;', at)) return { code: 0x3c, length: 4 }
  if (text.startsWith('&gt;', at)) return { code: 0x3e, length: 4 }
  if (text.startsWith('&amp;', at)) return { code: AMPERSAND, length: 5 }
  return undefined
}

/** Whether a letter or digit ends an emoticon: ":D", ":P", ";o", "<3", and no word goes on after it. */
function isMouth(before: number, text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at)
  const mouths =
    before === 0x3c
      ? '3'
      : before === 0x3a || before === 0x3b || before === 0x3d || before === 0x2d
        ? 'DdPpOoSsXx3'
        : ''
  if (!mouths.includes(String.fromCharCode(code))) return false
  let next = at + 1
  while (next < end && text.charCodeAt(next) === code) next++
  return next >= end || !isWordUnit(text.charCodeAt(next))
}
