import { InvalidRecord } from './format.ts'
import { DIGITS_LOST } from './ids.ts'
import type { Post } from './post.ts'

/**
 * The posts of a record that contains a list. Elements for which `decode` returns null are skipped; if none remain,
 * the result is null.
 *
 * @throws InvalidRecord if one element is invalid, with its index: a record is used as a whole or not at all
 */
export function decodeEach<Value>(
  values: readonly Value[],
  where: string,
  decode: (value: Value) => Post | Post[] | null,
): Post[] | null {
  const posts: Post[] = []
  for (let index = 0; index < values.length; index++) {
    try {
      const decoded = decode(values[index] as Value)
      if (Array.isArray(decoded)) posts.push(...decoded)
      else if (decoded !== null) posts.push(decoded)
    } catch (error) {
      if (!(error instanceof InvalidRecord) || error === DIGITS_LOST) throw error
      throw new InvalidRecord(`${where}[${index}] ${error.message}`)
    }
  }
  return posts.length > 0 ? posts : null
}
