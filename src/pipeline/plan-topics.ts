import type { Post } from '../plugin/post.ts'
import { type Plan, type TrendingSpec, topicsOf } from './plan.ts'
import { TopicMatcher } from './topics.ts'

/** The terms of the present lists of rankings, by source, the first rank first. Plain data. */
export type Trends = Readonly<Record<string, readonly string[]>>

const EVERY_TOPIC: readonly number[] = [0]
const NONE: readonly string[] = []

/** The topics of a plan, by their places in it: those with keywords of their own, and those whose keywords change. */
export class PlanTopics {
  readonly #keywords: TopicMatcher | null
  readonly #names: string[]
  readonly #places: Map<string, number>
  readonly #trending: { spec: TrendingSpec; place: number }[]
  readonly #matches = new Map<number, { terms: readonly string[]; matcher: TermMatcher }>()
  readonly #isEverything: boolean
  #mentioned: readonly string[] = NONE

  constructor(plan: Pick<Plan, 'topics' | 'trending'>) {
    const { topics, trending = [] } = plan
    this.#isEverything = topics.length + trending.length === 0
    this.#keywords = topics.length > 0 ? new TopicMatcher(topics) : null
    this.#names = topics.map(({ name }) => name)
    this.#places = new Map(topicsOf(plan).map(({ name }, place) => [name, place]))
    this.#trending = trending.map((spec, i) => ({ spec, place: topics.length + i }))
  }

  /** Takes the present terms of rankings for keywords, from now on. */
  trends(trends: Trends): void {
    for (const { spec, place } of this.#trending) {
      const terms = (trends[spec.source] ?? []).slice(0, spec.top)
      const known = this.#matches.get(place)
      if (known?.terms.join('\n') === terms.join('\n')) continue
      const keywords = terms.filter(isKeyword)
      if (keywords.length > 0) this.#matches.set(place, { terms, matcher: new TermMatcher(keywords) })
      else this.#matches.delete(place)
    }
  }

  /** The places of the topics that a post is about. */
  of(post: Post): readonly number[] {
    const matched = this.#match(post.text)
    if (post.topics === undefined || this.#isEverything) return matched
    const named = post.topics.flatMap(name => this.#places.get(name) ?? [])
    return named.length === 0 ? matched : [...new Set([...matched, ...named])]
  }

  /** Terms of rankings that the post at hand mentions. */
  get mentioned(): readonly string[] {
    return this.#mentioned
  }

  /** The names of the topics with keywords of their own that a text has. */
  namesOf(text: string): string[] {
    return (this.#keywords?.match(text) ?? []).map(place => this.#names[place] as string)
  }

  #match(text: string): readonly number[] {
    if (this.#isEverything) return EVERY_TOPIC
    const matched = this.#keywords?.match(text) ?? []
    this.#mentioned = NONE
    if (this.#matches.size > 0)
      for (const [place, { matcher }] of this.#matches) {
        const terms = matcher.match(text)
        if (terms.length === 0) continue
        matched.push(place)
        this.#mentioned = this.#mentioned === NONE ? terms : [...new Set([...this.#mentioned, ...terms])]
      }
    return matched
  }
}

/** Finds terms in texts, each by the rules of keywords. */
class TermMatcher {
  readonly #terms: readonly string[]
  readonly #matcher: TopicMatcher

  constructor(terms: readonly string[]) {
    this.#terms = terms
    this.#matcher = new TopicMatcher(terms.map(term => ({ name: term, any: [term] })))
  }

  match(text: string): string[] {
    return this.#matcher.match(text).map(place => this.#terms[place] as string)
  }
}

/** A term that consists of what is ignored in texts, such as a variation selector, is none. */
function isKeyword(term: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}]/u.test(term)
}
