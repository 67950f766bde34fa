import type { Extractor } from '../plugin/extractor.ts'
import type { Job } from './job.ts'
import type { Meter } from './meter.ts'
import type { Candidate } from './scoring.ts'

const MAX_TERM = 100

/** The terms of a post: each once, cut, well-formed, and no more of them than `limit`. */
export function extractTerms(
  extractor: Extractor,
  meter: Meter,
  job: Job,
  { post, record, index }: Candidate,
  limit: number,
): string[] {
  const terms: string[] = []
  if (meter.skips(job, record, index)) return terms
  meter.begin(record, index)
  try {
    for (const found of extractor.extract(post)) {
      if (typeof found !== 'string') {
        meter.failed('rubbish', `expected terms as text, got ${typeof found}`)
        continue
      }
      const term = clean(found)
      if (term !== '' && !terms.includes(term)) terms.push(term)
      if (terms.length >= limit) break
    }
  } catch (error) {
    meter.failed('threw', error)
  } finally {
    meter.end()
  }
  return terms
}

/** A term becomes a label's value: bounded, and valid Unicode, so that it can be sent as UTF-8. */
function clean(term: string): string {
  const cut = term.length > MAX_TERM ? term.slice(0, MAX_TERM) : term
  return cut.isWellFormed() ? cut : cut.toWellFormed()
}
