import {
  decodeEach,
  decodeJson,
  defineFormat,
  isObject,
  type JsonObject,
  optionalString,
  type Post,
  type Posts,
  timeOf,
  unexpected,
} from 'mood-exporter/plugin'
import { statusToPost } from '../twitter-v1/status.ts'
import { isRetweetText, makeTweet, snowflakeTime, tweetOptions } from '../twitter-v1/tweet.ts'

export default defineFormat({
  name: 'logstash-twitter',
  description: "Events of Logstash's Twitter input, brief or as full tweets, in JSON.",
  options: tweetOptions,
  create({ retweets }) {
    function toPosts(value: unknown, receivedAt: number): Posts {
      if (Array.isArray(value))
        return decodeEach(value, 'record', event => eventToPost(event, receivedAt, retweets))
      return eventToPost(value, receivedAt, retweets)
    }
    return {
      framing: { kind: 'json' },
      decode: (text, { receivedAt }) => decodeJson(text, 'id', value => toPosts(value, receivedAt)),
    }
  },
})

/** @throws InvalidRecord if it is not an event of the input */
function eventToPost(event: unknown, receivedAt: number, retweets: boolean): Post | null {
  if (!isObject(event)) throw unexpected('record', 'an event', event)
  return isBrief(event)
    ? briefToPost(event, receivedAt, retweets)
    : statusToPost(event, timeOf('@timestamp', event['@timestamp'], receivedAt), retweets)
}

/** Without `full_tweet`, the text is in `message`, and the user is a name. */
const isBrief = ({ message, text, full_text }: JsonObject) =>
  typeof message === 'string' && text === undefined && full_text === undefined

const STATUS = /\/status\/(\d+)$/

function briefToPost(event: JsonObject, receivedAt: number, retweets: boolean): Post | null {
  const text = event.message as string
  const [, id] = STATUS.exec(optionalString('source', event.source) ?? '') ?? []
  return makeTweet(
    {
      id,
      firstVersion: undefined,
      text,
      // `retweeted` says whether the reading account has retweeted it.
      repeated: isRetweetText(text) ? { text: undefined } : undefined,
      createdAt: timeOf('@timestamp', event['@timestamp'] ?? snowflakeTime(id), receivedAt),
      lang: undefined,
      screenName: optionalString('user', event.user),
      authorId: undefined,
      host: 'twitter.com',
      topics: undefined,
    },
    retweets,
  )
}
