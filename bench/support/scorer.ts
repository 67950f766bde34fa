import '../../src/loader/hooks.ts'
import { scorerContext } from '../../src/loader/instances.ts'
import type { Post } from '../../src/plugin/post.ts'
import type { PostScorer } from '../../src/plugin/scorer.ts'

const ignore = () => {}

/** A shipped scorer with its default options, without the pipeline around it. */
export async function scorerNamed(name: string): Promise<(post: Post) => unknown> {
  const context = scorerContext({
    name,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    signal: new AbortController().signal,
    baseDir: process.cwd(),
  })
  const scorer = (await context.scorer({ use: name })) as PostScorer
  return post => scorer.score(post)
}
