import { MinuteLimit } from '../../pipeline/sampling.ts'
import type { PostEvent } from '../../plugin/events/post.ts'
import type { OutputSpec } from './output-spec.ts'

/** Distributes the sampled posts to outputs: each worker may have sampled as many as one output wants. */
export class Samples {
  readonly #limits = new Map<string, { perMinute: number; limit: MinuteLimit }>()

  /** @param outputs those that take posts @param now Unix milliseconds */
  route(
    posts: readonly PostEvent[],
    outputs: readonly OutputSpec[],
    now: number,
  ): { output: string; event: PostEvent }[] {
    return outputs.flatMap(({ name, posts: wanted }) => {
      if (!wanted) return []
      const limit = this.#limitOf(name, wanted.perMinute)
      return posts
        .filter(({ topic, sentiment }) => limit.admits(topic, sentiment, now))
        .map(({ text, ...post }) => ({
          output: name,
          event: wanted.text && text !== undefined ? { ...post, text } : post,
        }))
    })
  }

  #limitOf(output: string, perMinute: number): MinuteLimit {
    const known = this.#limits.get(output)
    if (known?.perMinute === perMinute) return known.limit
    const limit = new MinuteLimit(perMinute)
    this.#limits.set(output, { perMinute, limit })
    return limit
  }
}
