import { expect, test } from 'vitest'
import { CounterTable } from './counters.ts'
import { StateMismatch } from './encoding.ts'

const entries = (table: CounterTable) => [...table.entries()]

test('counts add up, and a key that was not counted is at 0', () => {
  const table = new CounterTable()
  table.add('x')
  table.add('x', 4)
  table.cell('y').n++
  expect([table.get('x'), table.get('y'), table.get('z')]).toEqual([5, 1, 0])
  expect([table.has('y'), table.has('z')]).toEqual([true, false])
  expect(entries(table)).toEqual([
    ['x', 5],
    ['y', 1],
  ])
})

test('a merge begins no series for a count of 0', () => {
  const table = new CounterTable()
  const other = new CounterTable()
  other.cell('zero')
  other.add('x', 2)
  table.merge(other)
  table.merge(other)
  expect(entries(table)).toEqual([['x', 4]])
})

test('a reset keeps cells, at 0, and an encoding holds those only if it is asked to', () => {
  const table = new CounterTable()
  const cell = table.cell('x')
  cell.n = 3
  table.add('y')
  table.reset()
  expect(entries(table)).toEqual([
    ['x', 0],
    ['y', 0],
  ])
  cell.n++
  expect(table.encode()).toEqual([['x', 1]])
  expect(table.encode(true)).toEqual([
    ['x', 1],
    ['y', 0],
  ])
})

test('only the keys that are wanted are retained', () => {
  const table = new CounterTable()
  for (const key of ['x', 'y']) table.add(key)
  table.retain(key => key === 'y')
  expect(entries(table)).toEqual([['y', 1]])
})

test('a decoded table is the same, 0 included, and what is no count is refused', () => {
  expect(
    entries(
      CounterTable.decode([
        ['x', 0],
        ['y', 2],
      ]),
    ),
  ).toEqual([
    ['x', 0],
    ['y', 2],
  ])
  expect(() => CounterTable.decode([['x', -1]])).toThrow(new StateMismatch('a counter has the value -1'))
  expect(() => CounterTable.decode([['x', Number.NaN]])).toThrow(StateMismatch)
  const checked: string[] = []
  CounterTable.decode([['x', 1]], key => checked.push(key))
  expect(checked).toEqual(['x'])
})
