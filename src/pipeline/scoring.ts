import type { CallError } from '../plugin/call-error.ts'
import type { Post } from '../plugin/post.ts'
import type { ScoreDetails, ScoreOutcome } from '../plugin/score-result.ts'
import type { Score } from '../plugin/scorer.ts'
import type { CallObserver, ScorerCaller } from '../plugin/scorer-caller.ts'
import type { CallGuard } from './call-guard.ts'
import type { Job } from './job.ts'
import type { Progress } from './progress.ts'

/** A post in the pipeline, with what the stages have found so far. */
export interface PipelinePost {
  post: Post
  record: number
  /** Which post of the record. */
  index: number
  /** Event time: Unix milliseconds. */
  eventTime: number
  /** Places of its topics among the plan's. */
  topics: readonly number[]
  lang: string
  /** By scorer, in the plan's order. */
  scores: Score[]
  /** By scorer; only where one of them said more than a number. */
  details?: (ScoreDetails | undefined)[]
}

/** Notes the score of one post; null where the scorer cannot say, or failed. */
export function scoreOne(
  scorer: ScorerCaller,
  scorerIndex: number,
  guard: CallGuard,
  job: Job,
  item: PipelinePost,
): void {
  const { post, record, index, scores } = item
  scores[scorerIndex] = null
  if (guard.skips(job, record, index)) return
  guard.begin(record, index)
  const result = scorer.scoreOne(post)
  guard.end()
  // The ordinary case, and a hot one.
  if (typeof result === 'number' || result === null) scores[scorerIndex] = result
  else {
    note(result, scorerIndex, item)
    if (result.error) guard.failed(result.error, () => post.text)
  }
}

function note({ score, details }: ScoreOutcome, scorerIndex: number, item: PipelinePost): void {
  item.scores[scorerIndex] = score
  if (details) {
    item.details ??= []
    item.details[scorerIndex] = details
  }
}

/** Scores posts in batches: as many at once, and as many calls under way, as the scorer takes. */
export async function scoreMany(
  scorer: ScorerCaller,
  scorerIndex: number,
  guard: CallGuard,
  job: Job,
  items: readonly PipelinePost[],
  progress: Progress,
): Promise<void> {
  const wanted = items.filter(({ record, index }) => !guard.skips(job, record, index))
  try {
    const posts = wanted.map(({ post }) => post)
    const outcomes = await scorer.score(posts, new BatchCallGuard(wanted, guard, progress))
    for (const [i, item] of wanted.entries()) note(outcomes[i] as ScoreOutcome, scorerIndex, item)
  } finally {
    progress.waiting(false)
  }
}

/** Notes which records the calls under way are for: should the thread die now, those are what it was working on. */
class BatchCallGuard implements CallObserver {
  readonly #items: readonly PipelinePost[]
  readonly #guard: CallGuard
  readonly #progress: Progress
  /** Calls under way: the first item of each, and where it ends. */
  readonly #calls = new Map<number, number>()

  constructor(items: readonly PipelinePost[], guard: CallGuard, progress: Progress) {
    this.#items = items
    this.#guard = guard
    this.#progress = progress
  }

  begin(from: number, to: number): void {
    if (this.#calls.size > 0) this.#progress.leave()
    this.#calls.set(from, to)
    this.#enter()
    this.#progress.waiting(false)
  }

  waiting(): void {
    this.#progress.waiting(true)
  }

  end(from: number, _to: number, milliseconds: number): void {
    this.#guard.spent(milliseconds)
    // Calls that are still under way have all returned a promise.
    this.#progress.waiting(true)
    this.#progress.leave()
    this.#calls.delete(from)
    if (this.#calls.size > 0) this.#enter()
  }

  failed(error: CallError, from: number): void {
    this.#guard.failed(error, () => this.#items[from]?.post.text ?? '')
  }

  #enter(): void {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const [from, to] of this.#calls) {
      first = Math.min(first, this.#items[from]?.record as number)
      last = Math.max(last, this.#items[to - 1]?.record as number)
    }
    this.#progress.enter(this.#guard.index, first, -1, last)
  }
}
