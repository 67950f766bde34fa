import { expect, test } from 'vitest'
import { Backoff } from './backoff.ts'

test('the bound of the wait doubles up to the most, and starts anew after a reset', () => {
  const longest = new Backoff({ initial: 100, max: 1000 }, () => 1)
  expect([1, 2, 3, 4, 5, 6].map(() => longest.next())).toEqual([100, 200, 400, 800, 1000, 1000])
  longest.reset()
  expect(longest.next()).toBe(100)
})

test('the wait is anywhere from nothing to the bound', () => {
  let random = 0
  const backoff = new Backoff({ initial: 100, max: 100 }, () => random)
  expect(backoff.next()).toBe(0)
  random = 0.25
  expect(backoff.next()).toBe(25)
})

test('however many attempts fail, the wait stays a number within the most', () => {
  const backoff = new Backoff({ initial: 500, max: 30_000 })
  for (let i = 0; i < 5000; i++) {
    const wait = backoff.next()
    expect(wait >= 0 && wait <= 30_000).toBe(true)
  }
})
