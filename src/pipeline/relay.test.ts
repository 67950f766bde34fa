import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DeliveryError } from '../plugin/delivery.ts'
import type { Post } from '../plugin/post.ts'
import { Relay } from './relay.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const posts = Array.from({ length: 5 }, (_, i): Post => ({ id: `${i}`, text: `post ${i}`, createdAt: 0 }))

/** A relay to a receiver, and what became of posts. */
function made(receive: (posts: readonly Post[]) => Promise<void>, signal = new AbortController().signal) {
  const failed: string[] = []
  const rejected: [number, string][] = []
  const relay = new Relay({ relay: receive }, signal)
  const events = {
    failed: (message: string) => failed.push(message),
    rejected: (index: number, message: string) => rejected.push([index, message]),
  }
  return { write: () => relay.write(posts, events), failed, rejected }
}

test('posts are retried, after a wait, until the receiver has them', async () => {
  const given: string[][] = []
  const { write, failed } = made(async some => {
    given.push(some.map(({ text }) => text))
    if (given.length < 3) throw new Error('not now')
  })
  const written = write()
  await vi.advanceTimersByTimeAsync(60_000)
  await written
  expect(given).toEqual(Array(3).fill(posts.map(({ text }) => text)))
  expect(failed).toEqual(['not now', 'not now'])
})

test('only posts that the receiver rejects permanently are left out', async () => {
  const taken: (string | undefined)[] = []
  const { write, rejected } = made(async some => {
    if (some.some(({ id }) => id === '1' || id === '4'))
      throw new DeliveryError('too large', { permanent: true })
    taken.push(...some.map(({ id }) => id))
  })
  await write()
  expect(taken).toEqual(['0', '2', '3'])
  expect(rejected).toEqual([
    [1, 'too large'],
    [4, 'too large'],
  ])
})

test('after a stop it never reports posts as delivered', async () => {
  const controller = new AbortController()
  const { write } = made(() => Promise.reject(new Error('not now')), controller.signal)
  let settled = false
  void write().finally(() => {
    settled = true
  })
  controller.abort()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(settled).toBe(false)
})
