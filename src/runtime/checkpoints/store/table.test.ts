import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StateDamaged } from './errors.ts'
import { Statements, Table } from './table.ts'

let sqlite: DatabaseSync
let table: Table<[source: string, part: number, value: string]>

beforeEach(() => {
  sqlite = new DatabaseSync(':memory:')
  table = new Table(new Statements(sqlite), 'positions', ['source TEXT', 'part INTEGER', 'value TEXT'], 2)
  sqlite.exec(table.create)
})
afterEach(() => sqlite.close())

/** A table with three rows, added out of order. */
function fill(): void {
  table.add(['b', 1, 'three'])
  table.add(['a', 2, 'two'])
  table.add(['a', 1, 'one'])
}

test('rows are read in the order of their keys, all or those of a condition', () => {
  fill()
  expect([...table.rows()]).toEqual([
    ['a', 1, 'one'],
    ['a', 2, 'two'],
    ['b', 1, 'three'],
  ])
  expect([...table.rows('source = ? AND part > ?', 'a', 1)]).toEqual([['a', 2, 'two']])
  expect([...table.rowsAsBytes('source = ?', 'b')]).toEqual([['b', 1, new Uint8Array(Buffer.from('three'))]])
  expect(table.select('part, source', 'value <> ?', 'two')).toEqual([
    [1, 'a'],
    [1, 'b'],
  ])
})

test('a row is read by its key, as text or as bytes', () => {
  fill()
  expect(table.get('a', 2)).toEqual(['a', 2, 'two'])
  expect(table.getBytes('a', 2)).toEqual(new Uint8Array(Buffer.from('two')))
  expect([table.get('a', 3), table.getBytes('a', 3)]).toEqual([undefined, undefined])
})

test('a row with a key that exists is not added, and replaces the other when it is put', () => {
  fill()
  expect(() => table.add(['a', 1, 'again'])).toThrow('UNIQUE')
  table.put(['a', 1, 'replaced'])
  table.put(['c', 1, 'new'])
  expect([...table.rows()].map(([, , value]) => value)).toEqual(['replaced', 'two', 'three', 'new'])
  table.checkTotal()
})

test('rows are deleted by key or condition, and their number is returned', () => {
  fill()
  table.delete('b', 1)
  table.delete('b', 1)
  expect(table.deleteWhere('source = ?', 'a')).toBe(2)
  expect(table.deleteWhere('source = ?', 'a')).toBe(0)
  expect([...table.rows()]).toEqual([])
  expect(table.total).toEqual([0, 0])
})

test('the total is that of the rows, whatever was added, replaced and deleted', () => {
  fill()
  const [rows, sum] = table.total
  expect(rows).toBe(3)
  table.put(['a', 1, 'x'])
  table.add(['z', 1, 'y'])
  expect(table.total[0]).toBe(4)
  table.checkTotal()
  table.delete('z', 1)
  table.put(['a', 1, 'one'])
  expect(table.total).toEqual([rows, sum])
  table.checkTotal()
  table.checkRows()
})

test('a missing or added row is noticed by its number', () => {
  fill()
  sqlite.exec("DELETE FROM positions WHERE source = 'b'")
  expect(() => table.checkTotal()).toThrow(new StateDamaged('positions has 2 rows instead of 3'))
})

test('a row of an older state is noticed by the sum of checksums, though it has its own', () => {
  fill()
  const older = sqlite.prepare("SELECT crc, value FROM positions WHERE source = 'b'").get() as {
    crc: number
    value: string
  }
  table.put(['b', 1, 'newer'])
  sqlite.prepare("UPDATE positions SET crc = ?, value = ? WHERE source = 'b'").run(older.crc, older.value)
  table.checkRows()
  expect(() => table.checkTotal()).toThrow(
    new StateDamaged('the rows of positions are not those that were committed last'),
  )
})

test.each([
  ["UPDATE positions SET value = 'twx' WHERE part = 2", 'a, 2'],
  ['UPDATE positions SET part = 7 WHERE part = 2', 'a, 7'],
  ['UPDATE positions SET crc = crc + 1 WHERE part = 2', 'a, 2'],
])('a changed row does not have its checksum: %s', (change, key) => {
  fill()
  sqlite.exec(change)
  const damaged = new StateDamaged(`the row ${key} of positions does not have its checksum`)
  expect(() => table.checkRows()).toThrow(damaged)
  expect(() => [...table.rows()]).toThrow(damaged)
  const [source, part] = key.split(', ') as [string, string]
  expect(() => table.get(source, Number(part))).toThrow(damaged)
  expect(() => table.getBytes(source, Number(part))).toThrow(damaged)
})

test('an integer key is the row id, and any other key orders the rows', () => {
  const statements = new Statements(sqlite)
  expect(new Table(statements, 'epochs', ['epoch INTEGER', 'value TEXT'], 1).create).toBe(
    'CREATE TABLE epochs (epoch INTEGER NOT NULL, crc INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (epoch)) STRICT',
  )
  expect(new Table(statements, 'names', ['name TEXT', 'value TEXT'], 1).create).toMatch(
    /STRICT, WITHOUT ROWID$/,
  )
  expect(table.create).toMatch(/PRIMARY KEY \(source, part\)\) STRICT, WITHOUT ROWID$/)
})

test('a value may be a number', () => {
  const numbers = new Table<[name: string, value: number]>(
    new Statements(sqlite),
    'numbers',
    ['name TEXT', 'value INTEGER'],
    1,
  )
  sqlite.exec(numbers.create)
  numbers.add(['a', 5])
  expect(numbers.get('a')).toEqual(['a', 5])
  sqlite.exec('UPDATE numbers SET value = 6')
  expect(() => numbers.get('a')).toThrow(StateDamaged)
})
