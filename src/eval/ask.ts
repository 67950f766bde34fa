import { readAnswer } from '../pipeline/answer.ts'
import type { Post } from '../plugin/post.ts'
import type { BatchScorer, PostScorer, Score, Scorer } from '../plugin/scorer.ts'

/** Posts that a scorer failed on count as `unknown`. */
export interface Failures {
  posts: number
  /** What the first of them was. */
  first?: string
}

/** What a scorer said of posts, in their order, and how long it took. */
export interface Asked {
  scores: Score[]
  seconds: number
}

/** As many posts of a batch scorer are asked for at once where it does not say. */
const BATCH_SIZE = 32

/** How many posts keep a scorer busy: those of all calls that it takes at once. */
export const appetiteOf = (scorer: Scorer): number =>
  'score' in scorer ? 1 : Math.max(1, scorer.batchSize ?? BATCH_SIZE) * Math.max(1, scorer.concurrency ?? 1)

/** Asks a scorer as the exporter does, but for its timeout: one that hangs is to be seen hanging. */
export async function ask(scorer: Scorer, posts: readonly Post[], failures: Failures): Promise<Asked> {
  const startedAt = performance.now()
  const answers =
    'score' in scorer ? askEach(scorer, posts, failures) : await askBatches(scorer, posts, failures)
  const seconds = (performance.now() - startedAt) / 1000
  const scores = answers.map(answer => {
    // The ordinary case, and a hot one.
    if (typeof answer === 'number' && answer >= -1 && answer <= 1) return answer
    const { score, rubbish } = readAnswer(answer, scorer)
    if (rubbish !== undefined) fail(failures, 1, rubbish)
    return score
  })
  return { scores, seconds }
}

function askEach(scorer: PostScorer, posts: readonly Post[], failures: Failures): unknown[] {
  const answers: unknown[] = []
  for (const post of posts) {
    try {
      answers.push(scorer.score(post))
    } catch (error) {
      fail(failures, 1, error)
      answers.push(null)
    }
  }
  return answers
}

async function askBatches(
  scorer: BatchScorer,
  posts: readonly Post[],
  failures: Failures,
): Promise<unknown[]> {
  const answers = new Array<unknown>(posts.length).fill(null)
  const size = Math.max(1, scorer.batchSize ?? BATCH_SIZE)
  let next = 0
  const work = async () => {
    while (next < posts.length) {
      const from = next
      next += size
      const batch = posts.slice(from, from + size)
      try {
        const said: unknown = await scorer.scoreBatch(batch)
        if (!Array.isArray(said) || said.length !== batch.length)
          fail(
            failures,
            batch.length,
            `expected ${batch.length} scores, got ${Array.isArray(said) ? said.length : typeof said}`,
          )
        else for (const [i, answer] of said.entries()) answers[from + i] = answer
      } catch (error) {
        fail(failures, batch.length, error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, scorer.concurrency ?? 1) }, work))
  return answers
}

function fail(failures: Failures, posts: number, why: unknown): void {
  failures.posts += posts
  failures.first ??= why instanceof Error ? why.message : String(why)
}
