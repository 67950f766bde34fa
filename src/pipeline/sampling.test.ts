import { expect, test } from 'vitest'
import type { Post } from '../plugin/post.ts'
import { PostSampler, type ScoredPost } from './sampling.ts'

const NOW = 1_700_000_040_000

const scored = (post: Partial<Post> = {}, more: Partial<ScoredPost> = {}): ScoredPost => ({
  source: 'tcp',
  topic: 'galaxy',
  lang: 'en',
  scorer: 'auto',
  sentiment: 'negative',
  score: -0.5,
  at: NOW,
  post: { id: '1', text: 'late again', createdAt: NOW, ...post },
  ...more,
})

test('the sample of each topic and sentiment is limited a minute', () => {
  const sampler = new PostSampler({ perMinute: 2, text: false })
  for (let i = 0; i < 5; i++) {
    sampler.offer(scored({ id: `${i}` }), NOW + 59_999)
    sampler.offer(scored({ id: `${i}` }, { sentiment: 'positive' }), NOW + 59_999)
    sampler.offer(scored({ id: `${i}` }, { topic: 'nova' }), NOW + 59_999)
  }
  expect(sampler.take()).toHaveLength(6)
  expect(sampler.take()).toEqual([])
  sampler.offer(scored(), NOW + 60_000)
  expect(sampler.take()).toHaveLength(1)
})

test('half of a sample is from the beginning of a minute, half from the rest', () => {
  const sampler = new PostSampler({ perMinute: 10, text: false })
  const sampledBy = (seconds: number) => {
    for (let i = 0; i < 20; i++) sampler.offer(scored({ id: `${seconds} ${i}` }), NOW + seconds * 1000)
    return sampler.take().length
  }
  expect([0, 12, 12, 24, 36, 48, 59].map(sampledBy)).toEqual([5, 1, 0, 1, 1, 1, 1])
  expect([60, 119].map(sampledBy)).toEqual([5, 5])
})

test('the sample of a quiet beginning is filled later in the minute', () => {
  const sampler = new PostSampler({ perMinute: 10, text: false })
  for (let i = 0; i < 20; i++) sampler.offer(scored({ id: `${i}` }), NOW + 36_000)
  expect(sampler.take()).toHaveLength(8)
})

test('the key of a sample does not depend on the worker, and text is included only if configured', () => {
  const taken = (text: boolean, post: Partial<Post> = {}) => {
    const sampler = new PostSampler({ perMinute: 1, text })
    sampler.offer(scored(post), NOW)
    return sampler.take()[0]
  }
  expect(taken(false)?.key).toBe(taken(true)?.key)
  expect(taken(false, { id: '2' })?.key).not.toBe(taken(false)?.key)
  expect(taken(false)).not.toHaveProperty('text')
  expect(taken(true, { url: 'https://example.com/1' })).toMatchObject({
    kind: 'post',
    id: '1',
    url: 'https://example.com/1',
    text: 'late again',
  })
  expect(taken(true, { text: 'x'.repeat(10_000) })?.text).toHaveLength(4000)
  const url = `https://example.com/${'x'.repeat(1980)}`
  expect(taken(true, { url })).toHaveProperty('url', url)
  expect(taken(true, { url: `${url}x` })).not.toHaveProperty('url')
  expect(taken(true, { id: 'x'.repeat(200) })).toHaveProperty('id')
  expect(taken(true, { id: 'x'.repeat(201) })).not.toHaveProperty('id')
  expect(taken(true, { text: 5 as never })).not.toHaveProperty('text')
})
