import type { Post } from '../plugin/post.ts'
import { TopicMatcher } from './topics.ts'
import { type TrendingSpec, topicsOf, type WorkerConfig } from './worker-config.ts'

/** The current terms of rankings, by source, in order of rank. Plain data. */
export type Trends = Readonly<Record<string, readonly string[]>>

const EVERY_TOPIC: readonly number[] = [0]
const NONE: readonly string[] = []

/** The topics by index: first those with fixed keywords, then those whose keywords are the terms of a ranking. */
export class ConfiguredTopics {
  readonly #keywords: TopicMatcher | null
  readonly #names: string[]
  readonly #places: Map<string, number>
  readonly #trending: { spec: TrendingSpec; place: number }[]
  readonly #matches = new Map<number, { terms: readonly string[]; matcher: TermMatcher }>()
  readonly #isEverything: boolean
  #mentioned: readonly string[] = NONE

  constructor(workerConfig: Pick<WorkerConfig, 'topics' | 'trending'>) {
    const { topics, trending = [] } = workerConfig
    this.#isEverything = topics.length + trending.length === 0
    this.#keywords = topics.length > 0 ? new TopicMatcher(topics) : null
    this.#names = topics.map(({ name }) => name)
    this.#places = new Map(topicsOf(workerConfig).map(({ name }, place) => [name, place]))
    this.#trending = trending.map((spec, i) => ({ spec, place: topics.length + i }))
  }

  /** Sets the current terms of rankings, which are keywords from now on. */
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

  /** The indexes of the topics that a post is about. */
  of(post: Post): readonly number[] {
    const matched = this.#match(post.text)
    if (post.topics === undefined || this.#isEverything) return matched
    const named = post.topics.flatMap(name => this.#places.get(name) ?? [])
    return named.length === 0 ? matched : [...new Set([...matched, ...named])]
  }

  /** Terms of rankings that the current post mentions. */
  get mentioned(): readonly string[] {
    return this.#mentioned
  }

  /** The names of the topics with fixed keywords that match a text. */
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

/** A term made only of ignored characters, such as a variation selector, cannot be a keyword. */
function isKeyword(term: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}]/u.test(term)
}
