import {
  decodeEach,
  decodeWithIds,
  defineFormat,
  isObject,
  type Post,
  unexpected,
} from 'mood-exporter/plugin'
import { tweetOptions } from '../shared/tweet.ts'
import { parsePythonLiteral } from './python-literal.ts'
import { startsString } from './python-string.ts'
import { statusToPost } from './status.ts'

export default defineFormat({
  name: 'twitter-v1',
  description: 'Statuses of the Twitter API v1.1, as JSON or as the Python dicts that a Tweepy relay prints.',
  options: tweetOptions,
  create: ({ retweets }) => ({
    decode(text, { receivedAt }) {
      const toPosts = (value: unknown) => pageToPosts(value, receivedAt, retweets)
      if (!looksLikePython(text)) return decodeWithIds(text, 'id', toPosts)
      const literal = parsePythonLiteral(text)
      // A relay that prints the bytes it received prints a literal that holds JSON.
      if (typeof literal === 'string') return decodeWithIds(literal, 'id', toPosts)
      if (literal instanceof Uint8Array) return decodeWithIds(utf8(literal), 'id', toPosts)
      return toPosts(literal)
    },
  }),
})

/** One status, an array of them, or a page of search results. */
function pageToPosts(page: unknown, receivedAt: number, retweets: boolean): Post | Post[] | null {
  const toPost = (status: unknown) => statusToPost(status, receivedAt, retweets)
  if (Array.isArray(page)) return decodeEach(page, 'record', toPost)
  if (isObject(page) && Array.isArray(page.statuses)) return decodeEach(page.statuses, 'statuses', toPost)
  return toPost(page)
}

const OPENING = new Set([' ', '\t', '{', '['])

/** Whether the first value is a tuple, or the first string is quoted as only Python quotes. */
function looksLikePython(text: string): boolean {
  let at = 0
  while (OPENING.has(text[at] as string)) at++
  return text[at] === '(' || (text[at] !== '"' && startsString(text, at))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw unexpected('record', 'UTF-8 in a bytes literal', bytes)
  }
}
