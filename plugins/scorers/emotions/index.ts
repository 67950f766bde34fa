import { defineScorer, languageFilter, z } from 'mood-exporter/plugin'
import { EMOTIONS, Lexicon } from './lexicon.ts'

const options = z.strictObject({
  words: z
    .record(
      z.string().regex(/^[\p{L}\p{N}_ -]{1,40}$/u, {
        error: 'expected an emotion of up to 40 letters, digits, spaces, "_" or "-"',
      }),
      z.array(z.string().regex(/^[a-z]{2,40}$/i, { error: 'expected one word of letters from a to z' })),
    )
    .default({})
    .describe('Further words by emotion, which may be a new one; or another emotion for known words.'),
  languages: z
    .array(z.string().min(1))
    .min(1)
    .default(['en'])
    .describe('Languages of the posts to search; posts of unknown language are always searched.'),
})

export default defineScorer({
  name: 'emotions',
  description: 'Emotions that English posts name, by a word list; no score.',
  options,
  create({ words, languages }) {
    const lexicon = new Lexicon(words)
    const isLookedAt = languageFilter(languages)
    return {
      emotions: [...new Set([...EMOTIONS, ...Object.keys(words)])],
      score(post) {
        if (!isLookedAt(post)) return null
        let emotions: string[] | undefined
        lexicon.find(post.text, (_, emotion) => {
          if (emotions === undefined) emotions = [emotion]
          else if (!emotions.includes(emotion)) emotions.push(emotion)
        })
        return emotions === undefined ? null : { score: null, emotions }
      },
      explain(post) {
        const pieces: { text: string; weight: number; why: string }[] = []
        if (isLookedAt(post))
          lexicon.find(post.text, (text, emotion) => pieces.push({ text, weight: 0, why: emotion }))
        return pieces
      },
    }
  },
})
