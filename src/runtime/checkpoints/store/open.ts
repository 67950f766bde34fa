import type { DatabaseSync } from 'node:sqlite'
import type { StoredConfiguration } from './configuration.ts'
import { Database } from './database.ts'
import { lockDirectory, pathsOf, prepareDirectory } from './directory.ts'
import { openError, StateDamaged } from './errors.ts'
import { Marker, readMarker } from './marker.ts'
import { type Migration, storedConfiguration, writeConfiguration } from './migrate.ts'
import { adopt, readContiguousEpochs } from './restore.ts'

/** A directory that this process has locked. */
export interface OpenDirectory {
  database: Database
  marker: Marker
  lock: DatabaseSync
  /** What was migrated from another configuration. */
  migration: Migration | null
  /** Committed data that is lost, as sentences. */
  losses: string[]
}

/**
 * Opens or creates a directory, and checks whether its state is complete and belongs to this configuration.
 * @throws MoodError if it cannot be used
 */
export function openDirectory(dir: string, configuration: StoredConfiguration): OpenDirectory {
  const paths = pathsOf(dir)
  prepareDirectory(dir)
  let lock: DatabaseSync | undefined
  let database: Database | undefined
  try {
    lock = lockDirectory(dir)
  } catch (error) {
    throw openError(dir, error, paths.lock)
  }
  try {
    const marked = readMarker(paths.marker)
    database = Database.open(paths.database)
    database.checkStructure()
    database.checkTotals()
    database.checkRows()
    readContiguousEpochs(database)
    const losses = lossesOf(database, marked)
    const migration = adopt(database, configuration)
    if (!storedConfiguration(database)) {
      const opened = database
      opened.transaction(true, () => writeConfiguration(opened, configuration))
    }
    const marker = new Marker(paths.marker)
    if (database.epoch !== null) marker.write(database.epoch)
    return { database, marker, lock, migration, losses }
  } catch (error) {
    database?.close()
    lock.close()
    throw openError(dir, error)
  }
}

/** Commits that the marker has but the database has lost. @throws StateDamaged if that is everything */
export function lossesOf({ epoch }: Database, marked: ReturnType<typeof readMarker>): string[] {
  if (marked === 'damaged')
    return ['the file `committed` is damaged: whether the end of the state was cut off is not known']
  if (marked === null || marked <= (epoch ?? Number.NEGATIVE_INFINITY)) return []
  if (epoch === null) throw new StateDamaged(`it is empty, and epoch ${marked} was committed`)
  return [`the state ends at epoch ${epoch}; ${marked} was committed`]
}
