import {
  decodeEach,
  defineFormat,
  isObject,
  type JsonObject,
  type Posts,
  unexpected,
} from 'mood-exporter/plugin'
import { decodeTwitter } from '../twitter-v1/record.ts'
import { tweetOptions } from '../twitter-v1/tweet.ts'
import { Includes } from './includes.ts'
import { tweetToPost } from './tweet-v2.ts'

export default defineFormat({
  name: 'twitter-v2',
  description:
    "Tweets of the X API v2: a stream's messages, pages of a search or a timeline, or tweets by themselves.",
  options: tweetOptions,
  create: ({ retweets }) => ({
    framing: { kind: 'json' },
    decode: (text, { receivedAt }) => decodeTwitter(text, value => toPosts(value, receivedAt, retweets)),
  }),
})

/** A message or a page, a tweet without one around it, or an array of any. */
function toPosts(value: unknown, receivedAt: number, retweets: boolean): Posts {
  if (Array.isArray(value))
    return decodeEach(value, 'record', element => messageToPosts(element, receivedAt, retweets))
  return messageToPosts(value, receivedAt, retweets)
}

function messageToPosts(message: unknown, receivedAt: number, retweets: boolean): Posts {
  if (!isObject(message)) throw unexpected('record', 'an object', message)
  const data = isTweet(message) ? message : message.data
  if ((data === undefined || data === null) && holdsNoTweet(message)) return null
  const includes = new Includes(message.includes)
  const topics = ruleTags(message.matching_rules)
  const toPost = (tweet: unknown) => tweetToPost(tweet, includes, topics, receivedAt, retweets)
  return Array.isArray(data) ? decodeEach(data, 'data', toPost) : toPost(data)
}

/** What client libraries hand to their users: the tweet that was in a message. */
const isTweet = ({ data, text }: JsonObject) =>
  (data === undefined || data === null) && typeof text === 'string'

/** An empty page, an error, or a stream's word that it is about to be cut off. */
function holdsNoTweet({ meta, errors, title, type }: JsonObject): boolean {
  if (Array.isArray(errors) && errors.length > 0) return true
  if (isObject(meta) && meta.result_count === 0) return true
  return typeof title === 'string' && typeof type === 'string'
}

/** The tags of the rules that a tweet matched: names of topics, where the user gave them so. */
function ruleTags(rules: unknown): string[] | undefined {
  if (!Array.isArray(rules)) return undefined
  const tags: string[] = []
  for (const rule of rules) {
    if (isObject(rule) && typeof rule.tag === 'string' && rule.tag !== '') tags.push(rule.tag)
  }
  return tags.length > 0 ? tags : undefined
}
