import { decodeEach } from './each.ts'
import { DIGITS_LOST } from './ids.ts'
import { NotJson, parseJson, parseNestedJson, type Reviver } from './json.ts'
import type { Post } from './post.ts'
import { recordSplitter } from './records/framing.ts'

export type Posts = Post | Post[] | null

/** What else a record of JSON may be than one value. */
interface Leniency {
  /** Whether a string that holds JSON stands for that. */
  nested: boolean
}

/**
 * Decodes a record of JSON in which ids may be numbers. 64-bit ids, such as a tweet's, do not fit into a JavaScript
 * number: two posts would get the same id and one be dropped as a duplicate. Parsing so that all digits are kept
 * takes several times as long, so it is done only once an id turns out to need it.
 *
 * A record that is several values, one after another, is taken like an array of them: whole or not at all.
 *
 * @param idKey the key of ids, or all such keys
 * @throws InvalidRecord where the text is not JSON, and whatever `decode` throws
 */
export function decodeJson(
  text: string,
  idKey: string | readonly string[],
  decode: (value: unknown) => Posts,
  { nested }: Leniency = { nested: true },
): Posts {
  const parse = nested ? parseNestedJson : parseJson
  try {
    return decode(parse(text))
  } catch (error) {
    if (error === DIGITS_LOST) return decode(parse(text, keepingDigits(idKey)))
    if (!(error instanceof NotJson)) throw error
    const values = valuesIn(text)
    if (values.length < 2) throw error
    return decodeEach(values, 'value', value => decodeJson(value, idKey, decode, { nested }))
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

/** The values of a record, as a stream of them would be cut. */
function valuesIn(text: string): string[] {
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
