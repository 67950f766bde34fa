import type { LanguageDetector } from '../pipeline/language.ts'
import type { Post } from '../plugin/post.ts'
import type { Scorer } from '../plugin/scorer.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { ask, type Failures } from './ask.ts'
import { KindGroups, LanguageGroups, lengthGroup } from './groups.ts'
import type { Row, Table } from './open-table.ts'
import type { Report, ScorerReport } from './report.ts'
import { type LabelledPost, Scorecard } from './scorecard.ts'
import type { ScoresFile } from './scores-file.ts'
import { LABELS, type Thresholds } from './sentiment.ts'
import type { Survey } from './survey.ts'
import { limited } from './time-limit.ts'

/** What is measured: a scorer, or scores from a file. */
export type Candidate = { name: string; scorer: Scorer } | { name: string; scores: ScoresFile }

export interface EvaluationOptions {
  table: Table
  survey: Survey
  candidates: readonly Candidate[]
  thresholds: Thresholds
  languages: {
    /** The language of every post, whatever else is known. */
    fixed?: string
    /** Detects the language of posts without one; null to leave it unknown. */
    detector: LanguageDetector | null
  }
  /** Limit of one call of a scorer, in milliseconds. */
  timeout: number
  /** How many of the worst mistakes to keep for each scorer. */
  mistakes: number
  /** The maximum of posts, spread evenly over the file. */
  sample?: number
  /** Called periodically. @param posts scored so far, by every candidate */
  onProgress?: (posts: number) => void
}

/** Posts in a round: enough that reading the clock has no noticeable cost. */
const ROUND = 512
/** The maximum of posts in a round, for scorers that take many at once. */
const LARGEST_ROUND = 8192

/** Scores every post with every candidate, in rounds, and measures the accuracy. */
export async function evaluate(options: EvaluationOptions): Promise<Report> {
  const { table, survey, candidates, thresholds, mistakes, timeout, onProgress } = options
  const runs = candidates.map(candidate => new CandidateRun(candidate, thresholds, mistakes, timeout))
  const capacities = runs.map(({ caller }) => caller?.capacity ?? 1)
  const size = Math.min(LARGEST_ROUND, Math.max(ROUND, ...capacities))

  let done = 0
  for await (const round of roundsOf(options, size)) {
    for (const run of runs) await run.play(round)
    done += round.length
    onProgress?.(done)
  }
  return reportOf(table, survey, thresholds, done, runs)
}

/** A post to be scored, and the row of its scores. */
interface Entry {
  row: number
  post: Post
  labelled: LabelledPost
}

async function* roundsOf(
  { table, survey, languages, sample }: EvaluationOptions,
  size: number,
): AsyncGenerator<Entry[]> {
  const groups = new LanguageGroups()
  const kinds = new KindGroups()
  const part = Math.min(1, (sample ?? survey.posts) / survey.posts)
  let round: Entry[] = []
  let row = 0
  let known = 0
  for await (const rows of table.rows()) {
    for (const one of rows) {
      const at = row++
      const truth = one.problem === undefined ? survey.truthOf(one.label) : null
      if (!truth || one.problem !== undefined) continue
      known++
      // At regular steps, so that the sample covers the whole file and is the same each time.
      if (Math.floor(known * part) === Math.floor((known - 1) * part)) continue
      round.push(entryOf(at, one, truth, languages, groups, kinds))
      if (round.length < size) continue
      yield round
      round = []
    }
  }
  if (round.length > 0) yield round
}

function entryOf(
  row: number,
  {
    line,
    text,
    lang: said,
    kind: ofKind,
    pair,
  }: Row & {
    text: string
    lang?: string
    kind?: string
    pair?: string
  },
  truth: LabelledPost['truth'],
  { fixed, detector }: EvaluationOptions['languages'],
  groups: LanguageGroups,
  kinds: KindGroups,
): Entry {
  const lang = fixed ?? said ?? detector?.detect(text)
  const kind = kinds.group(ofKind)
  const spoken = lang === undefined ? {} : { lang }
  return {
    row,
    post: { text, createdAt: Date.now(), ...spoken },
    labelled: {
      line,
      text,
      ...spoken,
      truth,
      language: groups.group(lang),
      length: lengthGroup(text),
      ...(kind === undefined ? {} : { kind }),
      ...(pair === undefined ? {} : { pair }),
    },
  }
}

/** A candidate with its measurements. */
class CandidateRun {
  /** Null for scores from a file. */
  readonly caller: ScorerCaller | null
  readonly #candidate: Candidate
  readonly #card: Scorecard
  readonly #timeout: number
  readonly #failures: Failures = { posts: 0 }
  #seconds = 0

  constructor(candidate: Candidate, thresholds: Thresholds, mistakes: number, timeout: number) {
    this.caller =
      'scorer' in candidate ? new ScorerCaller(limited(candidate.scorer, timeout), { timeout }) : null
    this.#timeout = timeout
    this.#candidate = candidate
    this.#card = new Scorecard(thresholds, mistakes)
  }

  async play(round: readonly Entry[]): Promise<void> {
    const candidate = this.#candidate
    if ('scores' in candidate) {
      for (const { row, labelled } of round) this.#card.add(labelled, candidate.scores.at(row))
      return
    }
    const { scores, seconds } = await ask(
      this.caller as ScorerCaller,
      round.map(({ post }) => post),
      this.#failures,
      this.#timeout,
    )
    this.#seconds += seconds
    for (const [i, { labelled }] of round.entries()) this.#card.add(labelled, scores[i] ?? null)
  }

  report(): ScorerReport {
    const card = this.#card.result()
    const candidate = this.#candidate
    const isTimed = 'scorer' in candidate && this.#seconds > 0
    return {
      scorer: candidate.name,
      ...card,
      postsPerSecond: isTimed ? card.posts / this.#seconds : null,
      failed: this.#failures.posts,
      ...(this.#failures.first === undefined ? {} : { firstFailure: this.#failures.first }),
      mistakes: this.#card.mistakes.map(mistake => ({ ...mistake, ...explained(this.caller, mistake) })),
    }
  }
}

/** The pieces that contributed to the score of a mistake, if the scorer can explain it. */
function explained(
  scorer: ScorerCaller | null,
  { text, lang }: { text: string; lang?: string },
): Pick<ScorerReport['mistakes'][number], 'explanation'> {
  const post = { text, createdAt: Date.now(), ...(lang === undefined ? {} : { lang }) }
  const explained = scorer?.explain(post)
  // The score is valid without an explanation.
  return explained && 'pieces' in explained ? { explanation: explained.pieces } : {}
}

function reportOf(
  table: Table,
  survey: Survey,
  thresholds: Thresholds,
  posts: number,
  runs: readonly CandidateRun[],
): Report {
  const scorers = runs.map(run => run.report())
  const { byLabel = survey.byLabel } = scorers[0] ?? {}
  const counts = LABELS.map(label => {
    const of = byLabel[label]
    return [label, typeof of === 'number' ? of : of.posts] as const
  })
  const { rows, skipped, unreadable, damaged, labels, scale } = survey
  return {
    data: {
      file: table.file,
      columns: table.said,
      rows,
      posts,
      skipped,
      unreadable,
      damaged,
      labels,
      ...(scale ? { scale } : {}),
      byLabel: Object.fromEntries(counts) as Report['data']['byLabel'],
    },
    thresholds,
    baseline: Math.max(...counts.map(([, of]) => of)) / posts,
    scorers,
  }
}
