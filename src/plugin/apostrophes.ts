import { z } from 'zod'
import type { Piece } from './scorer.ts'

/**
 * The option `apostrophes` of a scorer by words: whether typographic apostrophes and quotes are read as their ASCII
 * forms (`fold`), by {@link withPlainApostrophes}, or left unchanged (`keep`). Parses to the word.
 */
export const apostrophesOption = () =>
  z
    .enum(['fold', 'keep'])
    .default('fold')
    .describe(
      "Whether typographic apostrophes and quotes count as plain ones (`fold`): don’t as don't. `keep` leaves them unchanged.",
    )

const TYPOGRAPHIC = /[´`ʹʻʼʽ‘’‛′＇“”„‟″＂]/
const APOSTROPHE = /(?<=\p{L})[´`ʹʻʼʽ‘’‛′＇](?=\p{L})/gu
const QUOTE = /[‘’‛“”„‟″＂]/g

/**
 * Replaces typographic apostrophes within words, and quotes elsewhere, by their ASCII forms, as phones type don’t and
 * word lists have don't. Indexes stay the same.
 */
export function withPlainApostrophes(text: string): string {
  return TYPOGRAPHIC.test(text) ? text.replace(APOSTROPHE, "'").replace(QUOTE, '"') : text
}

/**
 * The pieces of an explanation in the spelling of the post.
 *
 * @param pieces in the order of the text that was scored
 * @param plain the text that was scored, of {@link withPlainApostrophes}
 * @param written the text of the post
 */
export function asWritten(pieces: readonly Piece[], plain: string, written: string): Piece[] {
  if (plain === written) return [...pieces]
  let end = 0
  return pieces.map(piece => {
    const start = plain.indexOf(piece.text, end)
    if (start < 0) return piece
    end = start + piece.text.length
    return { ...piece, text: written.slice(start, end) }
  })
}
