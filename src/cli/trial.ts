import type { Logger } from 'pino'
import type { LoadedConfig } from '../config/load.ts'
import { type Said, sentimentOf } from '../eval/sentiment.ts'
import { readAnswer } from '../pipeline/answer.ts'
import { LanguageDetector } from '../pipeline/language.ts'
import { ALL_TOPICS } from '../pipeline/plan.ts'
import { TopicMatcher } from '../pipeline/topics.ts'
import type { Extractor } from '../plugin/extractor.ts'
import type { Post } from '../plugin/post.ts'
import type { DetailedScore, Piece, Score, Scorer } from '../plugin/scorer.ts'
import { topicSpecs } from '../runtime/resolved-config.ts'
import { type Trial, trialPlugins } from './trial-plugins.ts'

/** What the configuration makes of one text. */
export interface Verdict {
  text: string
  /** As the post or the detector says; null where nobody can. */
  lang: string | null
  /** Empty: the post would be dropped as `off_topic`. */
  topics: string[]
  scores: ({ scorer: string; score: Score; sentiment: Said } & Extras)[]
  terms: { extractor: string; terms: string[]; error?: string }[]
}

interface Extras extends Omit<DetailedScore, 'score'> {
  /** What moved the score; absent where the scorer cannot say. */
  explanation?: Piece[]
  error?: string
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Prepares what `judge` needs of a configuration, once for all texts. */
export async function trial(loaded: LoadedConfig, log: Logger, signal: AbortSignal) {
  const { topics, languages, sentiment } = loaded.config
  const { scorers, extractors } = await trialPlugins(loaded, log, signal)
  const rules = topicSpecs(topics)
  const matcher = rules.length > 0 ? new TopicMatcher(rules) : null
  const detector = languages.detect ? new LanguageDetector(languages.labels) : null

  return {
    /** @param explain whether to ask scorers what moved their scores */
    async judge(text: string, knownLang?: string, explain = false): Promise<Verdict> {
      const lang = knownLang ?? detector?.detect(text)
      const post: Post = { text, createdAt: Date.now(), ...(lang === undefined ? {} : { lang }) }
      return {
        text,
        lang: lang ?? null,
        topics: matcher ? matcher.match(text).map(i => rules[i]?.name ?? '') : [ALL_TOPICS.name],
        scores: await Promise.all(
          scorers.map(async scorer => {
            const result = await scoreOf(scorer, post, explain)
            return { scorer: scorer.name, ...result, sentiment: sentimentOf(result.score, sentiment) }
          }),
        ),
        terms: extractors.map(extractor => ({ extractor: extractor.name, ...termsOf(extractor, post) })),
      }
    },
    async close(): Promise<void> {
      for (const { plugin } of [...scorers, ...extractors]) await plugin.close?.()
    },
  }
}

async function scoreOf(
  { plugin }: Trial<Scorer>,
  post: Post,
  explain: boolean,
): Promise<{ score: Score } & Extras> {
  try {
    const answered = 'score' in plugin ? plugin.score(post) : (await plugin.scoreBatch([post]))[0]
    const { score, details, rubbish } = readAnswer(answered, plugin)
    const explanation = explain ? plugin.explain?.(post) : undefined
    return {
      score,
      ...details,
      ...(explanation ? { explanation } : {}),
      ...(rubbish === undefined ? {} : { error: rubbish }),
    }
  } catch (error) {
    return { score: null, error: messageOf(error) }
  }
}

function termsOf({ plugin }: Trial<Extractor>, post: Post): { terms: string[]; error?: string } {
  try {
    return { terms: [...new Set(plugin.extract(post))].map(String) }
  } catch (error) {
    return { terms: [], error: messageOf(error) }
  }
}
