import {
  decodeEach,
  defineFormat,
  isObject,
  type JsonObject,
  parseJson,
  unexpected,
} from 'mood-exporter/plugin'
import { tweetOptions } from '../shared/tweet.ts'
import { Includes } from './includes.ts'
import { tweetToPost } from './tweet.ts'

export default defineFormat({
  name: 'twitter-v2',
  description: "Tweets of the X API v2: a stream's messages, or pages of a search or a timeline.",
  options: tweetOptions,
  create: ({ retweets }) => ({
    decode(text, { receivedAt }) {
      const message = parseJson(text)
      if (!isObject(message)) throw unexpected('record', 'an object', message)
      const { data } = message
      if (data === undefined && holdsNoTweet(message)) return null

      const includes = new Includes(message.includes)
      const topics = ruleTags(message.matching_rules)
      const toPost = (tweet: unknown) => tweetToPost(tweet, includes, topics, receivedAt, retweets)
      return Array.isArray(data) ? decodeEach(data, 'data', toPost) : toPost(data)
    },
  }),
})

/** An empty page, an error, or a stream's word that it is about to be cut off. */
function holdsNoTweet({ meta, errors, title, type }: JsonObject): boolean {
  if (Array.isArray(errors)) return true
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
