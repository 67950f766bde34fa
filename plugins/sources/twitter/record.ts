import { isObject, type JsonObject } from 'mood-exporter/plugin'

/** The requested fields of posts. They come with the post at no extra cost. */
export const FIELDS = {
  'tweet.fields':
    'author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,public_metrics,referenced_tweets',
} as const

/** Additional fields if complete retweets are wanted: X also bills the repeated post. */
export const WHOLE_RETWEETS = { expansions: 'referenced_tweets.id' } as const

/** The parts of a tweet that a post needs. */
const NEEDED = [
  'id',
  'created_at',
  'lang',
  'author_id',
  'edit_history_tweet_ids',
  'referenced_tweets',
] as const

/**
 * A tweet as a record of the format `twitter-v2`: like a message of the stream, with our topics as tags of the rules.
 *
 * @param maxBytes the maximum size; a longer record is reduced to the parts that a post needs
 */
export function recordOf(
  tweet: JsonObject,
  includes: unknown,
  topics: readonly string[],
  maxBytes: number,
): string {
  const matching_rules = topics.map(tag => ({ tag }))
  const record = JSON.stringify({ data: tweet, ...(isObject(includes) ? { includes } : {}), matching_rules })
  if (Buffer.byteLength(record) <= maxBytes) return record
  const slim: Record<string, unknown> = Object.fromEntries(NEEDED.map(key => [key, tweet[key]]))
  // A long post has its first part twice.
  if (isObject(tweet.note_tweet)) slim.note_tweet = { text: tweet.note_tweet.text }
  return JSON.stringify({ data: { ...slim, text: slim.note_tweet ? '' : tweet.text }, matching_rules })
}

/** How many posts X bills for an answer: those in it, and the included ones. */
export function postsIn({ data, includes }: JsonObject): number {
  const own = Array.isArray(data) ? data.length : isObject(data) ? 1 : 0
  const beside = isObject(includes) && Array.isArray(includes.tweets) ? includes.tweets.length : 0
  return own + beside
}
