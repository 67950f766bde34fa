import { expect, test } from 'vitest'
import { postEvent } from '../../plugin/testing-output.ts'
import { specOf } from './outputs-testing.ts'
import { Samples } from './samples.ts'

test('each output is given as many as it wants, of what all workers sampled', () => {
  const samples = new Samples()
  const outputs = [
    specOf({ name: 'one', posts: { perMinute: 1, text: true } }),
    specOf({ name: 'two', posts: { perMinute: 2, text: false } }),
    specOf({ name: 'none' }),
  ]
  const posts = Array.from({ length: 3 }, () => postEvent({ text: 'late again' }))
  const routed = samples.route(posts, outputs, 119_000)
  expect(routed.map(({ output, event }) => [output, event.key, event.text])).toEqual([
    ['one', posts[0]?.key, 'late again'],
    ['two', posts[0]?.key, undefined],
    ['two', posts[1]?.key, undefined],
  ])
  expect(samples.route(posts, outputs, 119_500)).toEqual([])
  expect(samples.route(posts, outputs, 179_000)).toHaveLength(3)
})
