import { ABSENT, type Context } from './context.ts'
import { BEGINS_PHRASE, BOOSTS, NEGATES, type Phrases, type Vocabulary, WEIGHTED } from './vocabulary.ts'
import { CONTRACTED_NOT, IN_CAPITALS } from './words.ts'

/** The amount that capitals add to a weight and to a booster. */
const CAPITALS = 0.733
const NEGATION = -0.74
/** The factor of "never so" and "never this". */
const NEVER_SO = 1.25
/** The factor of a booster by its distance from the word. */
const FADING = [1, 0.95, 0.9] as const

/** Where an idiom at the word or before it may begin, and its number of words, in order of precedence. */
const IDIOMS_BEFORE = [
  [-1, 2],
  [-2, 3],
  [-2, 2],
  [-3, 3],
  [-3, 2],
] as const

/** Receives the rule that changed a weight. */
export interface Notes {
  /**
   * @param offset the position of the words that the rule applies to, and `words` their number; absent for the word
   *   itself
   */
  note(rule: string, context: Context, offset?: number, words?: number): void
}

/**
 * The rules by which neighbouring words change the weight of a word, in the order of the reference and including its
 * bugs: `sentiment_valence` of vaderSentiment 3.3.2, after C. J. Hutto and E. Gilbert, ICWSM 2014.
 */
export class Rules {
  readonly #vocabulary: Vocabulary
  #weight = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  /** The result of the last call of `weigh`. A field, because a returned number may be allocated on the heap. */
  get weight(): number {
    return this.#weight
  }

  /**
   * Computes the weight of the current word, which must have one, in the context of its neighbours.
   *
   * @param capitals whether capitals matter: whether some words of the text are in capitals and others are not
   */
  weigh(context: Context, capitals: boolean, notes: Notes | null): void {
    this.#weight = 0
    if (this.#isKindOf(context)) return
    this.#own(context, notes)
    if (capitals && context.traits() & IN_CAPITALS) {
      this.#weight += this.#weight > 0 ? CAPITALS : -CAPITALS
      notes?.note('in capitals', context)
    }
    for (let back = 1; back <= 3 && context.id(-back) !== ABSENT; back++) {
      if (context.traits(-back) & WEIGHTED) continue
      if (context.traits(-back) & BOOSTS) this.#boost(context, back, capitals, notes)
      this.#negate(context, back, notes)
      if (back === 3) this.#phrases(context, notes)
    }
    this.#least(context, notes)
  }

  #isKindOf(context: Context): boolean {
    const { kind, of } = this.#vocabulary.named
    return context.id() === kind && context.id(1) === of
  }

  /** The weight of the word, including a "no" near it. A "no" before a word with a weight has none itself. */
  #own(context: Context, notes: Notes | null): void {
    const { no, nor, or } = this.#vocabulary.named
    this.#weight = this.#vocabulary.values[context.id()] as number
    const joined = context.id(-1) === or || context.id(-1) === nor
    for (let back = 1; back <= (joined ? 3 : 2); back++) {
      if (context.id(-back) !== no) continue
      notes?.note('negated by', context, -back, 1)
      this.#weight *= NEGATION
      return
    }
    if (context.id() === no && context.traits(1) & WEIGHTED) this.#weight = 0
  }

  /** Adds a booster at this distance before the word. */
  #boost(context: Context, back: number, capitals: boolean, notes: Notes | null): void {
    let boost = this.#vocabulary.values[context.id(-back)] as number
    notes?.note(boost > 0 ? 'strengthened by' : 'weakened by', context, -back, 1)
    if (this.#weight < 0) boost = -boost
    if (capitals && context.traits(-back) & IN_CAPITALS) boost += this.#weight > 0 ? CAPITALS : -CAPITALS
    this.#weight += boost * (FADING[back - 1] as number)
  }

  /** Negates the weight if the word at this distance before it is a negator. "without doubt" does not negate. */
  #negate(context: Context, back: number, notes: Notes | null): void {
    if (this.#isNeverSo(context, back)) {
      notes?.note('strengthened by', context, -back, 2)
      this.#weight *= NEVER_SO
    } else if (back === 3 && this.#isSo(context.id(-1))) {
      // A bug of the reference: no "never" is needed here.
      notes?.note('strengthened by', context, -1, 1)
      this.#weight *= NEVER_SO
    } else if (context.traits(-back) & (NEGATES | CONTRACTED_NOT) && !this.#isWithoutDoubt(context, back)) {
      notes?.note('negated by', context, -back, 1)
      this.#weight *= NEGATION
    }
  }

  #isNeverSo(context: Context, back: number): boolean {
    return back > 1 && context.id(-back) === this.#vocabulary.named.never && this.#isSo(context.id(1 - back))
  }

  #isSo(id: number): boolean {
    const { so, this: this_ } = this.#vocabulary.named
    return id === so || id === this_
  }

  #isWithoutDoubt(context: Context, back: number): boolean {
    const { without, doubt } = this.#vocabulary.named
    if (back === 1 || context.id(-back) !== without) return false
    return context.id(-1) === doubt || (back === 3 && context.id(-2) === doubt)
  }

  /** Replaces the weight of the word by that of an idiom, and adds boosters of two words. */
  #phrases(context: Context, notes: Notes | null): void {
    const traits = context.traits(-3) | context.traits(-2) | context.traits(-1) | context.traits()
    if (!(traits & BEGINS_PHRASE)) return
    const { idioms, boosterPhrases } = this.#vocabulary
    for (const [offset, words] of IDIOMS_BEFORE) {
      const value = this.#phrase(idioms, context, offset, words)
      if (value === undefined) continue
      notes?.note('in', context, offset, words)
      this.#weight = value
      break
    }
    for (const words of [2, 3]) {
      const value = this.#phrase(idioms, context, 0, words)
      if (value === undefined) continue
      notes?.note('in', context, 0, words)
      this.#weight = value
    }
    for (const offset of [-3, -2]) {
      const value = this.#phrase(boosterPhrases, context, offset, 2)
      if (value === undefined) continue
      notes?.note(value > 0 ? 'strengthened by' : 'weakened by', context, offset, 2)
      this.#weight += value
    }
  }

  #phrase(phrases: Phrases, context: Context, offset: number, words: number): number | undefined {
    if (!(context.traits(offset) & BEGINS_PHRASE)) return undefined
    const first = context.id(offset)
    const second = context.id(offset + 1)
    return words === 2 ? phrases.value(first, second) : phrases.value(first, second, context.id(offset + 2))
  }

  /** Reverses the weight after "least", except after "at least" and "very least". */
  #least(context: Context, notes: Notes | null): void {
    const { at, least, very } = this.#vocabulary.named
    if (context.id(-1) !== least || context.traits(-1) & WEIGHTED) return
    if (context.id(-2) === at || context.id(-2) === very) return
    notes?.note('negated by', context, -1, 1)
    this.#weight *= NEGATION
  }
}
