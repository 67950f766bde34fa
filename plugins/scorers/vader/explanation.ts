import type { Piece } from 'mood-exporter/plugin'
import { withoutPunctuation } from './characters.ts'
import type { Context } from './context.ts'
import type { Trace } from './vader.ts'

interface Weighed {
  readonly start: number
  readonly text: string
  readonly why: readonly string[]
}

/** Records the scoring of a text, to tell which of its words changed the score, and by which rules. */
export class Explanation implements Trace {
  readonly #text: string
  readonly #emoji: ReadonlyMap<number, string>
  #weighed: Weighed[] = []
  #why: string[] = []

  constructor(text: string, emoji: ReadonlyMap<number, string>) {
    this.#text = text
    this.#emoji = emoji
  }

  clear(): void {
    this.#weighed = []
    this.#why = []
  }

  note(rule: string, context: Context, offset = 0, words = 0): void {
    this.#why.push(words === 0 ? rule : `${rule} "${this.#words(context, offset, words)}"`)
  }

  weighed(context: Context, weight: number): void {
    const word = { start: context.start(), text: this.#words(context, 0, 1), why: this.#why }
    if (weight !== 0) this.#weighed.push(word)
    this.#why = []
  }

  /**
   * The pieces in the order of the text. The words of one emoji are one piece.
   *
   * @param weights the weights of the first words, after all rules
   * @param beforeBut the number of them before "but"; -1 without one
   */
  pieces(weights: ArrayLike<number>, beforeBut: number): Piece[] {
    const pieces = new Map<number, Piece>()
    for (const [i, { start, text, why }] of this.#weighed.slice(0, weights.length).entries()) {
      const but = beforeBut < 0 ? [] : [i < beforeBut ? 'counts ½ before "but"' : 'counts 1½ after "but"']
      const same = pieces.get(start)
      const reasons = new Set([...(same?.why?.split(', ') ?? this.#reading(text)), ...why, ...but])
      pieces.set(start, {
        text,
        weight: (same?.weight ?? 0) + (weights[i] as number),
        ...(reasons.size === 0 ? {} : { why: [...reasons].join(', ') }),
      })
    }
    return [...pieces.values()]
  }

  /** The words that an emoji is read as. */
  #reading(text: string): string[] {
    const words = this.#emoji.get(text.codePointAt(0) ?? 0)
    return words === undefined ? [] : [`read as "${words}"`]
  }

  #words(context: Context, offset: number, words: number): string {
    return shown(this.#text.slice(context.start(offset), context.end(offset + words - 1)))
  }
}

/** Words without surrounding punctuation, unless too little would remain, as of ":)". */
function shown(words: string): string {
  const stripped = withoutPunctuation(words)
  return stripped.length === 1 || stripped === '' ? words : stripped
}
