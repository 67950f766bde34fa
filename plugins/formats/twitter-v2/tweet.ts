import {
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { makePost } from '../shared/fields.ts'
import { snowflakeTime, tweetLanguage, tweetUrl, unescapeTweet } from '../shared/tweet.ts'
import type { Includes } from './includes.ts'

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
  const retweetedId = idOfRetweeted(tweet.referenced_tweets)
  if (retweetedId !== undefined && !retweets) return null
  // A retweet's own text is the other's behind "RT @name: ", and cut off.
  const retweeted = retweetedId === undefined ? undefined : includes.tweet(retweetedId)
  const whole = (retweeted && wholeText(retweeted)) ?? text

  const id = optionalString('id', tweet.id)
  const authorId = optionalString('author_id', tweet.author_id)
  const user = authorId === undefined ? undefined : includes.user(authorId)
  const username = optionalString('username', user?.username)
  return makePost(
    id,
    unescapeTweet(whole),
    timeOf('created_at', tweet.created_at ?? snowflakeTime(id), receivedAt),
    tweetLanguage(optionalString('lang', tweet.lang)),
    username ?? authorId,
    tweetUrl('x.com', username, id),
    topics,
  )
}

/** A tweet of more than 280 characters has the whole of it in `note_tweet`. */
function wholeText({ note_tweet: note, text }: JsonObject): string | undefined {
  if (isObject(note) && typeof note.text === 'string') return note.text
  return typeof text === 'string' ? text : undefined
}

function idOfRetweeted(references: unknown): unknown {
  if (!Array.isArray(references)) return undefined
  for (const reference of references) {
    if (isObject(reference) && reference.type === 'retweeted') return reference.id
  }
  return undefined
}
