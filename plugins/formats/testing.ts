import { InvalidRecord, type Post } from 'mood-exporter/plugin'

/** For tests of formats. */

type Decode = (record: string) => Post | Post[] | null

/** The reason for which a format rejects a record; undefined if it does not. */
export function rejection(decode: () => unknown): string | undefined {
  try {
    decode()
  } catch (error) {
    if (error instanceof InvalidRecord) return error.message
    throw error
  }
  return undefined
}

/** The fault in the result of a format for a record; undefined if there is none. */
function fault(decode: Decode, record: string): string | undefined {
  try {
    for (const post of [decode(record) ?? []].flat()) {
      if (typeof post.text !== 'string') return 'text is no string'
      if (!Number.isFinite(post.createdAt)) return 'createdAt is no number'
      for (const part of [post.id, post.lang, post.author, post.url, ...(post.topics ?? [])])
        if (part !== undefined && typeof part !== 'string') return `${part} is no string`
    }
  } catch (error) {
    if (!(error instanceof InvalidRecord)) return `threw ${error}`
  }
  return undefined
}

/**
 * Decodes `count` damaged variants of the records, and returns those that led to anything other than valid posts or
 * an InvalidRecord, with the fault. The same seed gives the same variants.
 */
export function fuzz(decode: Decode, records: readonly string[], count = 20_000, seed = 1): string[] {
  const faults: string[] = []
  for (const record of mutations(records, count, seed)) {
    const found = fault(decode, record)
    if (found !== undefined) faults.push(`${found}: ${JSON.stringify(record)}`)
  }
  return faults
}

const PIECES = [
  ...['"', "'", '\\', '{', '}', '[', ']', ',', ':', '(', ')', '\t', '\n', '\0', ' ', '-', '0', '9', '1e999'],
  ...['null', 'None', 'true', '{}', '[]', '""', '__proto__', 'constructor', '\\u', '\\x', '\\ud800', '&amp;'],
  ...['\u{1F600}', '\ud83d', '\u202e', '가', 'é', '12345678901234567890', '1e20', 'b"', "u'"],
]

/** Variants of the records, each with up to four random cuts, copies and insertions. */
export function* mutations(records: readonly string[], count: number, seed: number): Generator<string> {
  const random = randomNumbers(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  for (let made = 0; made < count; made++) {
    let record = records[below(records.length)] as string
    for (let edits = 1 + below(4); edits > 0; edits--) {
      const at = below(record.length + 1)
      const removed = below(2) * below(8)
      const inserted = [
        '',
        PIECES[below(PIECES.length)] as string,
        String.fromCharCode(below(0x180)),
        record.slice(at, at + below(40)),
      ][below(4)] as string
      record = record.slice(0, at) + inserted + record.slice(at + removed)
    }
    yield record
  }
}

/** Numbers in [0, 1) by a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
