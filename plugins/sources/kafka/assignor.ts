import { cooperativeStickyAssigner, type GroupPartitionsAssigner } from '@platformatic/kafka'

type Members = Parameters<GroupPartitionsAssigner>[1]
type Assigned = ReturnType<GroupPartitionsAssigner>[number]

/**
 * Shares partitions out as the library does, and then evenly.
 *
 * The library's leader shares out its own topics only, where members may read others: sources of one exporter, for instance.
 * And it leaves a new member without a partition where the others have as many as the average, rounded up: two, two and none.
 * As the cooperative protocol has it, a partition that another member still owns goes to no one in this round. That member
 * gives it up and joins again, and the partition goes to the one that has the fewest.
 */
export const assign: GroupPartitionsAssigner = (leader, members, _, metadata) => {
  const topics = new Set([...members.values()].flatMap(({ topics }) => topics ?? []))
  const assigned = cooperativeStickyAssigner(leader, members, topics, metadata)
  const shares = new Map(assigned.map(one => [one, sizeOf(one)]))
  // What the library lets go to no one in this round goes to the ones that have the fewest in the next.
  const all = [...topics].reduce((sum, topic) => sum + (metadata.topics.get(topic)?.partitionsCount ?? 0), 0)
  for (let left = all - sumOf(shares.values()); left > 0; left--) {
    const [least] = [...shares].sort(([, m], [, n]) => m - n)
    if (least) shares.set(least[0], least[1] + 1)
  }
  for (;;) {
    const move = nextMove(shares, members)
    if (!move) return assigned
    const { from, to, topic, partition } = move
    const own = from.assignments.get(topic)
    if (own) own.partitions = own.partitions.filter(other => other !== partition)
    if (!owns(members, from, topic, partition)) {
      const theirs = to.assignments.get(topic) ?? { topic, partitions: [] }
      theirs.partitions.push(partition)
      to.assignments.set(topic, theirs)
    }
    shares.set(from, (shares.get(from) as number) - 1)
    shares.set(to, (shares.get(to) as number) + 1)
  }
}

/** A partition of a member that has two more than another, which reads its topic as well. */
function nextMove(
  shares: ReadonlyMap<Assigned, number>,
  members: Members,
): { from: Assigned; to: Assigned; topic: string; partition: number } | null {
  const order = [...shares].sort(([a, m], [b, n]) => n - m || (a.memberId < b.memberId ? -1 : 1))
  for (const [to, least] of order.toReversed())
    for (const [from, most] of order) {
      if (most - least < 2) break
      for (const { topic, partitions } of from.assignments.values()) {
        const partition = partitions.at(-1)
        if (partition === undefined || !members.get(to.memberId)?.topics?.includes(topic)) continue
        return { from, to, topic, partition }
      }
    }
  return null
}

const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, n) => sum + n, 0)

const sizeOf = ({ assignments }: Assigned) =>
  [...assignments.values()].reduce((sum, { partitions }) => sum + partitions.length, 0)

/** Whether a member has it until now. */
const owns = (members: Members, { memberId }: Assigned, topic: string, partition: number) =>
  (members.get(memberId)?.ownedPartitions ?? []).some(
    owned => owned.topic === topic && owned.partitions.includes(partition),
  )
