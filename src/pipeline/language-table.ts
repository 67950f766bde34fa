import { readFileSync } from 'node:fs'

/*
 * The data and the scoring are those of the npm package eld 2.1.0 (https://github.com/nitotm), © 2023 Nito T.M.,
 * under the Apache License 2.0, like this project. Here they are read from a table that tools/languages/table.ts
 * makes: the objects of the package take 70 MB in each thread.
 */

/** A run of up to four bytes of a word in UTF-8, whether the word begins or ends with it, and its weights. */
export interface Gram {
  bytes: readonly number[]
  begins: boolean
  ends: boolean
  /** The weight for each language, by the number of the language. */
  odds: readonly (readonly [language: number, weight: number])[]
}

const BEGINS = 1
const ENDS = 2

/** Weights are stored less this constant. */
const LEAST_WEIGHT = 53

/** Bytes from the start of a run to the start of the next. */
const STRIDE = 3
const LONGEST = 4

/** The maximum of bytes of a word that are read. */
const LONGEST_WORD = 70

/** The maximum of bytes of a text that are read. */
const CAPACITY = 1024

const SPACE = 0x20

/** Everything that is not a letter, or an apostrophe within a word. The data has no letters beyond U+FFFF. */
const SEPARATORS = /[\P{L}\u{10000}-\u{10ffff}]+(?<!['`\u2019])/gu

const MULTIPLIER = 0x9e3779b1

const packed = (bytes: ArrayLike<number>, start: number, end: number): number => {
  let key = 0
  for (let i = start; i < end; i++) key = (key << 8) | (bytes[i] as number)
  return key
}

/**
 * Layout, little-endian: the length of the names of languages in bytes (u32), the number of runs (u32), the names as
 * JSON, padding to a multiple of four; then for all runs the bytes as a number (i32), for all runs whether a word
 * begins or ends with it (u8), for all runs the number of languages (u8); then for each pair the language (u8) and
 * the weight (u8).
 */
export function encodeTable(languages: readonly string[], grams: readonly Gram[]): Buffer {
  const names = Buffer.from(JSON.stringify(languages))
  const head = Buffer.alloc(8)
  head.writeUInt32LE(names.length, 0)
  head.writeUInt32LE(grams.length, 4)
  const keys = Buffer.alloc(grams.length * 4)
  for (const [i, { bytes }] of grams.entries()) keys.writeInt32LE(packed(bytes, 0, bytes.length), i * 4)
  const odds = grams.flatMap(gram => gram.odds)
  return Buffer.concat([
    head,
    names,
    Buffer.alloc(-names.length & 3),
    keys,
    Buffer.from(grams.map(({ begins, ends }) => (begins ? BEGINS : 0) | (ends ? ENDS : 0))),
    Buffer.from(grams.map(({ odds }) => odds.length)),
    Buffer.from(odds.map(([language]) => language)),
    Buffer.from(odds.map(([, weight]) => weight)),
  ])
}

/** Detects which of sixty languages a text is in, by runs of letters that are common in each. */
export class LanguageTable {
  readonly #languages: readonly string[]
  readonly #keys: Int32Array
  readonly #edges: Uint8Array
  /** Where the weights of each run begin, and at the end where the last ones end. */
  readonly #starts: Uint32Array
  readonly #oddsOf: Uint8Array
  readonly #weights: Uint8Array
  /** An open hash table of the numbers of runs, plus one. */
  readonly #places: Uint16Array
  readonly #mask: number
  /** The number of the text in which each run was last seen: a run counts once for each text. */
  readonly #seen: Uint32Array
  #text = 0
  readonly #scores: Int32Array
  readonly #bytes = new Uint8Array(CAPACITY)
  readonly #encoder = new TextEncoder()

  constructor(table: Buffer) {
    const names = table.readUInt32LE(0)
    const grams = table.readUInt32LE(4)
    this.#languages = JSON.parse(table.toString('utf8', 8, 8 + names)) as string[]
    this.#scores = new Int32Array(this.#languages.length)
    let at = 8 + names + (-names & 3)
    const take = (size: number) => {
      at += size
      return table.subarray(at - size, at)
    }
    const keys = take(grams * 4)
    this.#keys = Int32Array.from({ length: grams }, (_, i) => keys.readInt32LE(i * 4))
    this.#edges = Uint8Array.from(take(grams))
    this.#starts = new Uint32Array(grams + 1)
    const counts = take(grams)
    for (const [i, count] of counts.entries()) this.#starts[i + 1] = (this.#starts[i] as number) + count
    const odds = this.#starts[grams] as number
    this.#oddsOf = Uint8Array.from(take(odds))
    this.#weights = Uint8Array.from(take(odds))
    this.#seen = new Uint32Array(grams)
    const size = 2 ** Math.ceil(Math.log2(grams * 2))
    this.#mask = size - 1
    this.#places = new Uint16Array(size)
    for (let gram = 0; gram < grams; gram++) this.#places[this.#free(gram)] = gram + 1
  }

  /** The built-in table: a file of 0.5 MB. */
  static builtIn(): LanguageTable {
    return new LanguageTable(readFileSync(new URL('language.table', import.meta.url)))
  }

  /** An ISO 639-1 code; undefined if no run of letters is known. Reads the first 1,024 bytes of a text. */
  detect(text: string): string | undefined {
    const words = text.replace(SEPARATORS, ' ').toLowerCase()
    const bytes = this.#bytes
    const { written } = this.#encoder.encodeInto(words, bytes)
    this.#text++
    this.#scores.fill(0)
    for (let start = 0; start < written; ) {
      let end = start
      while (end < written && bytes[end] !== SPACE) end++
      if (end > start) this.#addWord(start, end)
      start = end + 1
    }
    let best = -1
    let most = 0
    for (const [language, score] of this.#scores.entries()) {
      if (score <= most) continue
      most = score
      best = language
    }
    return this.#languages[best]
  }

  #addWord(start: number, end: number): void {
    const last = Math.min(end, start + LONGEST_WORD)
    let at = start
    for (; at + LONGEST < last; at += STRIDE) this.#add(at, at + LONGEST, at === start ? BEGINS : 0)
    // The word was cut, so its end is not known.
    if (last < end) return
    this.#add(Math.max(start, last - LONGEST), last, (at === start ? BEGINS : 0) | ENDS)
  }

  #add(start: number, end: number, edges: number): void {
    const gram = this.#find(packed(this.#bytes, start, end), edges)
    if (gram < 0 || this.#seen[gram] === this.#text) return
    this.#seen[gram] = this.#text
    const last = this.#starts[gram + 1] as number
    for (let i = this.#starts[gram] as number; i < last; i++) {
      const language = this.#oddsOf[i] as number
      this.#scores[language] =
        (this.#scores[language] as number) + (this.#weights[i] as number) + LEAST_WEIGHT
    }
  }

  /** The number of a run, or -1. */
  #find(key: number, edges: number): number {
    let place = this.#first(key, edges)
    for (;;) {
      const gram = (this.#places[place] as number) - 1
      if (gram < 0 || (this.#keys[gram] === key && this.#edges[gram] === edges)) return gram
      place = (place + 1) & this.#mask
    }
  }

  #free(gram: number): number {
    let place = this.#first(this.#keys[gram] as number, this.#edges[gram] as number)
    while (this.#places[place] !== 0) place = (place + 1) & this.#mask
    return place
  }

  #first(key: number, edges: number): number {
    const hash = Math.imul(key ^ Math.imul(edges + 1, MULTIPLIER), MULTIPLIER)
    return (hash ^ (hash >>> 15)) & this.#mask
  }
}
