import { decodeEach } from './each.ts'
import { DIGITS_LOST } from './ids.ts'
import { NotJson, type Reviver, readJson, readNestedJson } from './json.ts'
import type { Post } from './post.ts'
import { recordSplitter } from './records/framing.ts'

export type Posts = Post | Post[] | null

/** What a JSON record may be besides one value. */
interface Leniency {
  /** Whether a string that holds JSON is parsed. */
  nested: boolean
}

/**
 * Decodes a JSON record in which ids may be numbers. 64-bit ids, such as a tweet's, do not fit into a JavaScript
 * number: two posts would get the same id, and one be dropped as a duplicate. Parsing that keeps all digits takes
 * several times as long, so it is done only for records with such an id.
 *
 * A record of several values, one after another, is handled like an array of them: all are used, or none.
 *
 * @param idKey the key of ids, or all such keys
 * @throws InvalidRecord if the text is not JSON, and whatever `decode` throws
 */
export function decodeJson(
  text: string,
  idKey: string | readonly string[],
  decode: (value: unknown) => Posts,
  { nested }: Leniency = { nested: true },
): Posts {
  const read = nested ? readNestedJson : readJson
  const value = read(text)
  if (value instanceof NotJson) {
    const values = mayHoldMore(text) ? valuesIn(text) : []
    if (values.length < 2) throw value
    return decodeEach(values, 'value', value => decodeJson(value, idKey, decode, { nested }))
  }
  try {
    return decode(value)
  } catch (error) {
    if (error === DIGITS_LOST) return decode(read(text, keepingDigits(idKey)))
    throw error
  }
}

const keepingDigits =
  (idKey: string | readonly string[]): Reviver =>
  (key, value, { source }) =>
    (typeof idKey === 'string' ? key === idKey : idKey.includes(key)) &&
    typeof value === 'number' &&
    !Number.isSafeInteger(value)
      ? source
      : value

/** The end of one value and the beginning of the next. */
const BETWEEN_VALUES = /[}\]][\s\0,;]*[{[]/

/** The beginning of an array without objects before it: a value may end at any comma. */
const ARRAY = /^[^{"]*\[/

/**
 * Whether {@link valuesIn} may find several valid values after JSON.parse failed. The search takes longer than a
 * valid record, and most broken records are broken in their only value.
 */
export const mayHoldMore = (text: string): boolean =>
  BETWEEN_VALUES.test(text) || text.includes('\n') || text.includes('\r') || ARRAY.test(text)

/** The values of a record, split as in a stream. */
export function valuesIn(text: string): string[] {
  const values: string[] = []
  const bytes = Buffer.from(text)
  const splitter = recordSplitter({ kind: 'json' }, bytes.length, {
    record: value => values.push(Buffer.from(value).toString('utf8')),
    oversized: () => {},
  })
  splitter.write(bytes)
  splitter.end()
  return values
}
