/** When ids of posts began to hold their time, in Unix milliseconds. */
const EPOCH = 1_288_834_974_657n
const TIME_SHIFT = 22n

/**
 * The first id that a post written at this time can have. Ids hold the millisecond in which they were made.
 *
 * @param at Unix milliseconds
 * @see https://docs.x.com/fundamentals/x-ids
 */
export const firstIdAt = (at: number): bigint => (BigInt(Math.floor(at)) - EPOCH) << TIME_SHIFT

/** When a post of this id was written, in Unix milliseconds. */
export const timeOfId = (id: bigint): number => Number((id >> TIME_SHIFT) + EPOCH)
