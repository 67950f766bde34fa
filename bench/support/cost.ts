import type { RunningExporter } from '../../tools/stack/exporter.ts'
import type { Samples } from '../../tools/stack/samples.ts'
import { processorMs } from './usage.ts'

/** The longest time to wait for posts, in milliseconds. */
const PATIENCE_MS = 600_000

/**
 * Processor time of a post in all threads of an exporter that reads a known number of posts, in microseconds: measured
 * after a fifth of the posts, when code is compiled.
 */
export async function costOf(
  exporter: RunningExporter,
  posts: number,
): Promise<{ micros: number; samples: Samples }> {
  const at = async (most: number) => {
    const samples = await exporter.until(
      samples => samples.sum('mood_source_posts_total') >= most,
      PATIENCE_MS,
    )
    return {
      samples,
      posts: samples.sum('mood_source_posts_total'),
      ms: processorMs(exporter.process.pid as number),
    }
  }
  const first = await at(posts / 5)
  const last = await at(posts)
  return { micros: ((last.ms - first.ms) * 1000) / (last.posts - first.posts), samples: last.samples }
}
