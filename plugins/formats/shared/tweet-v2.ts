import {
  idOf,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import type { Includes } from './includes.ts'
import { isRetweetText, makeTweet, snowflakeTime } from './tweet.ts'

/**
 * The post in a tweet; null for a retweet unless those are wanted.
 *
 * @param topics tags of the rules that it matched
 * @throws InvalidRecord where it is no tweet
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

/** A tweet of more than 280 characters has the whole of it in `note_tweet`. */
function wholeText({ note_tweet: note, text }: JsonObject): string | undefined {
  if (isObject(note) && typeof note.text === 'string') return note.text
  return typeof text === 'string' ? text : undefined
}

/** The id of an edited tweet as it was first written: all its versions are one post. */
function firstVersion({ edit_history_tweet_ids: ids }: JsonObject): string | undefined {
  return Array.isArray(ids) ? idOf('edit_history_tweet_ids', ids[0]) : undefined
}

/** A reference as Tweepy prints it, in its older versions without the bracket at the end. */
const PRINTED = /<ReferencedTweet id=(\d+) type=retweeted\b/

/**
 * What a retweet says of the tweet that it repeats: its id, or all of it where a client has put that in. Where references
 * were not asked for, the text says whether it is one; what Tweepy hands out may hold them as it prints them.
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
