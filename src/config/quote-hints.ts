import { quote } from './problem.ts'

/** A word that YAML reads no text from where it begins a value, as it begins with a sign of YAML's own. */
const SIGN_AND_WORD = /^([#@`%*&!|>?-])([\p{L}\p{N}_][^\s,[\]{}]*)/u

/** As much of a line as is looked at. */
const LONGEST = 400

const needsQuotes = (sign: string, word: string) =>
  `a text that begins with ${quote(sign)} needs quotes: ${quote(sign + word)}`

/** What to do where a value is nothing in the eyes of YAML because a hashtag or the like has no quotes; empty otherwise. */
export function hintAtNothing(text: string, offset: number): string {
  // YAML may give a place before the white space, and a list of hashtags may begin on the next line.
  const rest = text.slice(offset, offset + LONGEST).replace(/^[ \t]*(?:\r?\n[ \t]+)?/, '')
  return hintAtSign(rest)
}

/** What to do about a syntax error, where texts without quotes are the likely cause; empty otherwise. */
export function hintAtSyntaxError(text: string, offset: number): string {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  if (before.endsWith('$')) return `inside { } or [ ], put "\${NAME}" in quotes`
  if (before.endsWith("'")) return "within '…' write '' for an apostrophe"
  if (before.endsWith('"')) return 'within "…" write \\" for a quote'
  return hintAtSign(text.slice(offset, offset + LONGEST)) || hintAtComment(text.slice(0, offset))
}

/** What to do where a value begins with a sign of YAML's own and a word; empty where it does not. */
export function hintAtSign(text: string): string {
  const [, sign, word] = SIGN_AND_WORD.exec(text) ?? []
  return sign !== undefined && word !== undefined ? needsQuotes(sign, word) : ''
}

/** A hashtag within brackets makes a comment of the rest of the line, the closing bracket included. */
function hintAtComment(before: string): string {
  const lines = before.slice(-LONGEST).split('\n')
  for (const line of lines.reverse()) {
    const [, word] = /[[{][^\]}]*?[\s,]#([\p{L}\p{N}_][^\s,[\]{}]*)/u.exec(line) ?? []
    if (word !== undefined) return needsQuotes('#', word)
  }
  return ''
}
