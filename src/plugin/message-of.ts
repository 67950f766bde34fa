/** Messages of an AggregateError that are shown; Node.js makes one of every address that it tried to connect to. */
const MOST_SHOWN = 5

/** What `fetch` throws whatever happened to the connection: only the cause says which. */
const SAYS_NOTHING = new Set(['fetch failed', 'terminated'])

/**
 * The message of whatever was thrown. Never throws itself, whatever it is given.
 *
 * Where one attempt failed in several ways (AggregateError), their messages are joined; where `fetch` failed, the
 * message is that of its cause.
 */
export function messageOf(thrown: unknown): string {
  try {
    return describe(thrown, 0)
  } catch {
    return 'something that cannot be shown as text'
  }
}

/** @param depth how many errors this one is the cause of, or a part of: a chain may lead back to its start */
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
  // The errors of sockets may have a code and no more.
  return String(message) || String((thrown as NodeJS.ErrnoException).code ?? thrown.name)
}
