import { type Analysis, analysisOf } from '../analysis.ts'
import {
  acrossFeature,
  type FeatureSettings,
  pairFeature,
  pairKeyOf,
  reversedFeature,
  spentFeature,
  WordFeatures,
  wordFeature,
} from '../features.ts'
import { PLAIN, REVERSED, SPENT } from '../flags.ts'
import { hashPart } from '../hash.ts'
import type { Lexicon, Moods } from '../lexicon.ts'
import { SHORTEST, statesOfPair } from '../model.ts'
import { LONGEST_WORD, Tokens } from '../tokens.ts'
import { UNIT_CAPACITY, Units } from '../units.ts'

/**
 * Receives the features of a text, group by group, with their factor, whether they are reversed, and whether they
 * consist of two words.
 */
export interface Sink {
  group(scale: number, reversed: boolean, between?: boolean): void
  feature(hash: number): void
}

/**
 * Reads the features of texts for training, with the same code for each part as {@link Model}, but without its
 * caches. A test compares the two.
 */
export class Reader {
  readonly tokens = new Tokens()
  readonly units = new Units()
  /** The hash of each unit of the latest text. */
  readonly hashes = new Int32Array(UNIT_CAPACITY)
  readonly #pairKeys = new Int32Array(UNIT_CAPACITY)
  readonly #settings: FeatureSettings
  readonly #analysis: Analysis
  readonly #features: WordFeatures
  readonly #previous: WordFeatures
  readonly #codes: Uint16Array[] = []
  readonly #sizes = new Uint8Array(UNIT_CAPACITY)
  /** For each unit its token, its start and its end in it; -1 means the token's end. */
  readonly #owners: [token: number, from: number, to: number][] = []

  constructor(language: string, settings: FeatureSettings, lexicon: Lexicon, moods: Moods) {
    this.#settings = settings
    this.#analysis = analysisOf(language, moods, lexicon)
    this.#features = new WordFeatures(settings)
    this.#previous = new WordFeatures(settings)
  }

  /** Cuts a text into units and marks their states. */
  cut(written: string): void {
    const { tokens, units } = this
    tokens.read(written)
    units.count = 0
    units.listedCount = 0
    this.#owners.length = 0
    for (let token = 0; token < tokens.count; token++) {
      const codes = new Uint16Array(LONGEST_WORD)
      const kind = tokens.kinds[token] as number
      const size = tokens.spell(token, codes)
      const at = this.#analysis.cut(codes, size, kind)
      if (at === 0) this.#owners.push([token, 0, -1])
      else this.#owners.push([token, 0, at], [token, at, -1])
      if (at === 0) this.#unit(tokens.hashes[token] as number, codes, size, kind)
      else {
        this.#unit(hashPart(codes, 0, at), codes.subarray(0, at), at, kind)
        this.#unit(hashPart(codes, at, size), codes.subarray(at), size - at, kind)
      }
    }
    units.clear()
    units.isScoped = true
    units.by.fill(-1, 0, units.count)
    this.#analysis.scope(units)
  }

  /** The features of the most recently split text. */
  features(sink: Sink): void {
    const { units, hashes } = this
    const { words, pairs, characters, letters } = this.#settings
    const scale = 1 / Math.sqrt(this.tokens.length + SHORTEST)
    let before = this.#previous
    let word = this.#features
    for (let unit = 0; unit < units.count; unit++) {
      const hash = hashes[unit] as number
      const state = units.states[unit] as number
      word.read(this.#codes[unit] as Uint16Array, this.#sizes[unit] as number)
      if (state === SPENT) {
        sink.group(words.scale * scale, false)
        sink.feature(spentFeature(hash))
      } else {
        sink.group(words.scale * scale, state === REVERSED)
        sink.feature(wordFeature(hash))
        sink.group(characters.scale * scale, state === REVERSED)
        for (let i = 0; i < word.characterCount; i++) sink.feature(word.characters[i] as number)
        if (letters !== undefined) {
          sink.group(letters.scale * scale, state === REVERSED)
          for (let i = 0; i < word.letterCount; i++) sink.feature(word.letters[i] as number)
        }
        if (state === REVERSED) {
          sink.group(words.scale * scale, false)
          sink.feature(reversedFeature(hash))
        }
      }
      for (let first = unit - 1; first >= 0 && first >= unit - pairs.reach; first--) {
        const reversed = statesOfPair(units.states[first] as number, state) !== PLAIN
        sink.group(pairs.scale * scale, reversed, true)
        sink.feature(
          pairFeature(this.#pairKeys[first] as number, this.#pairKeys[unit] as number, unit - first),
        )
        if (first !== unit - 1 || letters === undefined) continue
        if (state === SPENT || units.states[first] === SPENT) continue
        sink.group(letters.scale * scale, reversed, true)
        for (const tail of before.tails) {
          if (tail === 0) break
          const [start = 0, next = 0] = word.heads
          sink.feature(acrossFeature(tail, start, 0))
          if (next !== 0) sink.feature(acrossFeature(tail, start, next))
        }
      }
      const other = before
      before = word
      word = other
    }
  }

  /** The kind of each unit in the latest text. */
  texts(text: string): string[] {
    const { tokens } = this
    return Array.from(this.#owners, ([token, from, to]) => {
      const start = tokens.starts[token] as number
      return text.slice(start + from, to < 0 ? tokens.ends[token] : start + to)
    })
  }

  #unit(hash: number, codes: Uint16Array, size: number, kind: number): void {
    const { units } = this
    const index = units.count++
    this.hashes[index] = hash
    this.#codes[index] = codes
    this.#sizes[index] = size
    this.#pairKeys[index] = pairKeyOf(hash, codes, size, this.#settings.pairs.beginning)
    const flags = this.#analysis.flags(hash, codes, size, kind)
    units.flags[index] = flags
    units.list(index, this.#analysis.valences(hash, codes, size, kind, flags))
  }
}
