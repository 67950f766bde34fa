import {
  InvalidRecord,
  idOf,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { makeTweet } from './tweet.ts'

/** Keys of the messages between the statuses of a stream, and of error answers. */
const NOTICES = new Set([
  ...['delete', 'scrub_geo', 'limit', 'status_withheld', 'user_withheld', 'disconnect', 'warning'],
  ...['friends', 'friends_str', 'event', 'direct_message', 'control', 'errors'],
])

/**
 * The post in a status; null for a notice in a stream and, by default, for a retweet.
 *
 * @throws InvalidRecord if it is neither a status nor a notice
 */
export function statusToPost(record: unknown, receivedAt: number, retweets: boolean): Post | null {
  if (!isObject(record)) throw unexpected('record', 'a status', record)
  const status = unwrapped(record)
  const text = fullText(status)
  if (text === undefined) {
    if (isNotice(status)) return null
    if (isObject(status.data)) throw new InvalidRecord(OTHER_VERSION)
    throw unexpected('text', 'a string', status.text)
  }
  const retweeted = isObject(status.retweeted_status) ? status.retweeted_status : undefined
  const user = isObject(status.user) ? status.user : undefined
  return makeTweet(
    {
      id: idOf('id_str', status.id_str) ?? idOf('id', status.id),
      firstVersion: firstVersion(status),
      text,
      repeated: retweeted && { text: fullText(retweeted) },
      createdAt: createdAt(status, receivedAt),
      lang: optionalString('lang', status.lang),
      screenName: optionalString('user.screen_name', user?.screen_name),
      authorId: optionalString('user.id_str', user?.id_str),
      host: 'twitter.com',
      topics: undefined,
    },
    retweets,
  )
}

const OTHER_VERSION =
  'text: expected a string, got nothing; `data` is of the API v2, which the format `twitter-v2` reads'

/** The status in an entry of X's user archive, or in Tweepy's form of it. */
function unwrapped(record: JsonObject): JsonObject {
  if (isObject(record._json)) return record._json
  return isObject(record.tweet) && fullText(record) === undefined ? record.tweet : record
}

/** The id of the first version of an edited tweet, in the API and in the archive: all its versions are one post. */
function firstVersion({ edit_history: history, edit_info: info }: JsonObject): string | undefined {
  if (isObject(history)) {
    const [first] = Array.isArray(history.edit_tweet_ids) ? history.edit_tweet_ids : []
    return idOf('edit_history', history.initial_tweet_id ?? first)
  }
  if (!isObject(info)) return undefined
  const { edit, initial } = info
  if (isObject(edit)) return idOf('edit_info', edit.initialTweetId)
  return isObject(initial) && Array.isArray(initial.editTweetIds)
    ? idOf('edit_info', initial.editTweetIds[0])
    : undefined
}

/** The longest text in a status: of 280 characters in a stream, in an answer, of 140. */
function fullText({ extended_tweet: extended, full_text, text }: JsonObject): string | undefined {
  if (isObject(extended) && typeof extended.full_text === 'string') return extended.full_text
  if (typeof full_text === 'string') return full_text
  return typeof text === 'string' ? text : undefined
}

/** Streams have milliseconds beside `created_at`. */
function createdAt({ created_at, timestamp_ms }: JsonObject, receivedAt: number): number {
  return timestamp_ms === undefined || timestamp_ms === null
    ? timeOf('created_at', created_at, receivedAt)
    : timeOf('timestamp_ms', timestamp_ms, receivedAt)
}

function isNotice(message: JsonObject): boolean {
  for (const key in message) if (NOTICES.has(key)) return true
  return false
}
