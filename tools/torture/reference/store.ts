import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { STATE_DB } from '../contract.ts'
import { isBroken } from './promise.ts'

/**
 * How far a file was read: the bytes of its text, and what distinguishes it from another file with the same inode.
 */
export interface Place {
  offset: number
  headBytes: number
  headSum: number
}

/** By source and inode. */
export type Positions = Record<string, Record<string, Place>>

/** The content of a commit. */
export class State {
  /** By series, as in the exposition. */
  readonly counts: Map<string, number>
  readonly positions: Positions
  readonly seen: Set<string>
  /** Ids that are not yet committed. */
  readonly newIds = new Set<string>()

  constructor(
    counts = new Map<string, number>(),
    positions: Positions = {},
    ids: readonly { id: string }[] = [],
  ) {
    this.counts = counts
    this.positions = positions
    this.seen = new Set(ids.map(({ id }) => id))
  }

  count(series: string): void {
    this.counts.set(series, (this.counts.get(series) ?? 0) + 1)
  }

  /** Whether an id is new; afterwards it is not. */
  isNew(id: string): boolean {
    if (this.seen.has(id)) return false
    this.seen.add(id)
    this.newIds.add(id)
    return true
  }

  forgetTopic(topic: string): void {
    for (const series of this.counts.keys())
      if (series.includes(`topic="${topic}"`)) this.counts.delete(series)
  }
}

/** The size of the write-ahead log that triggers a checkpoint, in pages: small, so that this happens often. */
const CHECKPOINT_PAGES = 40

/** Checksums over the parts of one commit: parts of two commits, or a changed byte, do not match. */
interface Meta {
  counts: string
  positions: string
  ids: number
  idsSum: number
}

/** The state in SQLite: one transaction a commit. */
export class Store {
  readonly #db: DatabaseSync
  #ids = 0
  #idsSum = 0

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** @throws Error with one line if the state is damaged */
  static open(dir: string): { store: Store; state: State } {
    mkdirSync(dir, { recursive: true })
    const path = join(dir, STATE_DB)
    const isThere = existsSync(path)
    try {
      if (isThere && statSync(path).size === 0) throw new Error('it is empty')
      const db = new DatabaseSync(path)
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
      const store = new Store(db)
      if (isThere) return { store, state: store.#read() }
      db.exec(
        'CREATE TABLE parts (name TEXT PRIMARY KEY, value TEXT); CREATE TABLE ids (id TEXT PRIMARY KEY)',
      )
      store.commit(new State())
      return { store, state: new State() }
    } catch (error) {
      if (!isBroken('notices-damage'))
        throw new Error(`${path}: the state is damaged: ${(error as Error).message}`)
      rmSync(dir, { recursive: true })
      return Store.open(dir)
    }
  }

  /** @throws Error if the disk is full; then nothing has changed */
  commit(state: State, positions = state.positions): void {
    const counts = JSON.stringify([...state.counts])
    const places = JSON.stringify(positions)
    let idsSum = this.#idsSum
    for (const id of state.newIds) idsSum ^= crc32(id)
    const meta: Meta = {
      counts: hash(counts),
      positions: hash(places),
      ids: this.#ids + state.newIds.size,
      idsSum,
    }
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const put = this.#db.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?)')
      put.run('counts', counts)
      put.run('positions', places)
      put.run('meta', JSON.stringify(meta))
      const insert = this.#db.prepare('INSERT INTO ids VALUES (?)')
      if (!isBroken('keeps-ids')) for (const id of state.newIds) insert.run(id)
      this.#db.exec('COMMIT')
    } catch (error) {
      // Some errors have already rolled it back.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
    this.#ids = meta.ids
    this.#idsSum = idsSum
    state.newIds.clear()
  }

  /** Copies the write-ahead log into the database. */
  close(): void {
    this.#db.close()
  }

  #read(): State {
    const part = (name: string) =>
      (this.#db.prepare('SELECT value FROM parts WHERE name = ?').get(name) as { value: string }).value
    const ids = this.#db.prepare('SELECT id FROM ids').all() as { id: string }[]
    const [counts, positions] = [part('counts'), part('positions')]
    const meta = JSON.parse(part('meta')) as Meta
    this.#ids = ids.length
    this.#idsSum = ids.reduce((sum, { id }) => sum ^ crc32(id), 0)
    const isWhole =
      meta.counts === hash(counts) &&
      meta.positions === hash(positions) &&
      (isBroken('keeps-ids') || (meta.ids === this.#ids && meta.idsSum === this.#idsSum))
    if (!isWhole && !isBroken('notices-damage')) throw new Error('its parts do not belong together')
    const [check] = this.#db.prepare('PRAGMA integrity_check(1)').all() as { integrity_check: string }[]
    if (check?.integrity_check !== 'ok' && !isBroken('notices-damage'))
      throw new Error((check?.integrity_check ?? '').replaceAll('\n', ' '))
    return new State(new Map(JSON.parse(counts)), JSON.parse(positions) as Positions, ids)
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
