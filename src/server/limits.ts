/** What bounds a client. Prometheus stays far below all of it. */
export const LIMITS = {
  /** Connections at once; further ones are closed. */
  connections: 256,
  /** Requests of a connection without an answer; with one more it is closed. */
  pipelined: 8,
  /** Bytes of a request's line and headers together; 431 past that. */
  headerBytes: 16_384,
  /** Bytes of a path, its query included; 414 past that. */
  urlBytes: 2_048,
  /** Bytes of a body. No other route wants one, but clients may send an empty form or so; 413 past that. */
  bodyBytes: 1_024,
  /** Bytes of a notification of Alertmanager, which has all alerts of a group. */
  alertsBytes: 4_194_304,
  /** Milliseconds for the headers, and for a whole request, to come in; 408 past that. */
  requestMs: 10_000,
  /** Milliseconds without a byte moving, such as of a client that does not read its answer. */
  stalledMs: 60_000,
  /** Milliseconds that a connection is kept between requests: more than a usual scrape interval. */
  keepAliveMs: 125_000,
  /** Milliseconds for a TLS handshake. */
  handshakeMs: 10_000,
  /** Milliseconds that answers under way are given when the server closes. */
  closeMs: 1_000,
} as const
