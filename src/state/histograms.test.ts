import { expect, test } from 'vitest'
import { StateMismatch } from './encoding.ts'
import { type Exemplar, HistogramCell, HistogramTable } from './histograms.ts'

const BOUNDS = [0.1, 0.5, 1]

const exemplar = (text: string): Exemplar => ({ label: 'id', text, value: 0.3, at: 1 })

test('a value falls into the first bucket whose bound it does not exceed, and the last is for the rest', () => {
  const cell = new HistogramCell(BOUNDS)
  expect([0, 0.1, 0.11, 0.5, 1, 1.01].map(value => cell.observe(value))).toEqual([0, 0, 1, 1, 2, 3])
  expect(cell.counts).toEqual([2, 2, 1, 1])
  expect(cell.count).toBe(6)
  expect(cell.sum).toBeCloseTo(2.72, 12)
})

test('values that are added by number count in their bucket, and not in the sum', () => {
  const cell = new HistogramCell(BOUNDS)
  expect(cell.add(0.2, 5)).toBe(1)
  expect(cell.counts).toEqual([0, 5, 0, 0])
  expect(cell.sum).toBe(0)
})

test('a merge adds counts and sums by bucket, and keeps the newer exemplar', () => {
  const a = new HistogramTable(BOUNDS)
  const b = new HistogramTable(BOUNDS)
  for (const value of [0.05, 0.3]) a.cell('x').observe(value)
  for (const value of [0.3, 2]) b.cell('x').observe(value)
  b.cell('y').observe(1)
  a.cell('x').exemplars[0] = exemplar('kept')
  a.cell('x').exemplars[1] = exemplar('replaced')
  b.cell('x').exemplars[1] = exemplar('newer')
  a.merge(b)
  expect(a.cell('x').counts).toEqual([1, 2, 0, 1])
  expect(a.cell('x').sum).toBeCloseTo(2.65, 12)
  expect(a.cell('x').exemplars).toEqual([exemplar('kept'), exemplar('newer'), null, null])
  expect(a.cell('y').counts).toEqual([0, 0, 1, 0])
  expect([...a.entries()].map(([key]) => key)).toEqual(['x', 'y'])
})

test('a reset empties cells, and they stay valid', () => {
  const table = new HistogramTable(BOUNDS)
  const cell = table.cell('x')
  cell.observe(0.3)
  cell.exemplars[1] = exemplar('a')
  table.reset()
  expect(cell).toMatchObject({ counts: [0, 0, 0, 0], exemplars: [null, null, null, null], sum: 0 })
  expect(table.encode()).toEqual([])
  cell.observe(2)
  expect(table.encode()).toEqual([['x', [0, 0, 0, 1], 2, null]])
})

test('only the series that are wanted are retained', () => {
  const table = new HistogramTable(BOUNDS)
  for (const key of ['x', 'y', 'z']) table.cell(key).observe(0)
  table.retain(key => key !== 'y')
  expect([...table.entries()].map(([key]) => key)).toEqual(['x', 'z'])
})

test('an encoding holds the series that have counted, with their exemplars, and is a copy', () => {
  const table = new HistogramTable(BOUNDS)
  table.cell('empty')
  table.cell('plain').observe(2)
  table.cell('x').observe(0.3)
  table.cell('x').exemplars[1] = exemplar('a')
  const encoded = table.encode()
  table.reset()
  expect(encoded).toEqual([
    ['plain', [0, 0, 0, 1], 2, null],
    ['x', [0, 1, 0, 0], 0.3, [null, exemplar('a'), null, null]],
  ])
  const copy = HistogramTable.decode(BOUNDS, encoded)
  expect(copy.encode()).toEqual(encoded)
  expect(copy.cell('plain').exemplars).toEqual([null, null, null, null])
})

test('a decoded series is checked, and refused with other buckets', () => {
  const seen: string[] = []
  HistogramTable.decode(BOUNDS, [['x', [0, 0, 0, 1], 2, null]], key => seen.push(key))
  expect(seen).toEqual(['x'])
  expect(() => HistogramTable.decode(BOUNDS, [['x', [0, 0, 1], 2, null]])).toThrow(
    new StateMismatch('a histogram has 3 buckets instead of 4'),
  )
})
