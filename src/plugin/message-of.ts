/** How many messages of an AggregateError are shown; Node.js creates one for every address that it tried. */
const MOST_SHOWN = 5

/** Messages of `fetch` that say nothing about the connection error: only the cause does. */
const SAYS_NOTHING = new Set(['fetch failed', 'terminated'])

/**
 * The message of a thrown value. Never throws, whatever the value is.
 *
 * The messages of an AggregateError are joined. If `fetch` failed, the message is that of its cause.
 */
export function messageOf(thrown: unknown): string {
  try {
    return describe(thrown, 0)
  } catch {
    return 'something that cannot be shown as text'
  }
}

/** @param depth how many errors enclose this one: causes may be circular */
function describe(thrown: unknown, depth: number): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const { message, cause } = thrown
  if (depth < 2) {
    if (thrown instanceof AggregateError && thrown.errors.length > 0) {
      const parts = thrown.errors.slice(0, MOST_SHOWN).map(error => describe(error, depth + 1))
      return [...new Set(parts)].join(', ')
    }
    if (SAYS_NOTHING.has(message) && cause !== undefined) return describe(cause, depth + 1)
  }
  // Socket errors may have only a code.
  return String(message) || String((thrown as NodeJS.ErrnoException).code ?? thrown.name)
}
