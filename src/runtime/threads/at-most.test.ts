import { expect, test } from 'vitest'
import { atMost } from './at-most.ts'

test('a promise that is settled in time is waited for', async () => {
  expect(await atMost(60_000, Promise.resolve())).toBe(true)
})

test('one that is not is waited for no longer', async () => {
  expect(await atMost(1, new Promise(() => {}))).toBe(false)
})

test('one that rejects in time rejects', async () => {
  await expect(atMost(60_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
})
