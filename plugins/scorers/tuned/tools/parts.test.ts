import { expect, test } from 'vitest'
import { Dictionary } from '../dictionary.ts'
import { CODES } from '../weights.ts'
import { findCodes, nearest } from './codebook.ts'
import { onMainAxes } from './embeddings.ts'
import { seeded } from './random.ts'

test('a dictionary numbers features in order, however many', () => {
  const dictionary = new Dictionary()
  const hashes = Array.from({ length: 200_000 }, (_, index) => Math.imul(index, 0x9e3779b1))
  expect(hashes.map(hash => dictionary.add(hash))).toEqual([...hashes.keys()])
  expect(hashes.every((hash, number) => dictionary.find(hash) === number)).toBe(true)
  expect(dictionary.add(hashes[7] as number)).toBe(7)
  expect(dictionary.find(Math.imul(200_001, 0x9e3779b1))).toBe(-1)
  expect(dictionary.size).toBe(200_000)
})

test('codes represent pairs of weights with little error, and the first code without error', () => {
  const random = seeded(3)
  const x = Float32Array.from({ length: 20_000 }, () => random() * random() - 0.3)
  const y = x.map(value => random() / 10 - value)
  const codes = findCodes({ x, y, weight: x.map(() => 1) })
  expect(codes).toHaveLength(2 * CODES)
  expect([...codes.slice(0, 2)]).toEqual([0, 0])
  let error = 0
  for (const [index, value] of x.entries()) {
    const code = nearest(codes, value, y[index] as number)
    error += Math.hypot(
      value - (codes[2 * code] as number),
      (y[index] as number) - (codes[2 * code + 1] as number),
    )
  }
  expect(error / x.length).toBeLessThan(0.02)
})

test('main axes are those along which vectors differ most', () => {
  const random = seeded(5)
  const along = Float64Array.from({ length: 500 }, () => random() - 0.5)
  const values = Float32Array.from([...along].flatMap(t => [3 * t, 0.01 * (random() - 0.5), 4 * t]))
  const reduced = onMainAxes(values, 3, 1)
  const ratio = (reduced[0] as number) / (along[0] as number)
  for (const [row, t] of along.entries()) expect(reduced[row]).toBeCloseTo(ratio * t, 1)
  expect(reduced.reduce((sum, value) => sum + value * value, 0) / 500).toBeCloseTo(1, 1)
})
