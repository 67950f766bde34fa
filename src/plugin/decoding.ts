import { isUtf8 } from 'node:buffer'
import { type CallError, invalidResult, threw } from './call-error.ts'
import { type Format, InvalidRecord, type RecordContext } from './format.ts'
import { messageOf } from './message-of.ts'
import type { Post } from './post.ts'
import type { Ranking, RankingFormat } from './ranking.ts'
import { readPost } from './read-post.ts'
import { readRanking } from './read-ranking.ts'
import { isThenable } from './shown.ts'

/** The reason why a record yields no post. */
export class NoPost {
  /**
   * `encoding`: the record is not valid UTF-8; `invalid`: the format cannot read it; `not_a_post`: it is valid but
   * has no post; `plugin`: the format failed, see `error`.
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
const HOLDS_NO_RANKING = new NoPost('not_a_post', 'holds no ranking')

/** The text of the bytes from `start` up to, and not including, `end`. */
export function recordText(bytes: Buffer, start: number, end: number): string | NoPost {
  const text = bytes.toString('utf8', start, end)
  // Decoding replaces invalid UTF-8 by U+FFFD. Only if there is one, check whether the bytes contain it.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end)) ? NOT_UTF8 : text
}

/**
 * The posts that a format finds in a record: validated copies, at least one. Never throws.
 *
 * @param text '' for a `binary` format
 */
export function decodeRecord(format: Format, text: string, record: RecordContext): readonly Post[] | NoPost {
  try {
    return readPosts(format.decode(text, record))
  } catch (error) {
    return reasonOf(error)
  }
}

/** The same for a format of rankings. */
export function decodeRankings(
  format: RankingFormat,
  text: string,
  record: RecordContext,
): readonly Ranking[] | NoPost {
  try {
    return readEach(format.decode(text, record), HOLDS_NO_RANKING, readRanking)
  } catch (error) {
    return reasonOf(error)
  }
}

/** The posts in the value that a format returned, or that a source wrote. */
export const readPosts = (decoded: unknown): readonly Post[] | NoPost =>
  readEach(decoded, HOLDS_NONE, readPost)

/** @param read returns a copy of a valid value, or what is wrong with it */
function readEach<Value>(
  decoded: unknown,
  none: NoPost,
  read: (value: unknown) => Value | string,
): readonly Value[] | NoPost {
  if (decoded === null) return none
  if (!Array.isArray(decoded)) {
    const value = read(decoded)
    if (typeof value !== 'string') return [value]
    const promise = 'expected a value at once, got a promise: `decode` cannot be asynchronous'
    return failed(invalidResult(isThenable(decoded) ? promise : value))
  }
  const { length } = decoded
  if (length === 0) return none
  const values: Value[] = []
  // By index: iterating would skip the holes of a sparse array.
  for (let index = 0; index < length; index++) {
    const value = read(decoded[index])
    if (typeof value === 'string') return failed(invalidResult(value))
    values.push(value)
  }
  return values
}

const reasonOf = (error: unknown): NoPost =>
  isInvalidRecord(error) ? new NoPost('invalid', messageOf(error)) : failed(threw(error))

const failed = (error: CallError) => new NoPost('plugin', error.message, error)

/** A format may throw a value that throws again when it is read. */
function isInvalidRecord(error: unknown): boolean {
  try {
    return error instanceof InvalidRecord
  } catch {
    return false
  }
}
