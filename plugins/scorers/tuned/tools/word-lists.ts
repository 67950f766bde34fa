import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { VALENCE_STEPS } from '../lexicon.ts'
import { Tokens } from '../tokens.ts'
import { readEnglishLexicon } from './english-lexicon.ts'
import { readKoreanLexicon } from './korean-lexicon.ts'
import type { Recipe } from './recipes.ts'

export interface WordLists {
  readonly hashes: Int32Array
  /** Two for each word, by VADER and AFINN, in steps of 1/{@link VALENCE_STEPS}. */
  readonly valences: Int8Array
}

const resolve = (file: string) => createRequire(import.meta.url).resolve(file)
const readJson = (file: string) => JSON.parse(readFileSync(resolve(file), 'utf8')) as Record<string, number>

/** The scale of AFINN is -5 to 5, that of VADER -4 to 4. */
const TO_FOUR = 4 / 5

/** The word and emoticon list of VADER, from the npm package `vader-sentiment`. */
function* vaderWords(): Generator<[string, number]> {
  for (const line of readFileSync(resolve('vader-sentiment/vader_lexicon.txt'), 'utf8').split('\n')) {
    const [word = '', mean] = line.split('\t')
    if (mean !== undefined) yield [word, Number(mean)]
  }
}

/**
 * The two lists by the hash of a token. In both, emoji have the weights of the Emoji Sentiment Ranking, which the npm
 * package `sentiment` contains in addition to AFINN: even training posts without emoji then teach the value of a
 * strong word, and so that of an emoji of the same strength.
 *
 * For languages other than English only emoji and emoticons of these lists; Korean words have a separate list.
 */
export function readWordLists({
  words,
  language,
  heldOut,
}: Pick<Recipe, 'words' | 'language' | 'heldOut'>): WordLists {
  const emojiOnly = !words
  const tokens = new Tokens()
  const found = new Map<number, [number, number]>()
  const add = (word: string, valence: number, lists: (0 | 1)[]) => {
    tokens.read(word)
    // Tokens do not distinguish digits: "143" for "I love you" would make every number of three digits positive.
    if (/^\d+$/.test(word)) return
    if (tokens.count !== 1 || (emojiOnly && /[a-z0-9]{2}/i.test(word))) return
    const hash = tokens.hashes[0] as number
    if (hash === 0) return
    const entry = found.get(hash) ?? [0, 0]
    for (const list of lists) if (entry[list] === 0) entry[list] = Math.round(valence * VALENCE_STEPS)
    found.set(hash, entry)
  }
  for (const [word, valence] of vaderWords()) add(word, valence, [0])
  for (const [word, weight] of Object.entries(readJson('sentiment/languages/en/labels.json')))
    add(word, weight * TO_FOUR, [1])
  for (const [emoji, weight] of Object.entries(readJson('sentiment/build/emoji.json')))
    add(emoji, weight * TO_FOUR, [0, 1])
  if (language === 'en') for (const [word, valence] of readEnglishLexicon()) add(word, valence, [0, 1])
  if (language === 'ko') for (const [word, valence] of readKoreanLexicon(heldOut)) add(word, valence, [0, 1])
  const entries = [...found].sort(([a], [b]) => a - b)
  return {
    hashes: Int32Array.from(entries, ([hash]) => hash),
    valences: Int8Array.from(entries.flatMap(([, valences]) => valences)),
  }
}
