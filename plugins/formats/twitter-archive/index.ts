import {
  decodeEach,
  decodeJson,
  defineFormat,
  idOf,
  isObject,
  type JsonObject,
  type Post,
  type Posts,
  timeOf,
  unexpected,
  z,
} from 'mood-exporter/plugin'
import { statusToPost } from '../twitter-v1/status.ts'
import { isRetweetText, makeTweet, tweetOptions } from '../twitter-v1/tweet.ts'

const SCREEN_NAME = /^@?(\w{1,20})$/

export default defineFormat({
  name: 'twitter-archive',
  description:
    'The archive that X (Twitter) gives its users: tweets.js, as it is or line by line, and its older forms.',
  options: z.object({
    author: z
      .string()
      .regex(SCREEN_NAME, { error: 'expected a name such as "jane"' })
      .transform(name => name.replace('@', ''))
      .optional()
      .describe('The account name of the archive, which tweets do not contain.'),
    ...tweetOptions.shape,
  }),
  create({ author, retweets }) {
    const toPost = (entry: unknown, receivedAt: number) => entryToPost(entry, author, receivedAt, retweets)
    return {
      framing: { kind: 'json' },
      decode: (text, { receivedAt }) =>
        decodeJson(
          text,
          'id',
          (value): Posts =>
            Array.isArray(value)
              ? decodeEach(value, 'record', entry => toPost(entry, receivedAt))
              : toPost(value, receivedAt),
        ),
    }
  },
})

/** @throws InvalidRecord if it is not an entry of a file of tweets */
function entryToPost(
  entry: unknown,
  author: string | undefined,
  receivedAt: number,
  retweets: boolean,
): Post | null {
  if (!isObject(entry)) throw unexpected('record', 'an entry of an archive', entry)
  if (isObject(entry.noteTweet)) return noteToPost(entry.noteTweet, author, receivedAt)
  const tweet = isObject(entry.tweet) ? entry.tweet : entry
  const text = tweet.full_text ?? tweet.text
  if (typeof text !== 'string') throw unexpected('full_text', 'a string', text)
  if (!retweets && !isObject(tweet.retweeted_status) && isRetweetText(text)) return null
  const named =
    author === undefined || isObject(tweet.user) ? entry : { ...tweet, user: { screen_name: author } }
  return statusToPost(named, receivedAt, retweets)
}

/** A tweet of more than 280 characters, of which tweets.js has the beginning under another id. */
function noteToPost(note: JsonObject, author: string | undefined, receivedAt: number): Post | null {
  const core = isObject(note.core) ? note.core : {}
  if (typeof core.text !== 'string') throw unexpected('noteTweet.core.text', 'a string', core.text)
  return makeTweet(
    {
      id: idOf('noteTweet.noteTweetId', note.noteTweetId),
      firstVersion: undefined,
      text: core.text,
      repeated: undefined,
      createdAt: timeOf('noteTweet.createdAt', note.createdAt, receivedAt),
      lang: undefined,
      screenName: author,
      authorId: undefined,
      host: 'twitter.com',
      topics: undefined,
    },
    true,
  )
}
