/** How the exporter handled an event that an output takes. Each event counts once, under one of these. */
export const OUTPUT_RESULTS = {
  delivered: 'the receiver has it',
  rejected: 'the receiver will never take it, such as an HTTP status 400',
  expired: 'a write of it failed, and it is older than `retry.give_up`',
  overflow: 'it was the oldest in a queue with more than `queue` events or `limits.queue_bytes`',
  failed: 'writing it ended the thread of the output three times',
} as const

export type OutputResult = keyof typeof OUTPUT_RESULTS

/** How a write of an output ends. */
export const WRITE_RESULTS = {
  delivered: 'the receiver has all of its events',
  rejected: 'the receiver will never take some of its events, and has the others',
  failed: 'some of its events are sent again',
} as const

export type WriteResult = keyof typeof WRITE_RESULTS
