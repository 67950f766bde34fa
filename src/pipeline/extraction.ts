import type { Extractor } from '../plugin/extractor.ts'
import type { CounterCell } from '../state/counters.ts'
import type { Job } from './job.ts'
import type { Meter } from './meter.ts'
import type { Candidate } from './scoring.ts'

const MAX_TERM = 100

/** The terms of a post: each once, cut, well-formed, and no more of them than `limit`; `over` counts posts with more. */
export function extractTerms(
  extractor: Extractor,
  meter: Meter,
  job: Job,
  { post, record, index }: Candidate,
  limit: number,
  over: CounterCell,
): string[] {
  const terms: string[] = []
  if (meter.skips(job, record, index)) return terms
  meter.begin(record, index)
  let rubbish: string | null = null
  try {
    const found: unknown = extractor.extract(post)
    // Text is iterable too: each of its letters would pass for a term.
    if (typeof found === 'string') rubbish = 'expected an iterable of terms, got string'
    else
      for (const term of found as Iterable<unknown>) {
        if (typeof term !== 'string') rubbish ??= `expected terms as text, got ${typeof term}`
        else if (!add(terms, clean(term), limit)) {
          over.n++
          break
        }
      }
  } catch (error) {
    meter.failed('threw', error)
  } finally {
    meter.end()
  }
  if (rubbish !== null) meter.failed('rubbish', rubbish)
  return terms
}

/** False where there is no room for it. */
function add(terms: string[], term: string, limit: number): boolean {
  if (term === '' || terms.includes(term)) return true
  if (terms.length >= limit) return false
  terms.push(term)
  return true
}

/** A term becomes a label's value: bounded, and valid Unicode, so that it can be sent as UTF-8. */
function clean(term: string): string {
  const cut = term.length > MAX_TERM ? term.slice(0, endOfCut(term)) : term
  return cut.isWellFormed() ? cut : cut.toWellFormed()
}

/** Where to cut, so that no character beyond 16 bits is cut in two. */
const endOfCut = (term: string): number =>
  (term.codePointAt(MAX_TERM - 1) as number) > 0xffff ? MAX_TERM - 1 : MAX_TERM
