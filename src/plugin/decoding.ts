import { isUtf8 } from 'node:buffer'
import { type CallError, invalidResult, threw } from './call-error.ts'
import { type Format, InvalidRecord, type RecordContext } from './format.ts'
import { messageOf } from './message-of.ts'
import type { Post } from './post.ts'
import { readPost } from './read-post.ts'
import { isThenable } from './shown.ts'

/** Why a record yields no post. */
export class NoPost {
  /**
   * `encoding`: the record is not valid UTF-8; `invalid`: the format cannot read it; `not_a_post`: it soundly holds
   * none; `plugin`: the format failed, as `error` says.
   */
  readonly reason: 'encoding' | 'invalid' | 'not_a_post' | 'plugin'
  readonly message: string
  readonly error: CallError | undefined

  constructor(reason: NoPost['reason'], message: string, error?: CallError) {
    this.reason = reason
    this.message = message
    this.error = error
  }
}

const NOT_UTF8 = new NoPost('encoding', 'not valid UTF-8')
const HOLDS_NONE = new NoPost('not_a_post', 'holds no post')

/** The text of a record's bytes from `start` up to, and not including, `end`. */
export function recordText(bytes: Buffer, start: number, end: number): string | NoPost {
  const text = bytes.toString('utf8', start, end)
  // Decoding puts U+FFFD for what is not UTF-8; only then is it worth looking whether the bytes held it themselves.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end)) ? NOT_UTF8 : text
}

/**
 * The posts that a format finds in a record: one or more copies that are checked to be posts. Never throws.
 *
 * @param text '' for a `binary` format
 */
export function decodeRecord(format: Format, text: string, record: RecordContext): readonly Post[] | NoPost {
  try {
    return readPosts(format.decode(text, record))
  } catch (error) {
    if (isInvalidRecord(error)) return new NoPost('invalid', messageOf(error))
    return failed(threw(error))
  }
}

/** The posts that there are in what a format returned, or a source handed over. */
export function readPosts(decoded: unknown): readonly Post[] | NoPost {
  if (decoded === null) return HOLDS_NONE
  if (!Array.isArray(decoded)) {
    const post = readPost(decoded)
    if (typeof post !== 'string') return [post]
    const promise = 'expected a post, got a promise: `decode` cannot be asynchronous'
    return failed(invalidResult(isThenable(decoded) ? promise : post))
  }
  const { length } = decoded
  if (length === 0) return HOLDS_NONE
  const posts: Post[] = []
  // By index: iterating would pass over the holes of a sparse array.
  for (let index = 0; index < length; index++) {
    const post = readPost(decoded[index])
    if (typeof post === 'string') return failed(invalidResult(post))
    posts.push(post)
  }
  return posts
}

const failed = (error: CallError) => new NoPost('plugin', error.message, error)

/** A format may throw what cannot even be looked at. */
function isInvalidRecord(error: unknown): boolean {
  try {
    return error instanceof InvalidRecord
  } catch {
    return false
  }
}
