import { closeSync, constants, openSync, statSync, truncateSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createError } from '../../../catalogue/errors.ts'
import { makeDirectory } from '../../make-directory.ts'
import { isDamage, isLocked } from './errors.ts'

export const pathsOf = (dir: string) => ({
  database: join(dir, 'state.db'),
  lock: join(dir, 'lock.db'),
  marker: join(dir, 'committed'),
})

/** Files that SQLite creates beside one. */
const besides = (file: string) => ['-wal', '-shm', '-journal'].map(suffix => file + suffix)

/** Creates the directory and its files if needed, accessible only to this user. */
export function prepareDirectory(dir: string): void {
  const { database, lock, marker } = pathsOf(dir)
  try {
    makeDirectory(dir, 0o700)
    // SQLite gives its log the permissions of the database file.
    for (const file of [lock, database, marker])
      closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600))
    for (const file of [lock, database, marker, ...besides(lock), ...besides(database)]) {
      const stats = statSync(file, { throwIfNoEntry: false })
      // SQLite would wait for the writer of a pipe.
      if (stats && !stats.isFile()) throw new Error(`\`${basename(file)}\` in it is not a regular file`)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a directory' : message.replace(/, \w+ '.*$/, '')
    throw createError('ERR_STATE_UNWRITABLE', { path: dir, reason: why }, { cause: error })
  }
}

/**
 * Locks a directory against other processes, and against other stores of this one, until it is closed or the process
 * ends. The lock is a separate file, so that `state.db` can be read meanwhile.
 * @throws an error of SQLite if it is locked
 */
export function lockDirectory(dir: string): DatabaseSync {
  const { lock } = pathsOf(dir)
  try {
    return lockFile(lock)
  } catch (error) {
    if (!isDamage(error)) throw error
    // It could be read, so it is not locked, and it is empty.
    truncateSync(lock)
    return lockFile(lock)
  }
}

function lockFile(file: string): DatabaseSync {
  const sqlite = new DatabaseSync(file, { timeout: 0 })
  try {
    sqlite.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return sqlite
  } catch (error) {
    sqlite.close()
    throw error
  }
}

/** Whether another process, or another store of this one, has the directory open. Changes nothing. */
export function isInUse(dir: string): boolean {
  try {
    const sqlite = new DatabaseSync(pathsOf(dir).lock, { readOnly: true, timeout: 0 })
    try {
      sqlite.exec('SELECT count(*) FROM sqlite_schema')
      return false
    } finally {
      sqlite.close()
    }
  } catch (error) {
    return isLocked(error)
  }
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
