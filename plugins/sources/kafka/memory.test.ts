import { expect, test } from 'vitest'
import { Memory } from './memory.ts'

const KIB = 1024

test('reuses returned memory, the smallest that is sufficient', () => {
  const memory = new Memory()
  const [small, large] = [memory.take(1), memory.take(700 * KIB)]
  expect([small.length, large.length]).toEqual([64 * KIB, 1024 * KIB])
  memory.giveBack(large)
  memory.giveBack(small)
  expect(memory.take(10)).toBe(small)
  expect(memory.take(10)).toBe(large)
  expect(memory.take(10)).not.toBe(large)
})

test('keeps a bounded number of buffers, and none after it is cleared', () => {
  const memory = new Memory()
  const taken = Array.from({ length: 10 }, () => memory.take(1024 * KIB))
  for (const each of taken) memory.giveBack(each)
  const again = Array.from({ length: 10 }, () => memory.take(1024 * KIB))
  expect(again.filter(each => taken.includes(each))).toHaveLength(8)
  for (const each of again) memory.giveBack(each)
  memory.clear()
  expect(again).not.toContain(memory.take(1024 * KIB))
})
