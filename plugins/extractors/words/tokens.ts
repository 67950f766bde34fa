/** Joiners included that Persian and the scripts of India write within words; the frame of a keycap (1️⃣) is no mark. */
const MARK = String.raw`\p{Mn}\p{Mc}\u200c\u200d`

const JAMO = String.raw`[\u3131-\u318e]`

/**
 * What to pass over (links, mentions, hashtags, numbers), or in group 1 a word: letters, marks and digits, with
 * apostrophes within. Single jamo (ㅋㅋ, ㅠㅠ) are no words.
 */
const TOKEN = new RegExp(
  String.raw`(?:https?:\/\/|www\.)\S*|[@#][\p{L}${MARK}\p{N}_]*|\p{N}+(?![\p{L}${MARK}\p{N}])|([[\p{L}\p{N}]--${JAMO}][[\p{L}${MARK}\p{N}]--${JAMO}]*(?:'\p{L}+)*)`,
  'gv',
)

/** Scripts that write no spaces between words: Thai, Lao, Myanmar, Khmer, kana and Han. */
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]/

const NUMBER = /^\p{N}+$/u

/** Several times the cost of the regular expression, so that it is left to the scripts that need it. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Calls `found` with each word of a text, which is in lower case and NFKC with one kind of apostrophe. */
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
