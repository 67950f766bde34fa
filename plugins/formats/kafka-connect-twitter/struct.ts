import {
  idOf,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { statusToPost } from '../twitter-v1/status.ts'
import { isRetweetText, makeTweet, snowflakeTime } from '../twitter-v1/tweet.ts'
import { Includes } from '../twitter-v2/includes.ts'
import { tweetToPost } from '../twitter-v2/tweet-v2.ts'

const NO_INCLUDES = new Includes(undefined)

/**
 * The post in a connector's structure; null for a deletion notice and, by default, for a retweet. Three structures
 * are known, by the names of their fields:
 *
 * - `Id`, `CreatedAt`, `Text`, `User`: github.com/jcustenborder/kafka-connect-twitter up to 0.3, `StatusConverter`;
 *   deletions are `StatusId`, `UserId`;
 * - `id`, `created_at`, `text`, `user`, `is_retweet`: github.com/Eneco/kafka-connect-twitter, `TwitterStatus`;
 * - `id`, `created_at`, `text`, `author_id`: the former since its move to the API v2, `TweetConverter`.
 *
 * @throws InvalidRecord if it is none of these
 */
export function structToPost(struct: unknown, receivedAt: number, retweets: boolean): Post | null {
  if (!isObject(struct)) throw unexpected('record', 'a tweet', struct)
  if ('StatusId' in struct && !('Text' in struct)) return null
  if ('Text' in struct || 'CreatedAt' in struct) return capitalised(struct, receivedAt, retweets)
  if (!isObject(struct.user)) return tweetToPost(struct, NO_INCLUDES, undefined, receivedAt, retweets)
  return struct.is_retweet === true && !retweets ? null : statusToPost(struct, receivedAt, retweets)
}

/** A structure with twitter4j's names, and times in milliseconds. */
function capitalised(struct: JsonObject, receivedAt: number, retweets: boolean): Post | null {
  const { Text: text, User } = struct
  if (typeof text !== 'string') throw unexpected('Text', 'a string', text)
  const user = isObject(User) ? User : undefined
  const id = idOf('Id', struct.Id)
  const isRetweet = typeof struct.Retweet === 'boolean' ? struct.Retweet : isRetweetText(text)
  return makeTweet(
    {
      id,
      firstVersion: undefined,
      text,
      repeated: isRetweet ? { text: undefined } : undefined,
      createdAt: timeOf('CreatedAt', struct.CreatedAt ?? snowflakeTime(id), receivedAt),
      lang: optionalString('Lang', struct.Lang),
      screenName: optionalString('User.ScreenName', user?.ScreenName),
      authorId: idOf('User.Id', user?.Id),
      host: 'twitter.com',
      topics: undefined,
    },
    retweets,
  )
}
