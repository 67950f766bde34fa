import type { TopicRule } from '../plugin/topics.ts'
import { KeywordAutomaton } from './keyword-automaton.ts'
import { fold, foldBeyondAscii } from './normalise.ts'
import { isWordBoundary } from './word-boundary.ts'

/** The rules that a keyword bears on, by their indices. */
interface Uses {
  readonly any: number[]
  readonly all: number[]
  readonly not: number[]
}

/** Says which topics a text is about, in one pass over it however many keywords there are. */
export class TopicMatcher {
  readonly #automaton: KeywordAutomaton
  readonly #keywords: string[]
  readonly #uses: Uses[]
  /** Rules that match without any keyword. */
  readonly #open: number[]
  readonly #needsAny: boolean[]
  readonly #allSize: number[]

  // What the text at hand holds, cleared after each.
  #text = ''
  readonly #seen: Uint8Array
  readonly #seenKeywords: number[] = []
  readonly #anySeen: Uint8Array
  readonly #allSeen: Uint32Array
  readonly #notSeen: Uint8Array

  /** @throws Error for a keyword that is only white space */
  constructor(rules: readonly TopicRule[]) {
    const uses = new Map<string, Uses>()
    const note = (rule: number, role: keyof Uses) => {
      const keywords = new Set((rules[rule]?.[role] ?? []).map(keyword => fold(keyword).trim()))
      for (const keyword of keywords) {
        if (keyword === '')
          throw new Error(
            `topic "${rules[rule]?.name}": expected a keyword in \`${role}\`, got only white space`,
          )
        const use = uses.get(keyword) ?? { any: [], all: [], not: [] }
        use[role].push(rule)
        uses.set(keyword, use)
      }
      return keywords.size
    }
    this.#needsAny = rules.map((_, rule) => note(rule, 'any') > 0)
    this.#allSize = rules.map((_, rule) => note(rule, 'all'))
    for (const rule of rules.keys()) note(rule, 'not')

    this.#keywords = [...uses.keys()]
    this.#automaton = new KeywordAutomaton(this.#keywords)
    this.#uses = [...uses.values()]
    this.#open = [...rules.keys()].filter(rule => !this.#needsAny[rule] && this.#allSize[rule] === 0)
    this.#seen = new Uint8Array(uses.size)
    this.#anySeen = new Uint8Array(rules.length)
    this.#allSeen = new Uint32Array(rules.length)
    this.#notSeen = new Uint8Array(rules.length)
  }

  /** Indices of the rules that the text matches, ascending. */
  match(text: string): number[] {
    this.#text = foldBeyondAscii(text)
    this.#automaton.scan(this.#text, this.#found)
    const matched = this.#seenKeywords.length === 0 ? [...this.#open] : this.#matched()
    this.#clear()
    return matched
  }

  readonly #found = (keyword: number, end: number): void => {
    if (this.#seen[keyword] === 1) return
    if (!isWordBoundary(this.#text, end)) return
    if (!isWordBoundary(this.#text, startOf(this.#keywords[keyword] as string, this.#text, end))) return
    this.#seen[keyword] = 1
    this.#seenKeywords.push(keyword)
    const { any, all, not } = this.#uses[keyword] as Uses
    for (const rule of any) this.#anySeen[rule] = 1
    for (const rule of all) this.#allSeen[rule] = (this.#allSeen[rule] as number) + 1
    for (const rule of not) this.#notSeen[rule] = 1
  }

  /** Looks only at rules that a keyword spoke for and at those that need none, few of perhaps many. */
  #matched(): number[] {
    const matched = new Set<number>()
    const consider = (rule: number) => {
      if (this.#notSeen[rule] === 1) return
      if (this.#needsAny[rule] && this.#anySeen[rule] === 0) return
      if ((this.#allSeen[rule] as number) < (this.#allSize[rule] as number)) return
      matched.add(rule)
    }
    for (const rule of this.#open) consider(rule)
    for (const keyword of this.#seenKeywords) {
      const { any, all } = this.#uses[keyword] as Uses
      for (const rule of any) consider(rule)
      for (const rule of all) consider(rule)
    }
    return [...matched].sort((a, b) => a - b)
  }

  #clear(): void {
    for (const keyword of this.#seenKeywords) {
      this.#seen[keyword] = 0
      const { any, all, not } = this.#uses[keyword] as Uses
      for (const rule of any) this.#anySeen[rule] = 0
      for (const rule of all) this.#allSeen[rule] = 0
      for (const rule of not) this.#notSeen[rule] = 0
    }
    this.#seenKeywords.length = 0
    this.#text = ''
  }
}

/** Where the occurrence of a keyword starts that ends at `end`: a space of the keyword may be a longer run in the text. */
function startOf(keyword: string, text: string, end: number): number {
  if (!keyword.includes(' ')) return end - keyword.length
  let start = end
  for (let i = keyword.length - 1; i >= 0; i--) {
    start--
    if (keyword[i] === ' ') while (isAsciiSpace(text.charCodeAt(start - 1))) start--
  }
  return start
}

const isAsciiSpace = (unit: number) => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
