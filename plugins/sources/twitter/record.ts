import { isObject, type JsonObject } from 'mood-exporter/plugin'

/** What is asked of X for each post. All of it comes with the post, and costs no more. */
export const FIELDS = {
  'tweet.fields':
    'author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,public_metrics,referenced_tweets',
} as const

/** What more is asked where retweets are wanted whole: X bills the post that is repeated as well. */
export const WHOLE_RETWEETS = { expansions: 'referenced_tweets.id' } as const

/** The parts of a tweet that a post is made of. */
const NEEDED = [
  'id',
  'created_at',
  'lang',
  'author_id',
  'edit_history_tweet_ids',
  'referenced_tweets',
] as const

/**
 * A tweet as a record of the format `twitter-v2`: a message of the stream, whose rules' tags are topics of ours.
 *
 * @param maxBytes the largest record; a longer one is cut down to what a post is made of
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

/** How many posts X bills for an answer: those in it, and those that it has to explain them. */
export function postsIn({ data, includes }: JsonObject): number {
  const own = Array.isArray(data) ? data.length : isObject(data) ? 1 : 0
  const beside = isObject(includes) && Array.isArray(includes.tweets) ? includes.tweets.length : 0
  return own + beside
}
