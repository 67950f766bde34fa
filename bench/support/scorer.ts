import '../../src/loader/hooks.ts'
import { inMemory, scorerContext } from '../../src/loader/instances.ts'
import type { Post } from '../../src/plugin/post.ts'
import type { PostScorer } from '../../src/plugin/scorer.ts'

/** A built-in scorer with its default options, without the pipeline. */
export async function scorerNamed(name: string): Promise<(post: Post) => unknown> {
  const parts = {
    log: { write: () => {} },
    signal: new AbortController().signal,
    baseDir: process.cwd(),
    topics: [],
    own: inMemory,
  }
  const context = scorerContext('scorer', name, parts, { name })
  const scorer = (await context.scorer({ use: name })) as PostScorer
  return post => scorer.score(post)
}
