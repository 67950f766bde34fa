import { type Piece, z } from 'mood-exporter/plugin'

/** The option whether typographic apostrophes are read as in the reference implementation, or as their ASCII form. */
export const apostrophesOption = () =>
  z
    .enum(['fold', 'keep'])
    .default('fold')
    .describe(
      "Whether typographic apostrophes and quotes count as plain ones (`fold`): don’t as don't. `keep` leaves them unchanged, as the reference does.",
    )

const TYPOGRAPHIC = /[´`ʹʻʼʽ‘’‛′＇“”„‟″＂]/
const APOSTROPHE = /(?<=\p{L})[´`ʹʻʼʽ‘’‛′＇](?=\p{L})/gu
const QUOTE = /[‘’‛“”„‟″＂]/g

/** Replaces apostrophes within words, and quotes elsewhere, by their ASCII forms. Indexes stay the same. */
export function withPlainApostrophes(text: string): string {
  return TYPOGRAPHIC.test(text) ? text.replace(APOSTROPHE, "'").replace(QUOTE, '"') : text
}

/** The pieces of a text of {@link withPlainApostrophes}, in their original spelling. */
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
