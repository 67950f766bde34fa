import { expect, test } from 'vitest'
import { Stillness } from './stall-detector.ts'

test('time adds up while it does not move, and begins anew when it does', () => {
  const stillness = new Stillness(0)
  expect(stillness.look(false, 100)).toBe(100)
  expect(stillness.look(false, 200)).toBe(200)
  expect(stillness.look(true, 300)).toBe(0)
  expect(stillness.look(false, 350)).toBe(50)
})

test('time in which nobody looked hardly counts', () => {
  const stillness = new Stillness(0)
  stillness.look(false, 100)
  expect(stillness.look(false, 3_600_000)).toBe(350)
})
