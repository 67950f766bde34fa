import { decodeEach, defineFormat, isObject, type Posts } from 'mood-exporter/plugin'
import { decodeTwitter } from './record.ts'
import { statusToPost } from './status.ts'
import { tweetOptions } from './tweet.ts'

export default defineFormat({
  name: 'twitter-v1',
  description:
    'Statuses of the Twitter API v1.1 and of the archive that X gives its users, as JSON or as Python prints them.',
  options: tweetOptions,
  create: ({ retweets }) => ({
    framing: { kind: 'json' },
    decode: (text, { receivedAt }) => decodeTwitter(text, value => pageToPosts(value, receivedAt, retweets)),
  }),
})

/** One status, an array of them, or a page of search results. */
function pageToPosts(page: unknown, receivedAt: number, retweets: boolean): Posts {
  const toPost = (status: unknown) => statusToPost(status, receivedAt, retweets)
  if (Array.isArray(page)) return decodeEach(page, 'record', toPost)
  if (isObject(page) && Array.isArray(page.statuses)) return decodeEach(page.statuses, 'statuses', toPost)
  return toPost(page)
}
