import { readRegularFile } from 'mood-exporter/plugin'
import { type Analysis, analysisOf } from './analysis.ts'
import { DENSE_FEATURES, DenseFeatures } from './dense-features.ts'
import {
  acrossFeature,
  CROSSING,
  pairFeature,
  pairKeyOf,
  reversedFeature,
  spentFeature,
  WordFeatures,
  wordFeature,
} from './features.ts'
import { FREE, NEGATOR, PLAIN, REVERSED, SPENT, WITH_NEXT } from './flags.ts'
import { checkPart, hashPart } from './hash.ts'
import { Lexicon, Moods } from './lexicon.ts'
import { decodeModel, type ModelParts } from './model-file.ts'
import type { ModelHeader } from './model-header.ts'
import { Pooled } from './pooled.ts'
import { type Probabilities, probabilitiesOf, scoreOf } from './score.ts'
import { CAPACITY, LONGEST_WORD, Tokens } from './tokens.ts'
import { Units } from './units.ts'
import { Slots } from './weights.ts'
import {
  FLAGS,
  IS_CUT,
  IS_LISTED,
  KEY,
  negativeOf,
  ofSteps,
  PART_CHECKS,
  PARTS,
  positiveOf,
  ROW,
  WordCache,
} from './word-cache.ts'

/** How many words are cached, with 50 bytes each. Korean words have endings, so there are more forms. */
const CACHED_WORDS = 2 ** 16
const CACHED_WORDS_KOREAN = 2 ** 17

/** A score does not grow further for shorter texts, in characters. */
export const SHORTEST = 4

/** Marks the hash of a part of a split word: as a whole word it might be split itself. */
const PART = 0x2f0b4a27

/** Where the keys of a word's ends are in its record. */
const TAILS = ROW
const HEADS = ROW + CROSSING

/** Flags that require marking scopes. */
const ANY_NEGATION = NEGATOR | WITH_NEXT | FREE

/**
 * A classifier with three classes: multinomial logistic regression over hashed n-grams and a few dense features, in
 * some languages with a small pooled network. The contribution of a word does not depend on others, and a negation
 * reverses it, so it is computed once and cached. One instance processes one text at a time; its fields are those of
 * the latest.
 */
export class Model {
  readonly header: ModelHeader
  readonly tokens = new Tokens()
  readonly units = new Units()
  readonly words: WordCache
  readonly dense = new DenseFeatures()
  readonly pooled: Pooled | undefined
  readonly moods: Moods
  /** The text to which positions refer. */
  text = ''
  readonly #temperature: number
  readonly #analysis: Analysis
  readonly #features: WordFeatures
  /** For words, and for two words. */
  readonly #slots: Slots
  readonly #between: Slots
  /** The contribution of each code to the log odds of negative and of positive. */
  readonly #codes: Float64Array
  readonly #denseWeights: Float64Array
  readonly #codeUnits = new Uint16Array(LONGEST_WORD)
  /** For each token of the text, where its record begins. */
  readonly #places = new Int32Array(CAPACITY)
  /** For how many tokens of the text their words are known to be in use. */
  #used = 0
  /** Buffer for the sum of log odds. */
  readonly #found = new Float64Array(2)

  /** Uncalibrated log odds of the latest text, against neutral. */
  negative = 0
  positive = 0

  constructor({ header, slots, between, hashes, valences, moods, pooled }: ModelParts) {
    this.header = header
    this.#temperature = header.temperature
    const lexicon = new Lexicon(hashes, valences)
    this.moods = new Moods(moods)
    this.#analysis = analysisOf(header.language, this.moods, lexicon)
    this.#features = new WordFeatures(header.features)
    this.#slots = new Slots(slots)
    this.#between = between === undefined ? this.#slots : new Slots(between)
    this.#codes = Float64Array.from(header.codes)
    this.#denseWeights = Float64Array.from(header.dense)
    this.pooled = pooled && new Pooled(pooled)
    this.words = new WordCache(header.language === 'ko' ? CACHED_WORDS_KOREAN : CACHED_WORDS)
  }

  /** @throws Error in one line, if there is no such file or it is not a valid model */
  static load(path: string): Model {
    let bytes: Buffer
    try {
      bytes = readRegularFile(path)
    } catch (error) {
      throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
    }
    return new Model(decodeModel(bytes, path))
  }

  /** The score of a text in [-1, 1], or null if it has no word, sign or picture. */
  score(text: string): number | null {
    return this.read(text)
      ? scoreOf(this.negative * this.#temperature, this.positive * this.#temperature)
      : null
  }

  /** The probability of each class with equal priors; null as for {@link score}. */
  probabilities(text: string): Probabilities | null {
    return this.read(text)
      ? probabilitiesOf(this.negative * this.#temperature, this.positive * this.#temperature)
      : null
  }

  /** Processes a text into {@link negative} and {@link positive}; false if it has no token. */
  read(written: string): boolean {
    const { tokens, units, words } = this
    this.text = tokens.read(written)
    const { count, hashes, checks } = tokens
    if (count === 0) return false
    words.begin()
    this.#used = 0
    // First all places, then their contents: the processor fetches several records in parallel.
    const found = this.#places
    for (let token = 0; token < count; token++) {
      const place = words.find(hashes[token] as number, checks[token] as number)
      found[token] = place < 0 ? this.#cacheToken(token) : place
    }
    const { numbers } = words
    const { flags, places } = units
    units.listedCount = 0
    let seen = 0
    let unit = 0
    for (let token = 0; token < count; token++) {
      const place = found[token] as number
      const flag = numbers[place + FLAGS] as number
      if ((flag & (IS_CUT | IS_LISTED)) !== 0) {
        if ((flag & IS_CUT) !== 0) {
          seen |= this.#addCut(place, token, unit)
          unit += 2
          continue
        }
        units.list(unit, words.valences(place))
      }
      seen |= flag
      places[unit] = place
      flags[unit] = flag
      unit++
    }
    units.count = unit
    units.clear()
    if ((seen & ANY_NEGATION) !== 0) {
      units.isScoped = true
      units.by.fill(-1, 0, unit)
      this.#analysis.scope(units)
    }
    this.#sum()
    return true
  }

  /** The scale of the sum over features. */
  get scale(): number {
    return 1 / Math.sqrt(this.tokens.length + SHORTEST)
  }

  /**
   * The contribution of a pair, or of runs across a space, between two units: towards positive minus towards
   * negative.
   */
  between(first: number, second: number): number {
    const { words, units, header } = this
    const { numbers } = words
    const { pairs, letters } = header.features
    const [a, b] = [first, second].map(unit => units.places[unit]) as [number, number]
    const [stateOfFirst, stateOfSecond] = [first, second].map(unit => units.states[unit]) as [number, number]
    const state = statesOfPair(stateOfFirst, stateOfSecond)
    const found = this.#found
    found.fill(0)
    const add = (hash: number, scale: number) => this.#addFeature(this.#between, hash, scale, state)
    const keys = [a, b].map(place => numbers[place + KEY]) as [number, number]
    add(pairFeature(keys[0], keys[1], second - first), pairs.scale)
    const isAcross = second === first + 1 && stateOfFirst !== SPENT && stateOfSecond !== SPENT
    for (let taken = 0; letters !== undefined && isAcross && taken < CROSSING; taken++) {
      const tail = numbers[a + TAILS + taken] as number
      const [start, next] = [numbers[b + HEADS], numbers[b + HEADS + 1]] as [number, number]
      if (tail === 0) break
      add(acrossFeature(tail, start, 0), letters.scale)
      if (next !== 0) add(acrossFeature(tail, start, next), letters.scale)
    }
    return ((found[1] as number) - (found[0] as number)) * this.scale
  }

  denseContribution(feature: number): number {
    const weight =
      (this.#denseWeights[2 * feature + 1] as number) - (this.#denseWeights[2 * feature] as number)
    return weight * (this.dense.values[feature] as number)
  }

  #sum(): void {
    const { units, pooled, scale } = this
    const found = this.#found
    const { letters } = this.header.features
    this.#addUnits()
    if (letters !== undefined) this.#addAcross(letters.scale)
    const [biasNegative, biasPositive] = this.header.bias
    this.negative = biasNegative + (found[0] as number) * scale
    this.positive = biasPositive + (found[1] as number) * scale
    this.dense.read(this.tokens, units)
    this.#addDenseFeatures()
    if (pooled !== undefined) {
      pooled.read(units, this.words.numbers)
      this.negative += pooled.negative
      this.positive += pooled.positive
    }
  }

  /**
   * The contributions of units alone, and with those before them: the hot path. Sums are local variables, since array
   * elements would be loaded and stored for each feature.
   */
  #addUnits(): void {
    const { words } = this
    const { places, states, count } = this.units
    const { numbers } = words
    const { pairs, reversal } = this.header.features
    const { reach, scale } = pairs
    const between = this.#between
    const codes = this.#codes
    let negativeSteps = 0
    let positiveSteps = 0
    // For plain and for reversed pairs.
    let negative = 0
    let positive = 0
    let turnedNegative = 0
    let turnedPositive = 0
    for (let unit = 0; unit < count; unit++) {
      const place = places[unit] as number
      const state = states[unit] as number
      const odds = words.odds(place, state)
      negativeSteps += negativeOf(odds)
      positiveSteps += positiveOf(odds)
      const key = numbers[place + KEY] as number
      const stop = Math.max(0, unit - reach)
      for (let first = unit - 1; first >= stop; first--) {
        const firstKey = numbers[(places[first] as number) + KEY] as number
        const at = 2 * between.codeOf(pairFeature(firstKey, key, unit - first))
        if (statesOfPair(states[first] as number, state) === PLAIN) {
          negative += codes[at] as number
          positive += codes[at + 1] as number
        } else {
          turnedNegative += codes[at] as number
          turnedPositive += codes[at + 1] as number
        }
      }
    }
    this.#found[0] = ofSteps(negativeSteps) + (negative + reversal * turnedPositive) * scale
    this.#found[1] = ofSteps(positiveSteps) + (positive + reversal * turnedNegative) * scale
  }

  /** Adds the contributions of runs across spaces. */
  #addAcross(scale: number): void {
    const { places, states, count } = this.units
    const { numbers } = this.words
    const between = this.#between
    const codes = this.#codes
    let negative = 0
    let positive = 0
    // For reversed ones.
    let turnedNegative = 0
    let turnedPositive = 0
    for (let unit = 1; unit < count; unit++) {
      const state = (states[unit - 1] as number) | (states[unit] as number)
      if ((state & SPENT) !== 0) continue
      const tails = (places[unit - 1] as number) + TAILS
      const heads = (places[unit] as number) + HEADS
      const start = numbers[heads] as number
      const next = numbers[heads + 1] as number
      for (let taken = 0; taken < CROSSING; taken++) {
        const tail = numbers[tails + taken] as number
        if (tail === 0) break
        const short = 2 * between.codeOf(acrossFeature(tail, start, 0))
        const long = next === 0 ? 0 : 2 * between.codeOf(acrossFeature(tail, start, next))
        if (state === PLAIN) {
          negative += (codes[short] as number) + (codes[long] as number)
          positive += (codes[short + 1] as number) + (codes[long + 1] as number)
        } else {
          turnedNegative += (codes[short] as number) + (codes[long] as number)
          turnedPositive += (codes[short + 1] as number) + (codes[long + 1] as number)
        }
      }
    }
    const { reversal } = this.header.features
    const found = this.#found
    found[0] = (found[0] as number) + (negative + reversal * turnedPositive) * scale
    found[1] = (found[1] as number) + (positive + reversal * turnedNegative) * scale
  }

  #addFeature(slots: Slots, hash: number, scale: number, state: number): void {
    const at = 2 * slots.codeOf(hash)
    const negative = (this.#codes[at] as number) * scale
    const positive = (this.#codes[at + 1] as number) * scale
    const found = this.#found
    if (state === REVERSED) {
      const { reversal } = this.header.features
      found[0] = (found[0] as number) + reversal * positive
      found[1] = (found[1] as number) + reversal * negative
    } else {
      found[0] = (found[0] as number) + negative
      found[1] = (found[1] as number) + positive
    }
  }

  #addDenseFeatures(): void {
    const weights = this.#denseWeights
    const { values, first } = this.dense
    let negative = 0
    let positive = 0
    for (let feature = first; feature < DENSE_FEATURES; feature++) {
      const value = values[feature] as number
      negative += (weights[2 * feature] as number) * value
      positive += (weights[2 * feature + 1] as number) * value
    }
    this.negative += negative
    this.positive += positive
  }

  /** Computes the contribution of a token, and caches it. */
  #cacheToken(token: number): number {
    const { tokens, words } = this
    const codes = this.#codeUnits
    const kind = tokens.kinds[token] as number
    const size = tokens.spell(token, codes)
    const hash = tokens.hashes[token] as number
    const cut = this.#analysis.cut(codes, size, kind)
    this.#use(token)
    const place = words.place(hash, tokens.checks[token] as number)
    if (cut === 0) return this.#cacheUnit(place, hash, codes, size, kind)
    const { numbers } = words
    numbers[place + FLAGS] = IS_CUT
    words.setValences(place, cut)
    numbers[place + PARTS] = hashPart(codes, 0, cut)
    numbers[place + PARTS + 1] = hashPart(codes, cut, size)
    numbers[place + PART_CHECKS] = checkPart(codes, 0, cut)
    numbers[place + PART_CHECKS + 1] = checkPart(codes, cut, size)
    return place
  }

  /** The words of this many tokens are in use: a new one does not replace them. */
  #use(tokens: number): void {
    for (; this.#used < tokens; this.#used++) this.words.use(this.#places[this.#used] as number)
  }

  /** Adds the two parts of a token, and returns their flags. */
  #addCut(whole: number, token: number, first: number): number {
    const { words, units } = this
    const { numbers } = words
    let seen = 0
    for (const part of [0, 1] as const) {
      const hash = numbers[whole + PARTS + part] as number
      const check = numbers[whole + PART_CHECKS + part] as number
      let place = words.find(hash ^ PART, check)
      if (place < 0) place = this.#cachePart(whole, token, part, hash, check)
      words.use(place)
      const unit = first + part
      const flag = numbers[place + FLAGS] as number
      seen |= flag
      units.places[unit] = place
      units.flags[unit] = flag
      units.list(unit, words.valences(place))
    }
    return seen
  }

  #cachePart(whole: number, token: number, part: 0 | 1, hash: number, check: number): number {
    const { tokens, words } = this
    const codes = this.#codeUnits
    const kind = tokens.kinds[token] as number
    const size = tokens.spell(token, codes)
    const cut = words.valences(whole)
    this.#use(tokens.count)
    const place = words.place(hash ^ PART, check)
    return part === 0
      ? this.#cacheUnit(place, hash, codes, cut, kind)
      : this.#cacheUnit(place, hash, codes.subarray(cut), size - cut, kind)
  }

  #cacheUnit(place: number, hash: number, codes: Uint16Array, size: number, kind: number): number {
    const { words, header } = this
    const { numbers } = words
    const { words: word, pairs, characters, letters, reversal } = header.features
    const features = this.#features
    const slots = this.#slots
    features.read(codes, size)
    const flags = this.#analysis.flags(hash, codes, size, kind)
    const valences = this.#analysis.valences(hash, codes, size, kind, flags)
    words.setValences(place, valences)
    numbers[place + FLAGS] = flags | (valences === 0 ? 0 : IS_LISTED)
    const found = this.#found
    found.fill(0)
    this.#addFeature(slots, wordFeature(hash), word.scale, PLAIN)
    for (let index = 0; index < features.characterCount; index++)
      this.#addFeature(slots, features.characters[index] as number, characters.scale, PLAIN)
    for (let index = 0; index < features.letterCount; index++)
      this.#addFeature(slots, features.letters[index] as number, letters?.scale ?? 0, PLAIN)
    const [negative, positive] = found as unknown as [number, number]
    words.setOdds(place, PLAIN, negative, positive)
    found[0] = reversal * positive
    found[1] = reversal * negative
    this.#addFeature(slots, reversedFeature(hash), word.scale, PLAIN)
    words.setOdds(place, REVERSED, found[0], found[1])
    found.fill(0)
    this.#addFeature(slots, spentFeature(hash), word.scale, PLAIN)
    words.setOdds(place, SPENT, found[0], found[1])
    numbers[place + KEY] = pairKeyOf(hash, codes, size, pairs.beginning)
    this.pooled?.write(hash, numbers, place + ROW)
    if (letters !== undefined) this.#writeEnds(place)
    return place
  }

  #writeEnds(place: number): void {
    const { numbers } = this.words
    const { heads, tails } = this.#features
    for (let at = 0; at < CROSSING; at++) {
      numbers[place + TAILS + at] = tails[at] as number
      numbers[place + HEADS + at] = heads[at] as number
    }
  }
}

/** The state of a pair: reversed if one of its units is, but plain if one is the negator. */
export function statesOfPair(first: number, second: number): number {
  const states = first | second
  return (states & SPENT) !== 0 ? PLAIN : states
}
