import type { ExtendedGroupProtocolSubscription } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { assign } from './assignor.ts'

type Owned = Record<string, Record<string, number[]>>

const metadataOf = (topics: Record<string, number>) =>
  ({
    topics: new Map(Object.entries(topics).map(([topic, partitionsCount]) => [topic, { partitionsCount }])),
  }) as unknown as Parameters<typeof assign>[3]

/** One round: what each member has after it, of what each had before. */
function round(owned: Owned, topics: Record<string, number>, reads: Record<string, string[]> = {}): Owned {
  const members = new Map(
    Object.entries(owned).map(([memberId, own]) => [
      memberId,
      {
        memberId,
        version: 3,
        topics: reads[memberId] ?? Object.keys(topics),
        ownedPartitions: Object.entries(own).map(([topic, partitions]) => ({ topic, partitions })),
        generationId: Object.keys(own).length === 0 ? -1 : 5,
      } as unknown as ExtendedGroupProtocolSubscription,
    ]),
  )
  const leader = Object.keys(owned)[0] as string
  return Object.fromEntries(
    assign(leader, members, new Set(Object.keys(topics)), metadataOf(topics)).map(
      ({ memberId, assignments }) => [
        memberId,
        Object.fromEntries(
          [...assignments.values()]
            .filter(({ partitions }) => partitions.length > 0)
            .map(({ topic, partitions }) => [topic, partitions.toSorted()]),
        ),
      ],
    ),
  )
}

const sizes = (owned: Owned) => Object.values(owned).map(own => Object.values(own).flat().length)

/** Rounds until nothing moves: a member that gives something up joins again. */
function settled(owned: Owned, topics: Record<string, number>, reads?: Record<string, string[]>): Owned {
  let before = owned
  for (let i = 0; i < 5; i++) {
    const after = round(before, topics, reads)
    for (const [member, own] of Object.entries(after))
      for (const [topic, partitions] of Object.entries(own))
        for (const partition of partitions)
          for (const [other, theirs] of Object.entries(before))
            if (other !== member) expect(theirs[topic] ?? []).not.toContain(partition)
    if (JSON.stringify(after) === JSON.stringify(before)) return after
    before = after
  }
  throw new Error('it does not settle')
}

test('a member that joins gets a partition where the others have two each', () => {
  const before = { a: { posts: [0, 1] }, b: { posts: [2, 3] }, c: {} }
  const first = round(before, { posts: 4 })
  // Partitions that are still being released belong to no member.
  expect(sizes(first).toSorted()).toEqual([0, 1, 2])
  const after = settled(before, { posts: 4 })
  expect(sizes(after).toSorted()).toEqual([1, 1, 2])
  expect(Object.values(after).flatMap(own => own.posts ?? [])).toHaveLength(4)
})

test.for([
  [1, 4],
  [2, 4],
  [3, 7],
  [5, 12],
  [6, 4],
] as const)('%i members have %i partitions, as evenly as it can be', ([members, partitions]) => {
  const all = Array.from({ length: partitions }, (_, i) => i)
  const names = Array.from({ length: members }, (_, i) => `m${i}`)
  // One had them all, and the others join.
  const before = Object.fromEntries(names.map((name, i) => [name, i === 0 ? { posts: all } : {}]))
  const after = settled(before as Owned, { posts: partitions })
  expect(Math.max(...sizes(after)) - Math.min(...sizes(after))).toBeLessThanOrEqual(1)
  expect(
    Object.values(after)
      .flatMap(own => own.posts ?? [])
      .toSorted((a, b) => a - b),
  ).toEqual(all)
})

test('only partitions that move are given up', () => {
  expect(round({ a: { posts: [0, 1, 2, 3] }, b: {} }, { posts: 4 })).toEqual({ a: { posts: [2, 3] }, b: {} })
  const { a, b } = settled({ a: { posts: [0, 1, 2, 3] }, b: {} }, { posts: 4 })
  expect([a, b]).toEqual([{ posts: [2, 3] }, { posts: [0, 1] }])
})

test('an even assignment is kept', () => {
  const before = { a: { posts: [0, 3] }, b: { posts: [1] }, c: { posts: [2] } }
  expect(round(before, { posts: 4 })).toEqual(before)
})

test('a topic that only some members read goes to these', () => {
  const after = settled({ a: {}, b: {} }, { posts: 2, other: 3 }, { a: ['posts'], b: ['posts', 'other'] })
  expect(after.a).toEqual({ posts: [0, 1] })
  expect(after.b).toEqual({ other: [0, 1, 2] })
})
