import '../../src/host/hooks.ts'
import type { Post } from '../../src/plugin/post.ts'
import type { PostScorer, ScorerDefinition } from '../../src/plugin/scorer.ts'
import { testScorer } from '../../src/plugin/testing.ts'

/** A shipped scorer with its default options, without the pipeline around it. */
export async function scorerNamed(name: string): Promise<(post: Post) => unknown> {
  const module = (await import(`../../plugins/scorers/${name}/index.ts`)) as { default: ScorerDefinition }
  const { scorer } = await testScorer(module.default)
  return post => (scorer as PostScorer).score(post)
}
