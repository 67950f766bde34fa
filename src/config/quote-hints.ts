import { quote } from './problem.ts'

/** A word after a character with a meaning in YAML, so that YAML does not read it as text. */
const SIGN_AND_WORD = /^([#@`%*&!|>?-])([\p{L}\p{N}_][^\s,[\]{}]*)/u

/** How much of a line is read. */
const LONGEST = 400

const needsQuotes = (sign: string, word: string) =>
  `a text that begins with ${quote(sign)} needs quotes: ${quote(sign + word)}`

/**
 * A hint for a value that is empty in YAML because a hashtag or similar is not in quotes; empty if that is not the
 * cause.
 */
export function hintAtNothing(text: string, offset: number): string {
  // YAML may report a place before the white space, and a list of hashtags may begin on the next line.
  const rest = text.slice(offset, offset + LONGEST).replace(/^[ \t]*(?:\r?\n[ \t]+)?/, '')
  return hintAtSign(rest)
}

/** A hint for a syntax error, if texts without quotes are the likely cause; empty otherwise. */
export function hintAtSyntaxError(text: string, offset: number): string {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  if (before.endsWith('$')) return `inside { } or [ ], put "\${NAME}" in quotes`
  if (before.endsWith("'")) return "within '…' write '' for an apostrophe"
  if (before.endsWith('"')) return 'within "…" write \\" for a quote'
  return hintAtSign(text.slice(offset, offset + LONGEST)) || hintAtComment(text.slice(0, offset))
}

/** A hint for a value that begins with a YAML indicator and a word; empty if it does not. */
export function hintAtSign(text: string): string {
  const [, sign, word] = SIGN_AND_WORD.exec(text) ?? []
  return sign !== undefined && word !== undefined ? needsQuotes(sign, word) : ''
}

/** A hashtag within brackets turns the rest of the line into a comment, including the closing bracket. */
function hintAtComment(before: string): string {
  const lines = before.slice(-LONGEST).split('\n')
  for (const line of lines.reverse()) {
    const [, word] = /[[{][^\]}]*?[\s,]#([\p{L}\p{N}_][^\s,[\]{}]*)/u.exec(line) ?? []
    if (word !== undefined) return needsQuotes('#', word)
  }
  return ''
}
