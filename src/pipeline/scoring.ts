import type { Post } from '../plugin/post.ts'
import type { BatchScorer, DetailedScore, PostScorer, Score, ScorerExtras } from '../plugin/scorer.ts'
import { readAnswer } from './answer.ts'
import type { Job } from './job.ts'
import type { Meter } from './meter.ts'
import type { Progress } from './progress.ts'

/** A post on its way, with what is known of it so far. */
export interface Candidate {
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
  details?: (DetailedScore | undefined)[]
}

/** Notes the score of one post; null where the scorer cannot say, or failed. */
export function scoreOne(
  scorer: PostScorer,
  scorerIndex: number,
  meter: Meter,
  job: Job,
  candidate: Candidate,
): void {
  const { post, record, index, scores } = candidate
  scores[scorerIndex] = null
  if (meter.skips(job, record, index)) return
  meter.begin(record, index)
  let answer: unknown
  try {
    answer = scorer.score(post)
  } catch (error) {
    meter.failed('threw', error)
    return
  } finally {
    meter.end()
  }
  note(answer, scorer, scorerIndex, meter, candidate)
}

/** Writes down what a scorer answered of a post. */
function note(
  answer: unknown,
  scorer: ScorerExtras,
  scorerIndex: number,
  meter: Meter,
  candidate: Candidate,
): void {
  // The ordinary case, and a hot one.
  if (typeof answer === 'number' && answer >= -1 && answer <= 1) {
    candidate.scores[scorerIndex] = answer
    return
  }
  const { score, details, rubbish } = readAnswer(answer, scorer)
  candidate.scores[scorerIndex] = score
  if (rubbish !== undefined) meter.failed('rubbish', rubbish)
  if (details) {
    candidate.details ??= []
    candidate.details[scorerIndex] = details
  }
}

/** Scores candidates by the batch: as many at once, and as many calls under way, as the scorer takes. */
export async function scoreMany(
  scorer: BatchScorer,
  scorerIndex: number,
  meter: Meter,
  job: Job,
  candidates: readonly Candidate[],
  { progress, timeout }: { progress: Progress; timeout: number },
): Promise<void> {
  const wanted = candidates.filter(({ record, index }) => !meter.skips(job, record, index))
  const size = Math.max(1, scorer.batchSize ?? 32)
  const next = () => wanted.splice(0, size)

  const underWay = new UnderWay(meter.index, progress)
  const worker = async () => {
    for (let chunk = next(); chunk.length > 0; chunk = next()) {
      underWay.begin(chunk)
      const answers = await scoreChunk(scorer, meter, chunk, timeout, progress)
      underWay.end(chunk)
      for (const [i, candidate] of chunk.entries()) note(answers[i], scorer, scorerIndex, meter, candidate)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.max(1, scorer.concurrency ?? 1) }, worker))
  } finally {
    progress.waiting(false)
  }
}

/** Notes which records the calls under way are for: should the thread die now, that is what it was at. */
class UnderWay {
  readonly #plugin: number
  readonly #progress: Progress
  readonly #chunks = new Set<readonly Candidate[]>()

  constructor(plugin: number, progress: Progress) {
    this.#plugin = plugin
    this.#progress = progress
  }

  begin(chunk: readonly Candidate[]): void {
    if (this.#chunks.size > 0) this.#progress.leave()
    this.#chunks.add(chunk)
    this.#note()
  }

  end(chunk: readonly Candidate[]): void {
    this.#progress.leave()
    this.#chunks.delete(chunk)
    if (this.#chunks.size > 0) this.#note()
  }

  #note(): void {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const chunk of this.#chunks) {
      first = Math.min(first, chunk[0]?.record as number)
      last = Math.max(last, chunk.at(-1)?.record as number)
    }
    this.#progress.enter(this.#plugin, first, -1, last)
  }
}

async function scoreChunk(
  scorer: BatchScorer,
  meter: Meter,
  chunk: readonly Candidate[],
  timeout: number,
  progress: Progress,
): Promise<unknown[]> {
  const unknown = () => chunk.map(() => null)
  const startedAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<'timeout'>(resolve => {
    timer = setTimeout(resolve, timeout, 'timeout')
  })
  let scores: unknown
  try {
    progress.waiting(false)
    const answer = scorer.scoreBatch(chunk.map(({ post }) => post))
    progress.waiting(true)
    scores = await Promise.race([answer, expired])
  } catch (error) {
    meter.failed('threw', error)
    return unknown()
  } finally {
    clearTimeout(timer)
    progress.waiting(true)
    meter.spent(performance.now() - startedAt)
  }
  if (scores === 'timeout') {
    meter.failed('timeout', `no answer within ${timeout} ms`)
    return unknown()
  }
  if (!Array.isArray(scores) || scores.length !== chunk.length) {
    meter.failed('rubbish', `expected ${chunk.length} scores, got ${describe(scores)}`)
    return unknown()
  }
  return scores
}

const describe = (value: unknown): string =>
  Array.isArray(value) ? `${value.length} of them` : typeof value === 'number' ? String(value) : typeof value
