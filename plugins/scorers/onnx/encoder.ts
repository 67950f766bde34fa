import type { Tokenizer } from './packages.ts'

/** No tokenizer uses more than this many characters per token, however long the post is. */
const CHARACTERS_PER_TOKEN = 16

/** Texts to detect which tokens a tokenizer adds around any text. */
const PROBES = ['a', 'the', '.', '가']

/** Encodes texts as token ids, cut to the model's maximum, with the special tokens of its training. */
export class Encoder {
  readonly #tokenizer: Tokenizer
  readonly #before: readonly number[]
  readonly #after: readonly number[]
  readonly #room: number
  readonly #characters: number

  /** @param maxTokens the maximum for a text, special tokens included */
  constructor(tokenizer: Tokenizer, maxTokens: number) {
    this.#tokenizer = tokenizer
    const { before, after } = frameOf(tokenizer)
    this.#before = before
    this.#after = after
    this.#room = Math.max(1, maxTokens - before.length - after.length)
    this.#characters = maxTokens * CHARACTERS_PER_TOKEN
  }

  /** The ids of a text; null if it has no tokens of its own. */
  encode(text: string): number[] | null {
    const read = text.slice(0, this.#characters).toWellFormed()
    // The tokenizer does not truncate. Truncation must keep the special token at the end.
    const { ids } = this.#tokenizer.encode(read, { add_special_tokens: false })
    if (ids.length === 0) return null
    return [...this.#before, ...ids.slice(0, this.#room), ...this.#after]
  }
}

function frameOf(tokenizer: Tokenizer): { before: number[]; after: number[] } {
  for (const probe of PROBES) {
    const bare = tokenizer.encode(probe, { add_special_tokens: false }).ids
    const framed = tokenizer.encode(probe).ids
    const more = framed.length - bare.length
    if (bare.length === 0 || more < 0) continue
    for (let start = 0; start <= more; start++)
      if (bare.every((id, i) => framed[start + i] === id))
        return { before: framed.slice(0, start), after: framed.slice(start + bare.length) }
  }
  return { before: [], after: [] }
}
