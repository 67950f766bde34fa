import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { orAborted, sleep } from './abort.ts'

test('a sleep ends early when the signal is aborted, before or while it lasts', async () => {
  const controller = new AbortController()
  const asleep = sleep(1e12, controller.signal)
  controller.abort()
  await asleep
  await sleep(1e12, controller.signal)
})

test('returns the result of a promise, or undefined once the signal is aborted', async () => {
  const controller = new AbortController()
  const { signal } = controller
  expect(await orAborted(Promise.resolve(1), signal)).toBe(1)
  await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
  const pending = orAborted(new Promise(() => {}), signal)
  controller.abort()
  expect(await pending).toBeUndefined()
  expect(await orAborted(new Promise(() => {}), signal)).toBeUndefined()
})

test('removes its listener from the signal', async () => {
  const { signal } = new AbortController()
  await sleep(1, signal)
  await orAborted(Promise.resolve(1), signal)
  await orAborted(Promise.reject(new Error('no')), signal).catch(() => {})
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})
