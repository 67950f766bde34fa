/** What tweets have in common, whichever version of the API they come through. */
import { z } from 'mood-exporter/plugin'

export const tweetOptions = z.object({
  retweets: z
    .boolean()
    .default(true)
    .describe('Whether retweets are posts, with the whole text of what they repeat.'),
})

const ENTITY = /&(?:amp|lt|gt);/g
const SAFE_IN_URL = /^\w+$/
const SNOWFLAKE = /^\d{12,19}$/
const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657

const character = (entity: string) => (entity === '&amp;' ? '&' : entity === '&lt;' ? '<' : '>')

/** A tweet's text as it was written: the API hands out `&`, `<` and `>`, and only those, as HTML entities. */
export function unescapeTweet(text: string): string {
  return text.includes('&') ? text.replace(ENTITY, character) : text
}

/** Codes that stand for no language: undetermined, hashtags only, media only, too short and the like. */
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

/** Where to read a tweet on `host`; undefined where its id could not stand in a URL as it is. */
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
