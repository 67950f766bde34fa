import type { Logger } from 'pino'
import type { LoadedConfig } from '../config/load.ts'
import { type Said, sentimentOf } from '../eval/sentiment.ts'
import { LanguageDetector } from '../pipeline/language.ts'
import { ALL_TOPICS } from '../pipeline/plan.ts'
import { TopicMatcher } from '../pipeline/topics.ts'
import type { Post } from '../plugin/post.ts'
import type { ScoreDetails } from '../plugin/score-result.ts'
import type { Piece, Score } from '../plugin/scorer.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { extractTerms } from '../plugin/terms.ts'
import { topicSpecs } from '../runtime/resolved-config.ts'
import { trialPlugins } from './trial-plugins.ts'

/** What the configuration makes of one text. */
export interface Verdict {
  text: string
  /** As the post or the detector says; null where neither can. */
  lang: string | null
  /** Empty: the post would be dropped as `off_topic`. */
  topics: string[]
  scores: ({ scorer: string; score: Score; sentiment: Said } & Extras)[]
  terms: { extractor: string; terms: string[]; error?: string }[]
}

interface Extras extends ScoreDetails {
  /** What moved the score; absent where the scorer cannot say. */
  explanation?: Piece[]
  /** What went wrong. There may be a score all the same. */
  error?: string
}

/** Prepares what `judge` needs of a configuration, once for all texts. */
export async function trial(loaded: LoadedConfig, log: Logger, signal: AbortSignal) {
  const { topics, languages, sentiment, limits } = loaded.config
  const { scorers, extractors } = await trialPlugins(loaded, log, signal)
  const callers = scorers.map(({ name, plugin }) => ({
    name,
    caller: new ScorerCaller(plugin, { timeout: limits.plugin_timeout }),
  }))
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
          callers.map(async ({ name, caller }) => {
            const result = await scoreOf(caller, post, explain)
            return { scorer: name, ...result, sentiment: sentimentOf(result.score, sentiment) }
          }),
        ),
        terms: extractors.map(({ name, plugin }) => {
          const { terms, error } = extractTerms(plugin, post, limits.terms_per_post)
          return { extractor: name, terms, ...(error === undefined ? {} : { error: error.message }) }
        }),
      }
    },
    async close(): Promise<void> {
      for (const { plugin } of [...scorers, ...extractors]) await plugin.close?.()
    },
  }
}

async function scoreOf(
  scorer: ScorerCaller,
  post: Post,
  explain: boolean,
): Promise<{ score: Score } & Extras> {
  const [outcome] = await scorer.score([post])
  const { score = null, details, error } = outcome ?? {}
  const explained = explain ? scorer.explain(post) : null
  const problems = [error?.message, explained && 'error' in explained ? explained.error.message : undefined]
  const failed = problems.filter(problem => problem !== undefined)
  return {
    score,
    ...details,
    ...(explained && 'pieces' in explained ? { explanation: explained.pieces } : {}),
    ...(failed.length === 0 ? {} : { error: failed.join('; ') }),
  }
}
