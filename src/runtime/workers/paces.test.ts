import { expect, test } from 'vitest'
import { BATCH_RECORDS } from '../../pipeline/batch.ts'
import { batchesOf, testGroup } from '../runtime-testing.ts'
import { Paces } from './paces.ts'

const batchOf = (records: number, source = 'src') => batchesOf(testGroup([{ records }], source))[0] as never

test('a batch holds what a worker maps in 200 ms, as a power of two', () => {
  const paces = new Paces()
  expect(paces.observe(batchOf(100), 1000, 1)).toBe(16)
  expect(new Paces().observe(batchOf(100), 625, 1)).toBe(32)
  expect(new Paces().observe(batchOf(1000), 100, 1)).toBe(1024)
})

test('it holds a full batch at most, and where mapping takes no time', () => {
  expect(new Paces().observe(batchOf(4096), 1, 1)).toBe(BATCH_RECORDS)
  expect(new Paces().observe(batchOf(4096), 0, 1)).toBe(BATCH_RECORDS)
  expect(new Paces().observe(batchOf(1), 0, 100_000)).toBe(BATCH_RECORDS)
})

test('it holds one record, or what workers map together, however slow that is', () => {
  expect(new Paces().observe(batchOf(1), 60_000, 1)).toBe(1)
  expect(new Paces().observe(batchOf(1), 60_000, 24)).toBe(24)
})

test('the last batches count together, so that one slow batch changes little', () => {
  const paces = new Paces()
  for (let i = 0; i < 5; i++) expect(paces.observe(batchOf(100), 100, 1)).toBe(128)
  // 1 ms + 0.3 × (2.5 ms - 1 ms) = 1.45 ms
  expect(paces.observe(batchOf(100), 250, 1)).toBe(128)
  for (let i = 0; i < 20; i++) paces.observe(batchOf(100), 1000, 1)
  expect(paces.observe(batchOf(100), 1000, 1)).toBe(16)
})

test('each source has its own, and a batch without records says nothing', () => {
  const paces = new Paces()
  expect(paces.observe(batchOf(0), 50, 1)).toBe(BATCH_RECORDS)
  paces.observe(batchOf(100), 1000, 1)
  expect(paces.observe(batchOf(1000, 'fast'), 100, 1)).toBe(1024)
  expect(paces.observe(batchOf(0), 60_000, 1)).toBe(16)
})
