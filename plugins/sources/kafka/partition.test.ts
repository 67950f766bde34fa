import { expect, test } from 'vitest'
import { isInShare, nameOf, ordinalOf, partitionOf } from './partition.ts'

test('a partition has a name, which leads back to it', () => {
  const partition = { topic: 'posts.v1_a-b', partition: 12 }
  expect(nameOf(partition)).toBe('posts.v1_a-b/12')
  expect(partitionOf(nameOf(partition))).toEqual(partition)
})

test('each partition is in one share, and stays there when the topic gets more of them', () => {
  for (let partition = 0; partition < 100; partition++) {
    const shares = [0, 1, 2].filter(share => isInShare({ topic: 'posts', partition }, share, 3))
    expect(shares).toHaveLength(1)
  }
  // The state of a running fleet depends on it.
  expect(Array.from({ length: 6 }, (_, partition) => isInShare({ topic: 'posts', partition }, 0, 3))).toEqual(
    [false, true, false, false, true, false],
  )
})

test('topics with one partition are spread over the shares', () => {
  const topics = Array.from({ length: 60 }, (_, i) => `topic-${i}`)
  for (const share of [0, 1, 2]) {
    const own = topics.filter(topic => isInShare({ topic, partition: 0 }, share, 3))
    expect(own.length).toBeGreaterThan(5)
  }
})

test.each([
  ['mood-0', 0],
  ['mood-exporter-12', 12],
  ['mood-3.mood.default.svc.cluster.local', 3],
  ['mood', undefined],
  ['mood-3a', undefined],
])('the ordinal of the host %s is %s', (host, ordinal) => {
  expect(ordinalOf(host)).toBe(ordinal)
})
