import { type CallError, invalidResult, threw } from './call-error.ts'
import type { Extractor } from './extractor.ts'
import type { Post } from './post.ts'
import { isThenable, shown } from './shown.ts'

/** The longest term, in UTF-16 units: a term becomes the value of a label. */
export const MAX_TERM = 100

/** The terms of one post. */
export interface ExtractedTerms {
  /** Each once, not empty, cut at {@link MAX_TERM}, valid Unicode. */
  readonly terms: string[]
  /** Whether there were more than the limit. */
  readonly over: boolean
  /** The error, if any. The terms still count. */
  readonly error?: CallError
}

/** Calls an extractor for one post, and reads at most `limit` terms of its result. Never throws. */
export function extractTerms(extractor: Extractor, post: Post, limit: number): ExtractedTerms {
  const terms: string[] = []
  let over = false
  let error: CallError | undefined
  let found: unknown
  try {
    found = extractor.extract(post)
    // Text is iterable too: each letter would be mistaken for a term.
    if (typeof found === 'string') error = invalidResult('expected an iterable of terms, got a string')
    else
      for (const term of found as Iterable<unknown>) {
        if (typeof term !== 'string') error ??= invalidResult(`expected terms as text, got ${shown(term)}`)
        else if (!add(terms, cleanTerm(term), limit)) {
          over = true
          break
        }
      }
  } catch (thrown) {
    error = isThenable(found)
      ? invalidResult('expected an iterable of terms, got a promise: `extract` cannot be asynchronous')
      : threw(thrown)
  }
  return error === undefined ? { terms, over } : { terms, over, error }
}

/** Returns false if there is no room for it. */
function add(terms: string[], term: string, limit: number): boolean {
  if (term === '' || terms.includes(term)) return true
  if (terms.length >= limit) return false
  terms.push(term)
  return true
}

/** A term as the value of a label: of bounded length and valid Unicode, so that it can be sent as UTF-8. */
export function cleanTerm(term: string): string {
  const cut = term.length > MAX_TERM ? term.slice(0, endOfCut(term)) : term
  return cut.isWellFormed() ? cut : cut.toWellFormed()
}

/** Where to cut, so that no surrogate pair is split. */
const endOfCut = (term: string): number =>
  (term.codePointAt(MAX_TERM - 1) as number) > 0xffff ? MAX_TERM - 1 : MAX_TERM
