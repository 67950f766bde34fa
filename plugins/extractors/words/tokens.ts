/**
 * Marks, with the joiners that Persian and Indic scripts use within words, and without the enclosing mark of a keycap
 * (1️⃣).
 */
const MARK = String.raw`\p{Mn}\p{Mc}\u200c\u200d`

const JAMO = String.raw`[\u3131-\u318e]`

/**
 * Tokens to skip (links, mentions, hashtags, numbers), or in group 1 a word: letters, marks and digits, with
 * apostrophes within. Single jamo (ㅋㅋ, ㅠㅠ) are not words.
 */
const TOKEN = new RegExp(
  String.raw`(?:https?:\/\/|www\.)\S*|[@#][\p{L}${MARK}\p{N}_]*|\p{N}+(?![\p{L}${MARK}\p{N}])|([[\p{L}\p{N}]--${JAMO}][[\p{L}${MARK}\p{N}]--${JAMO}]*(?:'\p{L}+)*)`,
  'gv',
)

/** Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, kana and Han. */
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]/

const NUMBER = /^\p{N}+$/u

/** Costs several times as much as the regular expression, so it is used only for the scripts that need it. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Calls `found` with each word of a text, which must be in lower case and NFKC with ASCII apostrophes. */
export function eachWord(text: string, found: (word: string) => void): void {
  const unspaced = UNSPACED.test(text)
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const word = match[1]
    if (word === undefined) continue
    if (unspaced && UNSPACED.test(word)) eachWordWithin(word, found)
    else found(word)
  }
}

function eachWordWithin(text: string, found: (word: string) => void): void {
  for (const { segment, isWordLike } of segmenter.segment(text))
    if (isWordLike && !NUMBER.test(segment)) found(segment)
}
