import { statSync } from 'node:fs'
import { kill } from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'

/** The moment to wait for, and the process to kill. */
export interface StrikeOrder {
  pid: number
  /** The file that a commit writes. */
  wal: string
  /** The file that a checkpoint writes. */
  db: string
  /** `commit`: as soon as a commit is being written. `compaction`: at a write between two commits. */
  moment: 'commit' | 'compaction'
  /** The delay after that moment, in milliseconds. */
  delayMs: number
  commitIntervalMs: number
  timeoutMs: number
}

/** A commit is over after this time without a write, in milliseconds. */
const QUIET_MS = 10

/** A write after this share of the interval is treated as the next commit. */
const LATE = 0.8

/** Size and modification time. A file that does not exist has a version too. */
function versionOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.size}@${stats.mtimeNs}` : ''
}

/**
 * Polls as fast as the processor allows, in a separate thread so that nothing else waits: a commit takes a few
 * milliseconds at most. Returns whether the moment came.
 */
function strike({ pid, wal, db, moment, delayMs, commitIntervalMs, timeoutMs }: StrikeOrder): boolean {
  const now = () => performance.now()
  const until = now() + timeoutMs
  let [walVersion, dbVersion] = [versionOf(wal), versionOf(db)]
  /** When the current commit began, and when it was last written. */
  let [begun, written] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (;;) {
    if (now() > until) return false
    const [walNow, dbNow] = [versionOf(wal), versionOf(db)]
    const [walChanged, dbChanged] = [walNow !== walVersion, dbNow !== dbVersion]
    walVersion = walNow
    dbVersion = dbNow
    if (!walChanged && !dbChanged) continue
    if (moment === 'commit' && walChanged) break
    if (moment === 'compaction') {
      if (dbChanged) break
      const isQuiet = now() - written > QUIET_MS
      const isLate = now() - begun > LATE * commitIntervalMs
      if (isQuiet && !isLate) break
      if (isLate) begun = now()
      written = now()
    }
  }
  const at = now() + delayMs
  while (now() < at);
  kill(pid, 'SIGKILL')
  return true
}

parentPort?.postMessage(strike(workerData as StrikeOrder))
