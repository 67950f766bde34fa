/** How the exporter handled an event that an output takes. Each event counts once, under one of these. */
export const OUTPUT_RESULTS = {
  delivered: 'the receiver accepted it',
  rejected: 'the receiver rejected it permanently, such as with HTTP status 400',
  expired: 'writing it failed, and it is older than `retry.give_up`',
  overflow: 'it was the oldest in a queue with more than `queue` events or `limits.queue_bytes`',
  failed: 'writing it ended the thread of the output three times',
} as const

export type OutputResult = keyof typeof OUTPUT_RESULTS

/** How a write of an output ends. */
export const WRITE_RESULTS = {
  delivered: 'the receiver accepted all of its events',
  rejected: 'the receiver rejected some of its events permanently, and accepted the others',
  failed: 'some of its events are sent again',
} as const

export type WriteResult = keyof typeof WRITE_RESULTS
