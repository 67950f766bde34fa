import { expect, test } from 'vitest'
import { Largest } from './largest.ts'

test('the largest are kept in order, and the first of equal ones', () => {
  const largest = new Largest<string>(3)
  for (const [size, name] of [
    [1, 'a'],
    [5, 'b'],
    [3, 'c'],
    [5, 'd'],
    [3, 'e'],
    [2, 'f'],
  ] as const)
    largest.offer(size, () => name)
  expect(largest.items()).toEqual(['b', 'd', 'c'])
})

test('keeps the requested number, and creates only what it keeps', () => {
  const largest = new Largest<number>(10)
  let made = 0
  const sizes = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007)
  for (const size of sizes)
    largest.offer(size, () => {
      made++
      return size
    })
  expect(largest.items()).toEqual([...sizes].sort((a, b) => b - a).slice(0, 10))
  expect(made).toBeLessThan(200)
})

test('none are kept where none are asked for', () => {
  const largest = new Largest<string>(0)
  largest.offer(1, () => 'a')
  expect(largest.items()).toEqual([])
})
