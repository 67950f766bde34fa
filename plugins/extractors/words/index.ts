import { defineExtractor, normaliseTerm, z } from 'mood-exporter/plugin'
import { withoutParticle } from './particles.ts'
import { LANGUAGES, stopWordsOf } from './stop-words.ts'

const options = z.strictObject({
  min_length: z.int().min(1).max(100).default(2).describe('The minimum length of a word, in characters.'),
  languages: z
    .array(z.enum(LANGUAGES))
    .default([...LANGUAGES])
    .describe('Languages whose stop words are left out.'),
  stop_words: z.array(z.string().trim().min(1)).default([]).describe('Further words to leave out.'),
  particles: z
    .enum(['strip', 'keep'])
    .default('strip')
    .describe('Whether Korean particles are taken off nouns, so that 영화는 and 영화를 count as 영화.'),
})

/** Emoji such as ™️ and ℹ️, which NFKC would turn into letters. */
const PICTOGRAPH = /\p{Extended_Pictographic}/gu

/** All kinds of apostrophes, which become the ASCII one. */
const APOSTROPHE = /[`´ʹʻʼʽ‘’‛′＇]/g

const plain = (text: string): string => normaliseTerm(text.replace(APOSTROPHE, "'").replace(PICTOGRAPH, ' '))

export default defineExtractor({
  name: 'words',
  description: 'Words, without stop words of English and Korean.',
  options,
  create({ min_length, languages, stop_words, particles }) {
    const stopWords = new Set([...languages.flatMap(stopWordsOf), ...stop_words].map(plain))

    function extract(text: string): string[] {
      const words: string[] = []
      eachWord(plain(text), found => {
        const word = found.endsWith("'s") ? found.slice(0, -2) : found
        if (stopWords.has(word)) return
        const noun = particles === 'strip' ? withoutParticle(word) : word
        if (noun !== word && stopWords.has(noun)) return
        if (noun.length >= min_length) words.push(noun)
      })
      return words
    }
    return { extract: post => extract(post.text) }
  },
})

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
function eachWord(text: string, found: (word: string) => void): void {
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
