import { statSync } from 'node:fs'
import { kill } from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'

/** What the thread is to wait for, and whom it kills then. */
export interface StrikeOrder {
  pid: number
  /** Written by a commit. */
  wal: string
  /** Written when the log is copied back. */
  db: string
  /** `commit`: as soon as one is being written. `compaction`: when something is written between two commits. */
  moment: 'commit' | 'compaction'
  /** How long after that, in milliseconds. */
  delayMs: number
  commitIntervalMs: number
  timeoutMs: number
}

/** Milliseconds without a write after which a commit is over. */
const QUIET_MS = 10

/** What is written this late in the interval, as a share of it, is taken for the next commit. */
const LATE = 0.8

/** Size and time of change. A file that is not there yet has a version too. */
function versionOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.size}@${stats.mtimeNs}` : ''
}

/**
 * Looks as often as the processor lets it, in a thread of its own so that nothing else waits for it: a commit takes a
 * few milliseconds at most. Returns whether the moment came.
 */
function strike({ pid, wal, db, moment, delayMs, commitIntervalMs, timeoutMs }: StrikeOrder): boolean {
  const now = () => performance.now()
  const until = now() + timeoutMs
  let [walVersion, dbVersion] = [versionOf(wal), versionOf(db)]
  /** When the commit that is being written began, and when it was last written to. */
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
