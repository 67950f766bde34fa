import { setTimeout as sleep } from 'node:timers/promises'
import { startExporter } from '../../tools/stack/exporter.ts'

/** The interval of scrapes, in milliseconds. */
const LOOK_MS = 20

/**
 * Posts a second of an exporter that reads a known number of posts, measured from its metrics: between a tenth of
 * them and the last but one change of the count, so that neither the start nor the end of the last epoch counts.
 *
 * @param bin the program of another version of the exporter
 */
export async function rateOf(config: object, posts: number, bin?: string): Promise<number> {
  await using exporter = await startExporter(config, bin === undefined ? {} : { bin })
  const seen: { at: number; posts: number }[] = []
  for (;;) {
    const now = (await exporter.samples()).sum('mood_source_posts_total')
    if (now !== (seen.at(-1)?.posts ?? 0)) seen.push({ at: performance.now(), posts: now })
    if (now >= posts) break
    await sleep(LOOK_MS)
  }
  const [first] = seen.filter(({ posts: count }) => count > posts / 10)
  const last = seen.at(-2)
  if (!first || !last || last.at <= first.at) throw new Error('it was read too fast to be measured')
  return ((last.posts - first.posts) * 1000) / (last.at - first.at)
}
