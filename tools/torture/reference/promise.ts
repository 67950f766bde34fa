/**
 * The promises of the reference exporter. It breaks those that the environment variable BREAKS names, to show that
 * the harness detects each.
 */
export const PROMISES = [
  /** The position is committed with the counts. Broken: with an old position records count twice. */
  'commits-position',
  /** A position is never ahead of the counts. Broken: records are lost. */
  'position-waits',
  /** /metrics shows only what is committed. */
  'shows-committed',
  /** The ids of counted posts are part of the state. */
  'keeps-ids',
  /** A damaged state is rejected. Broken: it is silently treated as absent, or read as far as possible. */
  'notices-damage',
  /** A failed commit is retried. */
  'survives-full-disk',
  /** The counts of a removed topic are removed. */
  'forgets-topics',
] as const

export type Promised = (typeof PROMISES)[number]

export const isBroken = (promise: Promised): boolean => process.env.BREAKS === promise
