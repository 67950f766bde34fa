import type { TopicRule } from '../plugin/topics.ts'
import { KeywordAutomaton } from './keyword-automaton.ts'
import { formsOf } from './keyword-forms.ts'
import { foldBeyondAscii, foldKeyword } from './normalise.ts'
import { startOf, withRunsAsSpaces } from './separators.ts'
import { isWordEnd, isWordStart } from './word-boundary.ts'

/** The rules that use a keyword, by their indexes. */
interface Uses {
  readonly any: number[]
  readonly all: number[]
  readonly not: number[]
}

/** A form in which a keyword is written. */
interface Form {
  readonly text: string
  /** The index of the keyword. */
  readonly keyword: number
}

/** Finds the topics of a text in one pass, however many keywords there are. */
export class TopicMatcher {
  readonly #rules: readonly TopicRule[]
  readonly #automaton: KeywordAutomaton
  /** By the patterns of the automaton: forms that differ only in separators share one. */
  readonly #forms: Form[][]
  readonly #uses: Uses[]
  /** The index of each keyword, folded. */
  readonly #indexOf: ReadonlyMap<string, number>
  /** Rules that match without any keyword. */
  readonly #open: number[]
  readonly #needsAny: boolean[]
  readonly #allSize: number[]

  // Matches in the current text, cleared after each.
  #text = ''
  readonly #seen: Uint8Array
  readonly #seenKeywords: number[] = []
  readonly #anySeen: Uint8Array
  readonly #allSeen: Uint32Array
  readonly #notSeen: Uint8Array

  /** @throws Error for a keyword that is only white space */
  constructor(rules: readonly TopicRule[]) {
    this.#rules = rules
    const uses = new Map<string, Uses>()
    const note = (rule: number, role: keyof Uses) => {
      const keywords = new Set((rules[rule]?.[role] ?? []).map(foldKeyword))
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

    const forms = new Map<string, Form[]>()
    for (const [keyword, written] of [...uses.keys()].entries()) {
      for (const text of formsOf(written)) {
        const pattern = withRunsAsSpaces(text)
        forms.set(pattern, [...(forms.get(pattern) ?? []), { text, keyword }])
      }
    }
    this.#automaton = new KeywordAutomaton([...forms.keys()])
    this.#forms = [...forms.values()]
    this.#uses = [...uses.values()]
    this.#indexOf = new Map([...uses.keys()].map((keyword, index) => [keyword, index]))
    this.#open = [...rules.keys()].filter(rule => !this.#needsAny[rule] && this.#allSize[rule] === 0)
    this.#seen = new Uint8Array(uses.size)
    this.#anySeen = new Uint8Array(rules.length)
    this.#allSeen = new Uint32Array(rules.length)
    this.#notSeen = new Uint8Array(rules.length)
  }

  /** Indexes of the rules that match the text, ascending. */
  match(text: string): number[] {
    const matched = this.#scan(text)
    this.#clear()
    return matched
  }

  /** Also returns the keywords of `any` and `all` that the text contains, as the rule spells them. */
  explain(text: string): { rule: number; keywords: string[] }[] {
    const isSeen = (keyword: string) => this.#seen[this.#indexOf.get(foldKeyword(keyword)) as number] === 1
    const explained = this.#scan(text).map(rule => {
      const { any = [], all = [] } = this.#rules[rule] as TopicRule
      return { rule, keywords: [...new Set([...any, ...all])].filter(isSeen) }
    })
    this.#clear()
    return explained
  }

  #scan(text: string): number[] {
    this.#text = foldBeyondAscii(text)
    this.#automaton.scan(this.#text, this.#found)
    return this.#seenKeywords.length === 0 ? [...this.#open] : this.#matched()
  }

  readonly #found = (pattern: number, end: number): void => {
    if (!isWordEnd(this.#text, end)) return
    for (const form of this.#forms[pattern] as Form[]) {
      if (this.#seen[form.keyword] === 1) continue
      const start = startOf(form.text, this.#text, end)
      if (start >= 0 && isWordStart(this.#text, start)) this.#note(form.keyword)
    }
  }

  #note(keyword: number): void {
    this.#seen[keyword] = 1
    this.#seenKeywords.push(keyword)
    const { any, all, not } = this.#uses[keyword] as Uses
    for (const rule of any) this.#anySeen[rule] = 1
    for (const rule of all) this.#allSeen[rule] = (this.#allSeen[rule] as number) + 1
    for (const rule of not) this.#notSeen[rule] = 1
  }

  /** Tests only rules of which a keyword was found, and those without required keywords: few of perhaps many. */
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
