import { join } from 'node:path'
import { createError, MoodError } from '../../../catalogue/errors.ts'
import { StateMismatch } from '../../../state/encoding.ts'

/** The stored data is not what was written. The message says what is wrong, without the file. */
export class StateDamaged extends Error {
  override name = 'StateDamaged'
}

/** The state was written by a program version with another format. */
export class StateVersion extends Error {
  override name = 'StateVersion'
}

/** Why a write failed: no space on the disk, an I/O error, or no answer in time. */
export type FailureReason = 'full' | 'io' | 'busy'

/** A write failed. Nothing of it was written; it can be retried. */
export class CommitFailed extends Error {
  override name = 'CommitFailed'
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string) {
    super(message)
    this.reason = reason
  }
}

// Primary result codes: https://sqlite.org/rescode.html
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26
/** A page beyond the end of the file (an extended code). */
const SHORT_READ = 522
/** A missing table or column. At the start, statements are always the same, so this means damage. */
const ERROR = 1

/** The primary result code of an error of SQLite; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: string; errcode?: number }
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? errcode & 0xff : undefined
}

export const isLocked = (error: unknown): boolean => [BUSY, LOCKED].includes(sqliteCode(error) ?? -1)

export const isDamage = (error: unknown): boolean =>
  error instanceof StateDamaged ||
  error instanceof StateMismatch ||
  error instanceof SyntaxError ||
  [CORRUPT, NOTADB, ERROR].includes(sqliteCode(error) ?? -1) ||
  (error as { errcode?: number }).errcode === SHORT_READ

export function failureReason(error: unknown): FailureReason {
  const code = sqliteCode(error)
  if (code === FULL || (error as { code?: string }).code === 'ENOSPC') return 'full'
  return code === BUSY || code === LOCKED ? 'busy' : 'io'
}

/** Why a directory cannot be opened, as an error for the user. */
export function openError(dir: string, error: unknown, file = join(dir, 'state.db')): MoodError {
  if (error instanceof MoodError) return error
  const options = { cause: error }
  const reason = (error as Error).message
  if (error instanceof StateVersion) return createError('ERR_STATE_VERSION', { file, reason, dir }, options)
  if (isDamage(error)) return createError('ERR_STATE_DAMAGED', { file, reason, dir }, options)
  if (isLocked(error)) return createError('ERR_STATE_LOCKED', { dir }, options)
  const code = sqliteCode(error)
  const why = code === CANTOPEN || code === READONLY ? 'it cannot be written' : reason
  return createError('ERR_STATE_UNWRITABLE', { path: file, reason: why }, options)
}
