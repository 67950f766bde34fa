import { decodeJson, type Posts, unexpected } from 'mood-exporter/plugin'
import { parsePythonLiteral } from './python-literal.ts'
import { startsString } from './python-string.ts'

/**
 * The keys of ids that may be numbers, as in Tweepy: '0' is the first of a list, such as `edit_history_tweet_ids`.
 */
const ID_KEYS = ['id', 'author_id', '0']

/** A reference as older versions of Tweepy print it: without the last bracket. */
const UNCLOSED = /<ReferencedTweet id=\d+ type=\w+(?=[\],])/g

/**
 * Decodes a record of a relay or an archive of tweets: JSON, or Python's text form of a dict, an object or bytes.
 *
 * @throws InvalidRecord if it is neither, and whatever `decode` throws
 */
export function decodeTwitter(text: string, decode: (value: unknown) => Posts): Posts {
  if (!looksLikePython(text)) return decodeJson(text, ID_KEYS, decode)
  const literal = parsePythonLiteral(text.replace(UNCLOSED, '$&>'))
  // A relay that prints what it received prints a literal that contains JSON.
  if (typeof literal === 'string') return decodeJson(literal, ID_KEYS, decode)
  if (literal instanceof Uint8Array) return decodeJson(utf8(literal), ID_KEYS, decode)
  return decode(literal)
}

const OPENING = new Set([' ', '\t', '{', '['])

/** A call such as `Status(…)`, with which no JSON begins. */
const CALL = /[A-Za-z_][\w.]*\(/y

/** Whether the first value is a tuple or an object, or the first string has Python's quotes. */
function looksLikePython(text: string): boolean {
  let at = 0
  while (OPENING.has(text[at] as string)) at++
  const first = text[at]
  CALL.lastIndex = at
  return first === '(' || first === '<' || (first !== '"' && startsString(text, at)) || CALL.test(text)
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw unexpected('record', 'UTF-8 in a bytes literal', bytes)
  }
}
