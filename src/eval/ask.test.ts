import { expect, test } from 'vitest'
import type { Post } from '../plugin/post.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { ask, type Failures } from './ask.ts'

const postsOf = (...texts: string[]): Post[] => texts.map(text => ({ text, createdAt: 0 }))

test('each post is scored, and posts on which a scorer fails are unknown and counted', async () => {
  const failures: Failures = { posts: 0 }
  const score = ({ text }: Post) => {
    if (text === 'boom') throw new Error('no')
    return text === 'detailed' ? { score: -0.5, disagreement: 0.1 } : text === 'null' ? null : Number(text)
  }
  const { scores, seconds } = await ask(
    new ScorerCaller({ score }),
    postsOf('0.5', 'boom', 'detailed', '7', 'null'),
    failures,
    1000,
  )
  expect(scores).toEqual([0.5, null, -0.5, null, null])
  expect(failures).toEqual({ posts: 2, first: 'no' })
  expect(seconds).toBeGreaterThan(0)
})

test('a batch scorer gets batches of its size, as many at once as it takes, and scores keep their order', async () => {
  const sizes: number[] = []
  let underWay = 0
  let most = 0
  const scorer = {
    batchSize: 3,
    concurrency: 2,
    async scoreBatch(posts: readonly Post[]) {
      sizes.push(posts.length)
      most = Math.max(most, ++underWay)
      await new Promise(resolve => setImmediate(resolve))
      underWay--
      return posts.map(({ text }) => Number(text))
    },
  }
  const texts = Array.from({ length: 10 }, (_, i) => String(i / 10))
  const { scores } = await ask(new ScorerCaller(scorer), postsOf(...texts), { posts: 0 }, 1000)
  expect(scores).toEqual(texts.map(Number))
  expect(sizes).toEqual([3, 3, 3, 1])
  expect(most).toBe(2)
})

test('a batch that fails, or has too few scores, affects only its own posts', async () => {
  const failures: Failures = { posts: 0 }
  const scorer = {
    batchSize: 2,
    async scoreBatch(posts: readonly Post[]) {
      if (posts[0]?.text === '0') throw new Error('503')
      return posts.slice(posts[0]?.text === '1' ? 1 : 0).map(() => 1)
    },
  }
  const { scores } = await ask(
    new ScorerCaller(scorer),
    postsOf('0', 'a', '1', 'b', '2', 'c'),
    failures,
    1000,
  )
  expect(scores).toEqual([null, null, null, null, 1, 1])
  expect(failures).toEqual({ posts: 4, first: '503' })
})
