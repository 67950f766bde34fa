import {
  idOf,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { isRetweetText, makeTweet, snowflakeTime } from '../twitter-v1/tweet.ts'
import type { Includes } from './includes.ts'

/**
 * The post in a tweet; by default null for a retweet.
 *
 * @param topics tags of the rules that matched it
 * @throws InvalidRecord if it is not a tweet
 */
export function tweetToPost(
  tweet: unknown,
  includes: Includes,
  topics: string[] | undefined,
  receivedAt: number,
  retweets: boolean,
): Post | null {
  if (!isObject(tweet)) throw unexpected('data', 'a tweet', tweet)
  const text = wholeText(tweet)
  if (text === undefined) throw unexpected('text', 'a string', tweet.text)
  const reference = retweetOf(tweet.referenced_tweets, text)
  const retweeted = reference && (includes.tweet(reference.id) ?? reference)
  const id = idOf('id', tweet.id)
  const user = isObject(tweet.author) ? tweet.author : includes.user(tweet.author_id)
  return makeTweet(
    {
      id,
      firstVersion: firstVersion(tweet),
      text,
      repeated: retweeted && { text: wholeText(retweeted) },
      createdAt: timeOf('created_at', tweet.created_at ?? snowflakeTime(id), receivedAt),
      lang: optionalString('lang', tweet.lang),
      screenName: optionalString('username', user?.username),
      authorId: idOf('author_id', tweet.author_id),
      host: 'x.com',
      topics,
    },
    retweets,
  )
}

/** A tweet of more than 280 characters has its full text in `note_tweet`. */
function wholeText({ note_tweet: note, text }: JsonObject): string | undefined {
  if (isObject(note) && typeof note.text === 'string') return note.text
  return typeof text === 'string' ? text : undefined
}

/** The id of the first version of an edited tweet: all its versions are one post. */
function firstVersion({ edit_history_tweet_ids: ids }: JsonObject): string | undefined {
  return Array.isArray(ids) ? idOf('edit_history_tweet_ids', ids[0]) : undefined
}

/** A reference in the text form of Tweepy; older versions omit the last bracket. */
const PRINTED = /<ReferencedTweet id=(\d+) type=retweeted\b/

/**
 * The tweet that a retweet repeats: its id, or all of it if a client has included it. If references were not
 * requested, the text shows whether it is a retweet; from Tweepy they may be in text form.
 */
function retweetOf(references: unknown, text: string): JsonObject | undefined {
  if (references === undefined || references === null) return isRetweetText(text) ? {} : undefined
  for (const reference of [references].flat()) {
    if (isObject(reference) && reference.type === 'retweeted') return reference
    const [, id] = (typeof reference === 'string' && PRINTED.exec(reference)) || []
    if (id !== undefined) return { id }
  }
  return undefined
}
