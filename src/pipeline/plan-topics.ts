import type { Post } from '../plugin/post.ts'
import { type Plan, type TrendingSpec, topicsOf } from './plan.ts'
import { TopicMatcher } from './topics.ts'

/** The terms of the present lists of rankings, by source, the first rank first. Plain data. */
export type Trends = Readonly<Record<string, readonly string[]>>

const EVERY_TOPIC: readonly number[] = [0]

/** The topics of a plan, by their places in it: those with keywords of their own, and those whose keywords change. */
export class PlanTopics {
  readonly #keywords: TopicMatcher | null
  readonly #names: string[]
  readonly #places: Map<string, number>
  readonly #trending: { spec: TrendingSpec; place: number }[]
  readonly #matches: Map<number, { terms: readonly string[]; matcher: TopicMatcher }> = new Map()
  readonly #isEverything: boolean

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
      const matcher = matcherOf(spec.name, terms)
      if (matcher) this.#matches.set(place, { terms, matcher })
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

  /** The names of the topics with keywords of their own that a text has. */
  namesOf(text: string): string[] {
    return (this.#keywords?.match(text) ?? []).map(place => this.#names[place] as string)
  }

  #match(text: string): readonly number[] {
    if (this.#isEverything) return EVERY_TOPIC
    const matched = this.#keywords?.match(text) ?? []
    if (this.#matches.size > 0)
      for (const [place, { matcher }] of this.#matches)
        if (matcher.match(text).length > 0) matched.push(place)
    return matched
  }
}

/** Null where there is no term that can be a keyword: a rule without any would match everything. */
function matcherOf(name: string, terms: readonly string[]): TopicMatcher | null {
  const any = terms.filter(isKeyword)
  return any.length > 0 ? new TopicMatcher([{ name, any }]) : null
}

/** A term that consists of what is ignored in texts, such as a variation selector, is none. */
function isKeyword(term: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}]/u.test(term)
}
