import { messageOf } from './message-of.ts'

/**
 * Why a call of a plugin failed: it threw (or its promise was rejected), it returned what it must not, or it took too
 * long.
 */
export type CallErrorReason = 'threw' | 'invalid_result' | 'timeout'

/** What is wrong with a call of a plugin. It costs the posts that the call was for, and nothing else. */
export interface CallError {
  readonly reason: CallErrorReason
  readonly message: string
  /** What was thrown, where something was. */
  readonly cause?: unknown
}

export const threw = (cause: unknown): CallError => ({ reason: 'threw', message: messageOf(cause), cause })

export const invalidResult = (message: string): CallError => ({ reason: 'invalid_result', message })
