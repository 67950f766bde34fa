/** What tweets have in common, whichever version of the API they come through. */
import { type Post, z } from 'mood-exporter/plugin'
import { makePost } from './fields.ts'

export const tweetOptions = z.object({
  retweets: z
    .boolean()
    .default(true)
    .describe('Whether retweets are posts, with the whole text of what they repeat.'),
})

/** What a tweet says of itself, whichever version of the API it comes through. */
export interface Tweet {
  readonly id: string | undefined
  /** The id of the first version of an edited tweet: all its versions are one post. */
  readonly firstVersion: string | undefined
  /** The whole of its own text, with the entities that the API puts in. */
  readonly text: string
  /** For a retweet, the whole text of what it repeats where that is known; undefined for any other tweet. */
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
 * The post in a tweet; null for a retweet unless those are wanted. A retweet is a post by the one who repeats, at that time,
 * with the whole text of what is repeated: its own is the other's behind "RT @name: ", and cut off.
 */
export function makeTweet(tweet: Tweet, retweets: boolean): Post | null {
  const { id, firstVersion, text, repeated, createdAt, lang, screenName, authorId, host, topics } = tweet
  if (repeated !== undefined && !retweets) return null
  return makePost(
    firstVersion ?? id,
    unescapeTweet(repeated?.text ?? text),
    createdAt,
    tweetLanguage(lang),
    screenName ?? authorId,
    tweetUrl(host, screenName, id),
    topics,
  )
}

const RETWEET = /^RT @\w{1,20}\b/

/** Whether a tweet is a retweet, where only its text says so. */
export const isRetweetText = (text: string): boolean => RETWEET.test(text)

const ENTITY = /&(?:amp|lt|gt);/g
const SAFE_IN_URL = /^\w+$/
const SNOWFLAKE = /^\d{12,19}$/
const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657

const character = (entity: string) => (entity === '&amp;' ? '&' : entity === '&lt;' ? '<' : '>')

/** A tweet's text as it was written: the API hands out `&`, `<` and `>`, and only those, as HTML entities. */
export function unescapeTweet(text: string): string {
  return text.includes('&') ? text.replace(ENTITY, character) : text
}

/** Codes for no language: undetermined, hashtags only, media only, too short and the like. */
const NO_LANGUAGE = new Set(['', 'und', 'zxx', 'art', 'qam', 'qct', 'qht', 'qme', 'qst'])
/** Codes that Twitter uses, and that BCP 47 has replaced. */
const REPLACED = new Map([
  ['in', 'id'],
  ['iw', 'he'],
])

/** A tweet's `lang` as a BCP 47 language; undefined where Twitter could not tell. */
export function tweetLanguage(code: string | undefined): string | undefined {
  if (code === undefined || NO_LANGUAGE.has(code)) return undefined
  return REPLACED.get(code) ?? code
}

/** Where to read a tweet on `host`; undefined if its id cannot be part of a URL as it is. */
export function tweetUrl(host: string, user: string | undefined, id: string | undefined): string | undefined {
  if (id === undefined || !SAFE_IN_URL.test(id)) return undefined
  const path = user !== undefined && SAFE_IN_URL.test(user) ? user : 'i/web'
  return `https://${host}/${path}/status/${id}`
}

/**
 * When a tweet was written, read off its id; undefined for an id from before November 2010, which does not say.
 * An id's bits from the 22nd up are the milliseconds since then ("snowflake", github.com/twitter-archive/snowflake).
 */
export function snowflakeTime(id: string | undefined): number | undefined {
  if (id === undefined || !SNOWFLAKE.test(id)) return undefined
  return Math.floor(Number(id) / 2 ** 22) + SNOWFLAKE_EPOCH_MS
}
