/**
 * What the reference exporter promises, and breaks where the environment names it in BREAKS: this is how the harness is
 * shown to find each.
 */
export const PROMISES = [
  /** The position is committed with the counts: an old one makes records count twice. */
  'commits-position',
  /** A position is not ahead of the counts: one that is loses records. */
  'position-waits',
  /** /metrics shows only what is committed. */
  'shows-committed',
  /** The ids that were seen are part of the state. */
  'keeps-ids',
  /** A damaged state is refused: broken, it is silently taken for none, or read as far as it can be. */
  'notices-damage',
  /** A commit that fails is tried again. */
  'survives-full-disk',
  /** The counts of a removed topic are forgotten. */
  'forgets-topics',
] as const

export type Promised = (typeof PROMISES)[number]

export const isBroken = (promise: Promised): boolean => process.env.BREAKS === promise
