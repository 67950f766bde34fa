/** Limits of a client. Prometheus stays far below all of them. */
export const LIMITS = {
  /** Concurrent connections; further ones are closed. */
  connections: 256,
  /** Unanswered requests on a connection; with one more it is closed. */
  pipelined: 8,
  /** Bytes of the request line and headers together; beyond: 431. */
  headerBytes: 16_384,
  /** Bytes of a path with its query; beyond: 414. */
  urlBytes: 2_048,
  /** Bytes of a body, which no other route needs, although clients may send an empty form; beyond: 413. */
  bodyBytes: 1_024,
  /** Bytes of a notification from Alertmanager, which contains all alerts of a group. */
  alertsBytes: 4_194_304,
  /** Milliseconds for receiving the headers, and the whole request; beyond: 408. */
  requestMs: 10_000,
  /** Milliseconds without any transfer, for example if a client does not read its answer. */
  stalledMs: 60_000,
  /** Milliseconds that an idle connection stays open: more than a usual scrape interval. */
  keepAliveMs: 125_000,
  /** Milliseconds for a TLS handshake. */
  handshakeMs: 10_000,
  /** Milliseconds for running answers when the server closes. */
  closeMs: 1_000,
} as const
