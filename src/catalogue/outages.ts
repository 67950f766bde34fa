/** Why a source was down: values of the label `reason` of `mood_source_reconnects_total`. */
export const OUTAGES = {
  network: 'there was no connection, or it was lost: no such host, refused, reset, timed out',
  closed: 'the other end closed the connection',
  stalled: 'the connection was silent for too long',
  slow_down: 'the service asked for fewer requests or connections: a rate limit, `Retry-After`',
  credentials: 'the service rejected the token or password',
  server: 'the service returned an error',
  failed: 'the source failed, and was restarted',
  other: 'anything else',
} as const

export type OutageReason = keyof typeof OUTAGES

/**
 * How the time was handled in which a source was not connected: values of the label `result` of
 * `mood_source_gaps_total`.
 */
export const GAP_RESULTS = {
  filled: 'posts of that time were read afterwards',
  lost: 'posts of that time may be missing',
} as const

export type GapResult = keyof typeof GAP_RESULTS
