/** Why a record or a post was not scored: values of the label `reason` of `mood_posts_dropped_total`. */
export const DROP_REASONS = {
  invalid: 'the format could not read the record',
  encoding: 'the record is not valid UTF-8',
  oversized: 'the record is longer than limits.record_bytes',
  not_a_post: 'the record is valid but contains no post: a keep-alive, a deletion notice',
  plugin: 'the format failed, or never answered, on this record',
  duplicate: 'a post with the same id was counted already',
  off_topic: 'the post matches no topic',
  overflow: 'the queue was full and the source could not wait',
} as const

export type DropReason = keyof typeof DROP_REASONS

/**
 * Reasons that are no loss: the configuration or the stream asks to leave these records out. All others are losses.
 */
export const WANTED_DROPS: readonly DropReason[] = ['off_topic', 'duplicate', 'not_a_post']

/** Whether a drop for this reason is a loss. */
export const isLoss = (reason: string): boolean => !(WANTED_DROPS as readonly string[]).includes(reason)
