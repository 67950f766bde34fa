import type { Samples } from '../stack/samples.ts'
import type { Topic } from './config.ts'
import { COMPARED, type Compared } from './contract.ts'
import type { KnownRecord } from './records.ts'

/** How many ids the model of de-duplication remembers; duplicates are much closer. */
const REMEMBERED = 20_000

interface Count {
  metric: Compared
  labels: Record<string, string>
  value: number
}

/** A series that differs from what was written. */
export interface Difference {
  series: string
  metric: Compared
  labels: Record<string, string>
  written: number
  shown: number
}

/** The counts that the exporter must show for what was written. */
export class ExpectedCounts {
  records = 0
  posts = 0
  readonly #counts = new Map<string, Count>()
  readonly #seen: ReadonlyMap<string, Set<string>>

  readonly #framed: boolean

  /**
   * @param deduping sources that drop a post whose id they have seen
   * @param framed whether the exporter splits a stream of bytes into records, in which each post of an array is a
   *   separate record; otherwise an array is one record, and an empty one is not a post
   */
  constructor(deduping: readonly string[], framed = true) {
    this.#framed = framed
    this.#seen = new Map(deduping.map(source => [source, new Set<string>()]))
  }

  /** Adds a record before it is written: a scrape must never be ahead of the model. */
  add(source: string, { posts, fault }: KnownRecord): void {
    for (let left = fault === null && this.#framed ? posts.length : 1; left > 0; left--) {
      this.records++
      this.#count('mood_source_records_total', { source })
    }
    if (fault !== null) this.#count('mood_posts_dropped_total', { source, reason: fault })
    else if (posts.length === 0 && !this.#framed)
      this.#count('mood_posts_dropped_total', { source, reason: 'not_a_post' })
    for (const { id, topics, sentiment } of posts) {
      this.posts++
      this.#count('mood_source_posts_total', { source })
      if (!this.#isNew(source, id)) this.#count('mood_posts_dropped_total', { source, reason: 'duplicate' })
      else if (topics.length === 0) this.#count('mood_posts_dropped_total', { source, reason: 'off_topic' })
      else {
        this.#count('mood_post_delay_seconds_count', { source })
        for (const topic of topics) {
          this.#count('mood_posts_total', { source, topic, sentiment })
          // Only a score is in the histogram.
          if (sentiment !== 'unknown') this.#count('mood_positivity_ratio_count', { source, topic })
        }
      }
    }
  }

  /** A topic was removed from the configuration: its counts are removed, and begin at zero if it comes back. */
  forget(topic: Topic): void {
    for (const [series, { labels }] of this.#counts) if (labels.topic === topic) this.#counts.delete(series)
  }

  written(metric: Compared, labels: Record<string, string>): number {
    return this.#counts.get(seriesOf(metric, labels))?.value ?? 0
  }

  /** Series of those sources that differ from what was written. */
  compare(samples: Samples, sources: readonly string[]): Difference[] {
    return this.#pairs(samples, sources).filter(({ written, shown }) => written !== shown)
  }

  /** Series that show more than was written so far, except those of some topics. */
  excess(samples: Samples, sources: readonly string[], leftOut: ReadonlySet<string>): Difference[] {
    return this.#pairs(samples, sources).filter(
      ({ labels, written, shown }) => shown > written && !leftOut.has(labels.topic ?? ''),
    )
  }

  #pairs(samples: Samples, sources: readonly string[]): Difference[] {
    const shown = shownIn(samples)
    return [...new Map([...this.#counts, ...shown])]
      .filter(([, { labels }]) => sources.includes(labels.source as string))
      .map(([series, { metric, labels }]) => ({
        series,
        metric,
        labels,
        written: this.#counts.get(series)?.value ?? 0,
        shown: shown.get(series)?.value ?? 0,
      }))
  }

  #count(metric: Compared, labels: Record<string, string>): void {
    increase(this.#counts, metric, labels, 1)
  }

  #isNew(source: string, id: string): boolean {
    const seen = this.#seen.get(source)
    if (!seen) return true
    if (seen.has(id)) return false
    seen.add(id)
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value as string)
    return true
  }
}

/** The values of a scrape, summed over the labels that the model does not have. */
function shownIn(samples: Samples): Map<string, Count> {
  const shown = new Map<string, Count>()
  for (const [metric, names] of Object.entries(COMPARED) as [Compared, readonly string[]][]) {
    for (const { labels, value } of samples.all(metric)) {
      if (value === 0) continue
      increase(shown, metric, Object.fromEntries(names.map(name => [name, labels[name] ?? ''])), value)
    }
  }
  return shown
}

function increase(
  counts: Map<string, Count>,
  metric: Compared,
  labels: Record<string, string>,
  by: number,
): void {
  const series = seriesOf(metric, labels)
  const count = counts.get(series)
  if (count) count.value += by
  else counts.set(series, { metric, labels, value: by })
}

function seriesOf(metric: Compared, labels: Record<string, string>): string {
  return `${metric}{${COMPARED[metric].map(name => `${name}="${labels[name] ?? ''}"`).join(',')}}`
}

/** Counts of missing posts and drops, and of extra ones. */
export function lostAndDoubled(differences: readonly Difference[]): { lost: number; doubled: number } {
  let lost = 0
  let doubled = 0
  for (const { metric, written, shown } of differences) {
    if (metric !== 'mood_posts_total' && metric !== 'mood_posts_dropped_total') continue
    lost += Math.max(0, written - shown)
    doubled += Math.max(0, shown - written)
  }
  return { lost, doubled }
}

export const describeDifference = ({ series, written, shown }: Difference): string =>
  `${series}: written ${written}, shown ${shown}`
