import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { StateDamaged } from './errors.ts'

type WithBytes<Row extends readonly unknown[]> = Row extends readonly [...infer Rest, unknown]
  ? [...Rest, Uint8Array]
  : never

export type Column = string | number | Uint8Array

/** The total of a table: the number of rows, and the sum of their checksums. */
export type Total = [rows: number, sum: number]

/** The modulus of sums of checksums, so that they stay safe integers. */
const MODULUS = 2 ** 52

/** Prepared statements by their text. */
export class Statements {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** A statement whose rows are arrays. */
  get(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

/**
 * A table whose rows each have a checksum, and whose sum of checksums is known. This detects a changed byte, a
 * missing row, and a row of an older state. The last column is `value`, the large one.
 */
export class Table<Row extends readonly Column[]> {
  readonly name: string
  readonly create: string
  total: Total = [0, 0]
  readonly #columns: readonly string[]
  readonly #keys: number
  readonly #where: string
  readonly #statements: Statements

  /**
   * @param columns each with its type, without the checksum
   * @param keys how many of the columns, from the first, are the primary key
   */
  constructor(statements: Statements, name: string, columns: readonly string[], keys: number) {
    this.#statements = statements
    this.name = name
    this.#columns = columns.map(column => column.split(' ')[0] as string)
    this.#keys = keys
    this.#where = this.#columns
      .slice(0, keys)
      .map(key => `${key} = ?`)
      .join(' AND ')
    // An integer key is the row id; any other would need a separate index, which would have to be checked too.
    const isRowId = keys === 1 && columns[0]?.endsWith(' INTEGER')
    const parts = [
      ...columns.slice(0, -1).map(column => `${column} NOT NULL`),
      'crc INTEGER NOT NULL',
      `${columns.at(-1)} NOT NULL`,
      `PRIMARY KEY (${this.#columns.slice(0, keys).join(', ')})`,
    ]
    this.create = `CREATE TABLE ${name} (${parts.join(', ')}) ${isRowId ? 'STRICT' : 'STRICT, WITHOUT ROWID'}`
  }

  /** Adds a row with a new key. */
  add(row: Row): void {
    const crc = checksum(row)
    this.#statements
      .get(
        `INSERT INTO ${this.name} (${this.#columns.join(', ')}, crc) VALUES (${'?, '.repeat(row.length)}?)`,
      )
      .run(...row, crc)
    this.#count(1, crc)
  }

  /** Adds a row, or replaces the one with its key. */
  put(row: Row): void {
    this.delete(...row.slice(0, this.#keys))
    this.add(row)
  }

  get(...key: Column[]): Row | undefined {
    const row = this.#statements
      .get(`SELECT ${this.#selected} FROM ${this.name} WHERE ${this.#where}`)
      .get(...key)
    return row && this.#checked(row as unknown as Column[])
  }

  /** The value of a row as bytes, which are read several times as fast as text. */
  getBytes(...key: Column[]): Uint8Array | undefined {
    const row = this.#statements
      .get(`SELECT ${this.#selectedAsBytes} FROM ${this.name} WHERE ${this.#where}`)
      .get(...key)
    return row && (this.#checked(row as unknown as Column[]).at(-1) as Uint8Array)
  }

  delete(...key: Column[]): void {
    this.deleteWhere(this.#where, ...key)
  }

  /** Deletes rows. Returns how many. */
  deleteWhere(where: string, ...parameters: Column[]): number {
    const [rows, sum] = this.#totalOf(where, parameters)
    if (rows === 0) return 0
    this.#statements.get(`DELETE FROM ${this.name} WHERE ${where}`).run(...parameters)
    this.#count(-rows, -sum)
    return rows
  }

  /** Rows in the order of their keys. */
  *rows(where = 'TRUE', ...parameters: Column[]): Generator<Row> {
    const rows = this.#statements
      .get(`SELECT ${this.#selected} FROM ${this.name} WHERE ${where} ORDER BY ${this.#order}`)
      .iterate(...parameters)
    for (const row of rows) yield this.#checked(row as unknown as Column[])
  }

  /** Rows in the order of their keys, with bytes for values. */
  *rowsAsBytes(where = 'TRUE', ...parameters: Column[]): Generator<WithBytes<Row>> {
    const rows = this.#statements
      .get(`SELECT ${this.#selectedAsBytes} FROM ${this.name} WHERE ${where} ORDER BY ${this.#order}`)
      .iterate(...parameters)
    for (const row of rows) yield this.#checked(row as unknown as Column[]) as unknown as WithBytes<Row>
  }

  /** Reads every row. @throws StateDamaged if one does not have its checksum */
  checkRows(): void {
    for (const _ of this.rowsAsBytes());
  }

  /** Columns of rows in the order of their keys. Checksums are not checked. */
  select<Selected extends readonly Column[]>(
    columns: string,
    where = 'TRUE',
    ...parameters: Column[]
  ): Selected[] {
    return this.#statements
      .get(`SELECT ${columns} FROM ${this.name} WHERE ${where} ORDER BY ${this.#order}`)
      .all(...parameters) as unknown as Selected[]
  }

  /** @throws StateDamaged if the rows are not those of the last commit */
  checkTotal(): void {
    const [rows, sum] = this.#totalOf('TRUE', [])
    if (rows !== this.total[0] || sum !== this.total[1])
      throw new StateDamaged(
        rows === this.total[0]
          ? `the rows of ${this.name} are not those that were committed last`
          : `${this.name} has ${rows} rows instead of ${this.total[0]}`,
      )
  }

  get #selected(): string {
    return `${this.#columns.join(', ')}, crc`
  }

  get #selectedAsBytes(): string {
    return `${this.#columns.slice(0, -1).join(', ')}, CAST(value AS BLOB), crc`
  }

  get #order(): string {
    return this.#columns.slice(0, this.#keys).join(', ')
  }

  #totalOf(where: string, parameters: Column[]): Total {
    const row = this.#statements
      .get(`SELECT count(*), coalesce(sum(crc), 0) % ${MODULUS} FROM ${this.name} WHERE ${where}`)
      .get(...parameters)
    return row as unknown as Total
  }

  #count(rows: number, sum: number): void {
    this.total = [this.total[0] + rows, (this.total[1] + sum + MODULUS) % MODULUS]
  }

  #checked(row: Column[]): Row {
    const crc = row.pop()
    if (checksum(row) !== crc) {
      const key = row.slice(0, this.#keys).join(', ')
      throw new StateDamaged(`the row ${key} of ${this.name} does not have its checksum`)
    }
    return row as unknown as Row
  }
}

function checksum(row: readonly Column[]): number {
  const value = row.at(-1) as Column
  return crc32(typeof value === 'number' ? `${value}` : value, crc32(JSON.stringify(row.slice(0, -1))))
}
