import {
  idOf,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { makePost } from '../shared/fields.ts'
import { tweetLanguage, tweetUrl, unescapeTweet } from '../shared/tweet.ts'

/** Keys of the messages that a stream sends between statuses, and of an answer that is an error. */
const NOTICES = new Set([
  ...['delete', 'scrub_geo', 'limit', 'status_withheld', 'user_withheld', 'disconnect', 'warning'],
  ...['friends', 'friends_str', 'event', 'direct_message', 'control', 'errors'],
])

/**
 * The post in a status; null for a stream's notices and, unless they are wanted, for retweets.
 *
 * @throws InvalidRecord where it is neither a status nor a notice
 */
export function statusToPost(status: unknown, receivedAt: number, retweets: boolean): Post | null {
  if (!isObject(status)) throw unexpected('record', 'a status', status)
  const text = fullText(status)
  if (text === undefined) {
    if (isNotice(status)) return null
    throw unexpected('text', 'a string', status.text)
  }
  const retweeted = isObject(status.retweeted_status) ? status.retweeted_status : undefined
  if (retweeted !== undefined && !retweets) return null
  // A retweet's own text is the other's behind "RT @name: ", and cut off.
  const whole = retweeted === undefined ? text : (fullText(retweeted) ?? text)

  const user = isObject(status.user) ? status.user : undefined
  const screenName = optionalString('user.screen_name', user?.screen_name)
  const id = idOf('id_str', status.id_str) ?? idOf('id', status.id)
  return makePost(
    id,
    unescapeTweet(whole),
    createdAt(status, receivedAt),
    tweetLanguage(optionalString('lang', status.lang)),
    screenName ?? optionalString('user.id_str', user?.id_str),
    tweetUrl('twitter.com', screenName, id),
    undefined,
  )
}

/** The longest of the texts that a status may carry: of 280 characters in a stream, in an answer, of 140. */
function fullText({ extended_tweet: extended, full_text, text }: JsonObject): string | undefined {
  if (isObject(extended) && typeof extended.full_text === 'string') return extended.full_text
  if (typeof full_text === 'string') return full_text
  return typeof text === 'string' ? text : undefined
}

/** Streams tell the millisecond beside `created_at`. */
function createdAt({ created_at, timestamp_ms }: JsonObject, receivedAt: number): number {
  return timestamp_ms === undefined || timestamp_ms === null
    ? timeOf('created_at', created_at, receivedAt)
    : timeOf('timestamp_ms', timestamp_ms, receivedAt)
}

function isNotice(message: JsonObject): boolean {
  for (const key in message) if (NOTICES.has(key)) return true
  return false
}
