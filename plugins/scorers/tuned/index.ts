import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  defineScorer,
  isUnknownLanguage,
  lettersOf,
  type Piece,
  PluginError,
  type Post,
  primaryLanguage,
  z,
} from 'mood-exporter/plugin'
import { explain } from './explain.ts'
import { Model } from './model.ts'

/** The languages with a built-in model. */
export const LANGUAGES = ['en', 'ko'] as const

/** The built-in model of a language: trained by tools/train.ts, described in docs/models.md. */
export const builtInModel = (language: (typeof LANGUAGES)[number]): Model =>
  Model.load(fileURLToPath(new URL(`${language}.model`, import.meta.url)))

const options = z.strictObject({
  languages: z
    .array(z.enum(LANGUAGES))
    .default([...LANGUAGES])
    .describe('Languages scored with the built-in models; posts in any other are `unknown`.'),
  models: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Files of models of your own, each for the language it was trained on; made by tools/train.ts.',
    ),
})

export default defineScorer({
  name: 'tuned',
  description: 'English and Korean by trained models: hashed n-grams, word lists, three calibrated classes.',
  errors: {
    ERR_TUNED_MODEL:
      'A file of `models` cannot be read, or is not a model that this release reads. Check its path, copy it again, or train it again with `tools/train.ts`.',
  },
  options,
  create({ languages, models }, { baseDir }) {
    const builtIn = new Set<string>(languages)
    const byLanguage = new Map<string, Model>()
    for (const path of models) {
      const model = loadModel(resolve(baseDir, path))
      byLanguage.set(model.header.language, model)
    }

    /** A built-in model is loaded when a post needs it: it takes up to 14 MB. */
    function modelOf(language: string): Model | undefined {
      const model = byLanguage.get(language)
      if (model !== undefined || !builtIn.has(language)) return model
      const loaded = builtInModel(language as (typeof LANGUAGES)[number])
      byLanguage.set(language, loaded)
      return loaded
    }

    /** The model for a post: by its language, otherwise by its script. */
    function modelFor({ lang = '', text }: Post): Model | undefined {
      return modelOf(lang) ?? modelOf(isUnknownLanguage(lang) ? languageOf(text) : primaryLanguage(lang))
    }
    return {
      score: post => modelFor(post)?.score(post.text) ?? null,
      explain(post: Post): Piece[] {
        const model = modelFor(post)
        return model ? explain(model, post.text) : []
      },
    }
  },
})

function loadModel(path: string): Model {
  try {
    return Model.load(path)
  } catch (error) {
    throw new PluginError('ERR_TUNED_MODEL', (error as Error).message, { cause: error })
  }
}

/** How much of a text is read. */
const LOOKED_AT = 1000

/** With this share of Hangul among its letters, a text is Korean: a syllable corresponds to two or three letters. */
const HANGUL_SHARE = 0.2

/**
 * `ko` or `en` by the script of a text's letters, without mentions and links; '' if it has neither Hangul nor Latin
 * letters.
 */
export function languageOf(text: string): 'ko' | 'en' | '' {
  const { hangul, latin } = lettersOf(text, LOOKED_AT, '@')
  if (hangul > 0 && hangul >= HANGUL_SHARE * (hangul + latin)) return 'ko'
  return latin > 1 ? 'en' : ''
}
