/** The parts that tweets of all API versions have in common. */
import { type Post, z } from 'mood-exporter/plugin'

export const tweetOptions = z.object({
  retweets: z
    .boolean()
    .default(true)
    .describe('Whether retweets are posts, with the whole text of what they repeat.'),
})

/** A tweet, from any API version. */
export interface Tweet {
  readonly id: string | undefined
  /** The id of the first version of an edited tweet: all its versions are one post. */
  readonly firstVersion: string | undefined
  /** Its full text, with the API's entities. */
  readonly text: string
  /** For a retweet, the full text of the repeated tweet if it is known; undefined for any other tweet. */
  readonly repeated: { readonly text: string | undefined } | undefined
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number
  readonly lang: string | undefined
  readonly screenName: string | undefined
  readonly authorId: string | undefined
  readonly host: string
  readonly topics: string[] | undefined
}

/**
 * The post in a tweet; by default null for a retweet. A retweet is a post of the account that repeats, at that time,
 * with the full text of the repeated tweet: its own text is truncated after "RT @name: ".
 */
export function makeTweet(tweet: Tweet, retweets: boolean): Post | null {
  const { id, firstVersion, text, repeated, createdAt, lang, screenName, authorId, host, topics } = tweet
  if (repeated !== undefined && !retweets) return null
  return {
    id: firstVersion ?? id,
    text: unescapeTweet(repeated?.text ?? text),
    createdAt,
    lang: tweetLanguage(lang),
    author: screenName ?? authorId,
    url: tweetUrl(host, screenName, id),
    topics,
  }
}

const RETWEET = /^RT @\w{1,20}\b/

/** Whether a tweet is a retweet, judged by its text. */
export const isRetweetText = (text: string): boolean => RETWEET.test(text)

const ENTITY = /&(?:amp|lt|gt);/g
const SAFE_IN_URL = /^\w+$/
const SNOWFLAKE = /^\d{12,19}$/
const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657

const character = (entity: string) => (entity === '&amp;' ? '&' : entity === '&lt;' ? '<' : '>')

/** The original text of a tweet: the API encodes `&`, `<` and `>`, and only those, as HTML entities. */
export function unescapeTweet(text: string): string {
  return text.includes('&') ? text.replace(ENTITY, character) : text
}

/** Codes for no language: undetermined, only hashtags, only media, too short and others. */
const NO_LANGUAGE = new Set(['', 'und', 'zxx', 'art', 'qam', 'qct', 'qht', 'qme', 'qst'])
/** Codes of Twitter that BCP 47 has replaced. */
const REPLACED = new Map([
  ['in', 'id'],
  ['iw', 'he'],
])

/** A tweet's `lang` as a BCP 47 language; undefined if Twitter could not tell. */
export function tweetLanguage(code: string | undefined): string | undefined {
  if (code === undefined || NO_LANGUAGE.has(code)) return undefined
  return REPLACED.get(code) ?? code
}

/** The URL of a tweet on `host`; undefined if its id is not valid in a URL. */
export function tweetUrl(host: string, user: string | undefined, id: string | undefined): string | undefined {
  if (id === undefined || !SAFE_IN_URL.test(id)) return undefined
  const path = user !== undefined && SAFE_IN_URL.test(user) ? user : 'i/web'
  return `https://${host}/${path}/status/${id}`
}

/**
 * The time in a tweet's id; undefined for an id from before November 2010, which has none. The bits from the 22nd up
 * are milliseconds since then ("snowflake", github.com/twitter-archive/snowflake).
 */
export function snowflakeTime(id: string | undefined): number | undefined {
  if (id === undefined || !SNOWFLAKE.test(id)) return undefined
  return Math.floor(Number(id) / 2 ** 22) + SNOWFLAKE_EPOCH_MS
}
