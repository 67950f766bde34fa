import { expect, test } from 'vitest'
import { Scrapes } from './scrapes.ts'

test('a waiter is told of the next scrape that is delivered', async () => {
  const scrapes = new Scrapes()
  expect(scrapes.lastAt).toBeNull()
  const next = scrapes.next(new AbortController().signal)
  scrapes.begin()()
  await next
  expect(scrapes.lastAt).toBeLessThanOrEqual(Date.now())
})

test('a scrape that was under way does not count, for it may show less than the waiter wants seen', async () => {
  const scrapes = new Scrapes()
  const early = scrapes.begin()
  let told = false
  const next = scrapes.next(new AbortController().signal).then(() => {
    told = true
  })
  early()
  await new Promise(setImmediate)
  expect(told).toBe(false)
  scrapes.begin()()
  await next
})

test('waiting ends when the signal is aborted, before or during', async () => {
  const scrapes = new Scrapes()
  const controller = new AbortController()
  const next = scrapes.next(controller.signal)
  controller.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
  await expect(scrapes.next(controller.signal)).rejects.toThrow('enough')
})
