import { messageOf } from './message-of.ts'

/**
 * Why a call of a plugin failed: it threw (or its promise was rejected), it returned an invalid value, or it took too
 * long.
 */
export type CallErrorReason = 'threw' | 'invalid_result' | 'timeout'

/** A failed call of a plugin. It affects only the posts of that call. */
export interface CallError {
  readonly reason: CallErrorReason
  readonly message: string
  /** What was thrown, if anything. */
  readonly cause?: unknown
}

export const threw = (cause: unknown): CallError => ({ reason: 'threw', message: messageOf(cause), cause })

export const invalidResult = (message: string): CallError => ({ reason: 'invalid_result', message })
