import { expect, test, vi } from 'vitest'
import { Scrapes } from './scrapes.ts'

test('a waiter resolves with the next delivered scrape', async () => {
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
  let isResolved = false
  const next = scrapes.next(new AbortController().signal).then(() => {
    isResolved = true
  })
  early()
  await new Promise(setImmediate)
  expect(isResolved).toBe(false)
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

test('the next scrape is expected of a scraper that has a rhythm, and of Prometheus, but not of a person', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const scrapes = new Scrapes()
  const scrape = (isPrometheus = false) => scrapes.begin(isPrometheus)()
  expect(scrapes.nextWithin()).toBe(0)
  scrape()
  expect(scrapes.nextWithin()).toBe(0)
  vi.advanceTimersByTime(15_000)
  scrape()
  expect(scrapes.nextWithin()).toBe(0)
  for (let i = 0; i < 2; i++) {
    vi.advanceTimersByTime(15_000)
    scrape()
  }
  expect(scrapes.nextWithin()).toBe(30_000)
  vi.advanceTimersByTime(31_000)
  expect(scrapes.nextWithin()).toBe(0)
  const other = new Scrapes()
  other.begin(true)()
  expect(other.nextWithin()).toBeGreaterThan(60_000)
  vi.useRealTimers()
})
