/** The origin of the times in ids, in Unix milliseconds. */
const EPOCH = 1_288_834_974_657n
const TIME_SHIFT = 22n

/**
 * The first possible id of a post written at this time. Ids contain the millisecond of their creation.
 *
 * @param at Unix milliseconds
 * @see https://docs.x.com/fundamentals/x-ids
 */
export const firstIdAt = (at: number): bigint => (BigInt(Math.floor(at)) - EPOCH) << TIME_SHIFT

/** When the post with this id was written, in Unix milliseconds. */
export const timeOfId = (id: bigint): number => Number((id >> TIME_SHIFT) + EPOCH)
