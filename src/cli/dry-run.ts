import type { Logger } from 'pino'
import type { LoadedConfig } from '../config/load.ts'
import { type Said, sentimentOf } from '../eval/sentiment.ts'
import { limited, scoreEach, within } from '../eval/time-limit.ts'
import { withPlace } from '../loader/place.ts'
import { LanguageDetector } from '../pipeline/language.ts'
import { TopicMatcher } from '../pipeline/topics.ts'
import { ALL_TOPICS } from '../pipeline/worker-config.ts'
import type { CallError } from '../plugin/call-error.ts'
import type { Extractor } from '../plugin/extractor.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { Post } from '../plugin/post.ts'
import type { ScoreDetails } from '../plugin/score-result.ts'
import type { Piece, Score } from '../plugin/scorer.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { type ExtractedTerms, extractTerms } from '../plugin/terms.ts'
import { topicSpecs } from '../runtime/resolved-config.ts'
import { dryRunPlugins } from './dry-run-plugins.ts'

/** The results of a configuration for one text. */
export interface TextResult {
  text: string
  /** From the post or the detector; null if neither knows it. */
  lang: string | null
  /** Empty: the post would be dropped as `off_topic`. */
  topics: string[]
  /** By topic, the keywords of `any` and `all` in the text, as the configuration spells them. */
  keywords: Record<string, string[]>
  scores: ({ scorer: string; score: Score; sentiment: Said } & Extras)[]
  terms: { extractor: string; terms: string[]; error?: string }[]
}

interface Extras extends ScoreDetails {
  /** The pieces that contributed to the score; absent if the scorer cannot explain it. */
  explanation?: Piece[]
  /** The error. There may be a score nevertheless. */
  error?: string
}

/** Prepares the parts of a configuration for `score`, once for all texts. */
export async function dryRun(loaded: LoadedConfig, log: Logger, signal: AbortSignal) {
  const { topics, languages, sentiment, limits } = loaded.config
  const { scorers, extractors } = await dryRunPlugins(loaded, log, signal)
  const callers = scorers.map(({ name, plugin }) => ({
    name,
    caller: new ScorerCaller(limited(plugin, limits.plugin_timeout), { timeout: limits.plugin_timeout }),
  }))
  const rules = topicSpecs(topics)
  const matcher = rules.length > 0 ? new TopicMatcher(rules) : null
  // Includes topics whose keywords are the terms of a ranking, although the terms are not known here.
  const isEverything = Object.keys(topics).length === 0
  const described = ({ message, cause }: CallError) => withPlace(message, cause, loaded.baseDir)
  const detector = languages.detect ? new LanguageDetector(languages.labels) : null

  return {
    /** @param explain whether scorers should explain their scores */
    async score(text: string, knownLang?: string, explain = false): Promise<TextResult> {
      const lang = knownLang ?? detector?.detect(text)
      const post: Post = { text, createdAt: Date.now(), ...(lang === undefined ? {} : { lang }) }
      const matched: [topic: string, keywords: string[]][] = isEverything
        ? [[ALL_TOPICS.name, []]]
        : (matcher?.explain(text) ?? []).map(({ rule, keywords }) => [rules[rule]?.name ?? '', keywords])
      return {
        text,
        lang: lang ?? null,
        topics: matched.map(([topic]) => topic),
        keywords: Object.fromEntries(matched),
        scores: await Promise.all(
          callers.map(async ({ name, caller }) => {
            const result = await scoreOf(caller, post, explain, limits.plugin_timeout, described)
            return { scorer: name, ...result, sentiment: sentimentOf(result.score, sentiment) }
          }),
        ),
        terms: extractors.map(({ name, plugin }) => {
          return { extractor: name, ...termsOf(plugin, post, limits, described) }
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
  timeout: number,
  described: (error: CallError) => string,
): Promise<{ score: Score } & Extras> {
  const [outcome] = scorer.traits.synchronous
    ? scoreEach(scorer, [post], timeout)
    : await scorer.score([post])
  const { score = null, details, error } = outcome ?? {}
  const explained = explain ? scorer.explain(post) : null
  const errors = [error, explained && 'error' in explained ? explained.error : undefined]
  const failed = errors.flatMap(error => (error ? [described(error)] : []))
  return {
    score,
    ...details,
    ...(explained && 'pieces' in explained ? { explanation: explained.pieces } : {}),
    ...(failed.length === 0 ? {} : { error: failed.join('; ') }),
  }
}

function termsOf(
  extractor: Extractor,
  post: Post,
  { plugin_timeout: timeout, terms_per_post: most }: LoadedConfig['config']['limits'],
  described: (error: CallError) => string,
): { terms: string[]; error?: string } {
  let found: ExtractedTerms
  try {
    found = within(timeout, () => extractTerms(extractor, post, most))
  } catch (error) {
    return { terms: [], error: messageOf(error) }
  }
  return { terms: found.terms, ...(found.error === undefined ? {} : { error: described(found.error) }) }
}
