import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ENCODING_VERSION } from '../../../state/encoding.ts'
import { CommitFailed, StateDamaged, StateVersion } from './errors.ts'
import { Statements, Table, type Total } from './table.ts'

/** "mood", in the header of the file, so that `file` and SQLite can identify it. */
const APPLICATION_ID = 0x6d6f6f64

/** Version of the tables below. A file with another version is rejected. */
const SCHEMA_VERSION = 1

/** Milliseconds to wait for another connection, such as a shell with an open transaction. */
const BUSY_MS = 5000

/**
 * The row that is written last in each transaction: the last epoch, and the total of each table, to detect damage.
 */
interface Ledger {
  encoding: number
  /** The last epoch that was committed; null before the first one. */
  epoch: number | null
  /** The last epoch whose closed windows are in the outbox; null before the first one. */
  published: number | null
  /** Number of the next event of the outbox. */
  event: number
  totals: Record<string, Total>
}

/** The tables of `state.db`. */
function tablesOf(statements: Statements) {
  const table = <Row extends readonly (string | number | Uint8Array)[]>(
    name: string,
    columns: string[],
    keys: number,
  ) => new Table<Row>(statements, name, columns, keys)
  return {
    /** The configuration that the state was counted with. */
    meta: table<[key: string, value: string]>('meta', ['key TEXT', 'value TEXT'], 1),
    /** Epochs that are not compacted yet; `first` to `last` are its rows of `deltas`. */
    epochs: table<[epoch: number, first: number, last: number, bytes: number, value: string]>(
      'epochs',
      ['epoch INTEGER', 'first INTEGER', 'last INTEGER', 'bytes INTEGER', 'value TEXT'],
      1,
    ),
    /**
     * Parts of deltas in the order of merging: everything except terms (`base`), and the terms of one topic in one
     * slice (`terms`).
     */
    deltas: table<
      [
        id: number,
        epoch: number,
        delta: number,
        part: string,
        extractor: string,
        start: number,
        topic: string,
        value: string,
      ]
    >(
      'deltas',
      [
        'id INTEGER',
        'epoch INTEGER',
        'delta INTEGER',
        'part TEXT',
        'extractor TEXT',
        'start INTEGER',
        'topic TEXT',
        'value TEXT',
      ],
      1,
    ),
    /** Slots of the table of seen ids that an epoch wrote: pairs of 32-bit numbers, slot and value. */
    deltaIds: table<[epoch: number, value: Uint8Array]>('delta_ids', ['epoch INTEGER', 'value BLOB'], 1),
    /** The horizons of each window of terms around each epoch, once computed. */
    horizons: table<[epoch: number, value: string]>('horizons', ['epoch INTEGER', 'value TEXT'], 1),
    /** The snapshot without terms (`state`), and the horizons of its windows of terms (`terms`). */
    base: table<[part: string, epoch: number, value: string]>(
      'base',
      ['part TEXT', 'epoch INTEGER', 'value TEXT'],
      1,
    ),
    /** The snapshot of terms: of a topic in a slice of a window of an extractor. */
    terms: table<
      [extractor: string, window: string, start: number, topic: string, epoch: number, value: string]
    >(
      'terms',
      ['extractor TEXT', 'window TEXT', 'start INTEGER', 'topic TEXT', 'epoch INTEGER', 'value TEXT'],
      4,
    ),
    /** The snapshot of the table of seen ids, in pages. */
    ids: table<[page: number, epoch: number, value: Uint8Array]>(
      'ids',
      ['page INTEGER', 'epoch INTEGER', 'value BLOB'],
      1,
    ),
    positions: table<[source: string, partition: string, value: string]>(
      'positions',
      ['source TEXT', 'partition TEXT', 'value TEXT'],
      2,
    ),
    /** Windows that closed in epochs that are compacted, and not published yet. */
    closed: table<[epoch: number, value: string]>('closed', ['epoch INTEGER', 'value TEXT'], 1),
    outbox: table<[id: number, output: string, value: string]>(
      'outbox',
      ['id INTEGER', 'output TEXT', 'value TEXT'],
      1,
    ),
    pluginStore: table<[plugin: string, key: string, value: string]>(
      'plugin_store',
      ['plugin TEXT', 'key TEXT', 'value TEXT'],
      2,
    ),
  }
}

export type Tables = ReturnType<typeof tablesOf>

/** The open database: its tables, and transactions over them. */
export class Database {
  readonly tables: Tables
  readonly #sqlite: DatabaseSync
  readonly #statements: Statements
  readonly #ledger: Table<readonly [id: number, value: string]>
  /** By path of each file that is written to: its device and inode when first seen; empty before. */
  readonly #written = new Map<string, string>()
  epoch: number | null = null
  published: number | null = null
  nextEvent = 1

  private constructor(sqlite: DatabaseSync) {
    this.#sqlite = sqlite
    this.#statements = new Statements(sqlite)
    this.tables = tablesOf(this.#statements)
    this.#ledger = new Table(this.#statements, 'ledger', ['id INTEGER', 'value TEXT'], 1)
  }

  /**
   * Opens a file for writing, and creates its tables if it is empty.
   * @throws StateVersion, StateDamaged, or an error of SQLite
   */
  static open(file: string): Database {
    const sqlite = new DatabaseSync(file, { timeout: BUSY_MS })
    try {
      // Before anything is written, so that a file of another program is not changed.
      const version = versionOf(sqlite)
      sqlite.exec('PRAGMA journal_mode = WAL')
      // WAL checkpoints run between commits, and not within one.
      sqlite.exec(`
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA journal_size_limit = ${64 * 2 ** 20};
        PRAGMA cache_size = -16384;
        PRAGMA temp_store = MEMORY;
      `)
      const database = new Database(sqlite)
      if (version === 0) database.#create()
      else database.#readLedger()
      for (const path of [file, `${file}-wal`]) database.#written.set(path, '')
      database.#requireFiles()
      return database
    } catch (error) {
      sqlite.close()
      throw error
    }
  }

  /** Opens a file that another process may be writing to, in a transaction that sees one commit of it. */
  static read(file: string | URL): Database {
    const sqlite = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS })
    try {
      sqlite.exec('BEGIN')
      if (versionOf(sqlite) === 0) throw new StateDamaged('it is empty')
      const database = new Database(sqlite)
      database.#readLedger()
      return database
    } catch (error) {
      sqlite.close()
      throw error
    }
  }

  /**
   * Runs `work` in a transaction. If it throws, nothing is changed.
   * @throws an error of SQLite; CommitFailed if its files are no longer at their paths
   * @param durable false if a later commit may sync it: a loss then affects nothing that was reported as durable
   */
  transaction<T>(durable: boolean, work: () => T): T {
    this.#requireFiles()
    const { epoch, published, nextEvent } = this
    const totals = Object.values(this.tables).map(table => table.total)
    this.#sqlite.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
    this.#sqlite.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#writeLedger()
      this.#sqlite.exec('COMMIT')
      return result
    } catch (error) {
      Object.assign(this, { epoch, published, nextEvent })
      Object.values(this.tables).forEach((table, i) => {
        table.total = totals[i] as Total
      })
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK')
      throw error
    }
  }

  /** Checks the structure of the file for damage. @throws StateDamaged */
  checkStructure(): void {
    const found = this.#statements.get('PRAGMA quick_check(1)').get() as unknown as [string]
    if (found[0] !== 'ok') throw new StateDamaged(found[0].replaceAll('\n', ' '))
  }

  /**
   * Checks whether each table has the content that was committed last, without reading large values. @throws
   * StateDamaged
   */
  checkTotals(): void {
    for (const table of Object.values(this.tables)) table.checkTotal()
  }

  /** Reads all rows except those of the snapshots of terms and ids, which a restore reads. @throws StateDamaged */
  checkRows(): void {
    const { terms, ids, ...others } = this.tables
    for (const table of Object.values(others)) table.checkRows()
  }

  /** Moves committed pages from the write-ahead log into the file, except those that a reader still needs. */
  checkpoint(): void {
    this.#statements.get('PRAGMA wal_checkpoint(PASSIVE)').get()
  }

  /** The size of the file's pages and of the free ones, in bytes. */
  get sizes(): { bytes: number; freeBytes: number } {
    const pragma = (name: string) => (this.#statements.get(`PRAGMA ${name}`).get() as unknown as [number])[0]
    const pageSize = pragma('page_size')
    return { bytes: pragma('page_count') * pageSize, freeBytes: pragma('freelist_count') * pageSize }
  }

  close(): void {
    this.#sqlite.close()
  }

  /**
   * SQLite silently continues to write to files that were removed or replaced: the next start would not find the
   * data.
   */
  #requireFiles(): void {
    for (const [path, before] of this.#written) {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
      // The log does not exist before the first transaction.
      if (!stats && before === '') continue
      const identity = stats && `${stats.dev}:${stats.ino}`
      if (before === '') this.#written.set(path, identity as string)
      else if (identity !== before)
        throw new CommitFailed('io', `\`${basename(path)}\` was removed or replaced while it was in use`)
    }
  }

  #create(): void {
    this.#sqlite.exec('BEGIN IMMEDIATE')
    for (const { create } of [this.#ledger, ...Object.values(this.tables)]) this.#sqlite.exec(create)
    this.#sqlite.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`)
    this.#writeLedger()
    this.#sqlite.exec('COMMIT')
  }

  #writeLedger(): void {
    const { epoch, published, nextEvent } = this
    const totals = Object.fromEntries(Object.values(this.tables).map(({ name, total }) => [name, total]))
    const ledger: Ledger = { encoding: ENCODING_VERSION, epoch, published, event: nextEvent, totals }
    this.#ledger.put([0, JSON.stringify(ledger)])
  }

  #readLedger(): void {
    const row = this.#ledger.get(0)
    if (!row) throw new StateDamaged('its table `ledger` is empty')
    const { encoding, epoch, published, event, totals } = JSON.parse(row[1]) as Ledger
    if (encoding !== ENCODING_VERSION)
      throw new StateVersion(
        `it holds encodings of version ${encoding}, and this program reads ${ENCODING_VERSION}`,
      )
    Object.assign(this, { epoch, published, nextEvent: event })
    for (const table of Object.values(this.tables)) table.total = totals[table.name] ?? [0, 0]
  }
}

/** Version of the tables of a file; 0 if it is empty. @throws StateVersion if another program version wrote it */
function versionOf(sqlite: DatabaseSync): number {
  const pragma = (name: string) => sqlite.prepare(`PRAGMA ${name}`).get()?.[name] as number
  const version = pragma('user_version')
  const application = pragma('application_id')
  const isEmpty = sqlite.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0
  if (isEmpty && version === 0 && application === 0) return 0
  if (application !== APPLICATION_ID) throw new StateDamaged('it is a database of another program')
  if (version !== SCHEMA_VERSION)
    throw new StateVersion(`it has version ${version}, and this program reads version ${SCHEMA_VERSION}`)
  return version
}
