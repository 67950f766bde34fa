/** Scores of the posts below: both cuts of the sentiments, bounds of buckets, and none. */
const SCORES = [-1, -0.5, -0.05, 0, 0.05, 0.8, 1, null] as const

const WORDS = [
  { text: 'my galaxy', topics: ['galaxy'] },
  { text: 'a nova', topics: ['nova'] },
  { text: 'nova or galaxy?', topics: ['galaxy', 'nova'] },
  { text: 'the weather', topics: [] },
] as const

const LANGUAGES = ['en', 'ko', 'fr'] as const

/** A post whose every number is known beforehand. */
export interface KnownPost {
  id: string
  url: string
  text: string
  createdAt: number
  lang: string
  /** What the scorer below says of it. */
  score: number | null
  /** The topics of {@link TOPICS} that it matches. */
  topics: readonly string[]
  hashtag: string
}

export const TOPICS = { galaxy: ['galaxy'], nova: ['nova'] }

/** A scorer that returns the number in brackets: `so so [-0.5]`. */
export const STATED_SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'stated',
  description: 'The number in brackets.',
  options: z.object({}),
  create: () => ({
    score: ({ text }) => {
      const stated = /\\[(\\S+)\\]/.exec(text)
      return stated ? Number(stated[1]) : null
    },
  }),
})
`

/** The same posts each time, written over a span of time that begins at `from` (Unix milliseconds). */
export function knownPosts(name: string, count: number, from: number, spanMs: number): KnownPost[] {
  return Array.from({ length: count }, (_, i) => {
    const { text, topics } = WORDS[(i >> 3) % WORDS.length] as (typeof WORDS)[number]
    const score = SCORES[i % SCORES.length] as number | null
    const tenth = i % 10
    const hashtag = tenth < 5 ? '#alpha' : tenth < 8 ? '#beta' : tenth === 8 ? '#gamma' : `#rare${i}`
    return {
      id: `${name}-${i}`,
      url: `https://example.org/${name}/${i}`,
      text: `${text} ${hashtag}${score === null ? '' : ` [${score}]`}`,
      createdAt: from + Math.floor((i / count) * spanMs),
      lang: LANGUAGES[i % LANGUAGES.length] as string,
      score,
      topics,
      hashtag,
    }
  })
}

/** A post as the format `post` takes it: without what the exporter is to find out itself. */
export const asRecord = ({ id, url, text, createdAt, lang }: KnownPost): string =>
  JSON.stringify({ id, url, text, createdAt, lang })

/** Where scores are cut, by the defaults of the configuration. */
export function sentimentOf(score: number | null): string {
  if (score === null) return 'unknown'
  return score >= 0.05 ? 'positive' : score <= -0.05 ? 'negative' : 'neutral'
}

/** How many there are of each key. */
export function tallied<T>(items: Iterable<T>, keysOf: (item: T) => string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) for (const key of keysOf(item)) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** The mean score of those that have one. */
export function meanScore(posts: readonly KnownPost[]): number {
  const scores = posts.flatMap(({ score }) => (score === null ? [] : [score]))
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}
