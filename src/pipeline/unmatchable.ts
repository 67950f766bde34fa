import type { TopicRule } from '../plugin/topics.ts'
import { formsOf } from './keyword-forms.ts'
import { foldKeyword } from './normalise.ts'
import { TopicMatcher } from './topics.ts'

/** A keyword of a topic that matches no post. */
export interface UnmatchableKeyword {
  topic: string
  role: 'any' | 'all'
  /** Its place in the list of that role. */
  place: number
  keyword: string
  /** The keyword of `not` that each post with it contains too. */
  not: string
}

/** The keywords that match no post, since every spelling of them contains a keyword that `not` of their topic excludes. */
export function unmatchableKeywords(rules: readonly TopicRule[]): UnmatchableKeyword[] {
  return rules.flatMap(({ name, any = [], all = [], not = [] }) => {
    if (not.length === 0) return []
    const excluded = new TopicMatcher([{ name, any: not }])
    const listed = [
      ...any.map((keyword, place) => ({ role: 'any' as const, place, keyword })),
      ...all.map((keyword, place) => ({ role: 'all' as const, place, keyword })),
    ]
    return listed.flatMap(entry => {
      const found = formsOf(foldKeyword(entry.keyword)).map(form => excluded.explain(form)[0]?.keywords[0])
      const [first] = found
      return first === undefined || found.includes(undefined) ? [] : [{ topic: name, ...entry, not: first }]
    })
  })
}
