import type { Extractor } from '../plugin/extractor.ts'
import { extractTerms } from '../plugin/terms.ts'
import type { CounterCell } from '../state/counters.ts'
import type { CallGuard } from './call-guard.ts'
import type { Job } from './job.ts'
import type { PipelinePost } from './scoring.ts'

const NONE: readonly string[] = []

/** The terms of a post, at most `limit` of them; `over` counts posts with more. */
export function termsOf(
  extractor: Extractor,
  guard: CallGuard,
  job: Job,
  { post, record, index }: PipelinePost,
  limit: number,
  over: CounterCell,
): readonly string[] {
  if (guard.skips(job, record, index)) return NONE
  guard.begin(record, index)
  const found = extractTerms(extractor, post, limit)
  guard.end()
  if (found.over) over.n++
  if (found.error) guard.failed(found.error, () => post.text)
  return found.terms
}
