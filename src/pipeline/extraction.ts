import type { Extractor } from '../plugin/extractor.ts'
import { extractTerms } from '../plugin/terms.ts'
import type { CounterCell } from '../state/counters.ts'
import type { Job } from './job.ts'
import type { Meter } from './meter.ts'
import type { Candidate } from './scoring.ts'

const NONE: readonly string[] = []

/** The terms of a post, and no more of them than `limit`; `over` counts posts with more. */
export function termsOf(
  extractor: Extractor,
  meter: Meter,
  job: Job,
  { post, record, index }: Candidate,
  limit: number,
  over: CounterCell,
): readonly string[] {
  if (meter.skips(job, record, index)) return NONE
  meter.begin(record, index)
  const found = extractTerms(extractor, post, limit)
  meter.end()
  if (found.over) over.n++
  if (found.error) meter.failed(found.error, () => post.text)
  return found.terms
}
