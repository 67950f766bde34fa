import { defineExtractor, normaliseTerm, z } from 'mood-exporter/plugin'
import { withoutParticle } from './particles.ts'
import { LANGUAGES, stopWordsOf } from './stop-words.ts'
import { eachWord } from './tokens.ts'

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
