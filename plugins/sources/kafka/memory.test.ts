import { expect, test } from 'vitest'
import { Memory } from './memory.ts'

const KIB = 1024

test('memory that was given back is taken again, the least that is enough', () => {
  const memory = new Memory()
  const [small, large] = [memory.take(1), memory.take(700 * KIB)]
  expect([small.length, large.length]).toEqual([64 * KIB, 1024 * KIB])
  memory.giveBack(large)
  memory.giveBack(small)
  expect(memory.take(10)).toBe(small)
  expect(memory.take(10)).toBe(large)
  expect(memory.take(10)).not.toBe(large)
})

test('no more than some answers are kept, and none once it is cleared', () => {
  const memory = new Memory()
  const taken = Array.from({ length: 10 }, () => memory.take(1024 * KIB))
  for (const each of taken) memory.giveBack(each)
  const again = Array.from({ length: 10 }, () => memory.take(1024 * KIB))
  expect(again.filter(each => taken.includes(each))).toHaveLength(8)
  for (const each of again) memory.giveBack(each)
  memory.clear()
  expect(again).not.toContain(memory.take(1024 * KIB))
})
