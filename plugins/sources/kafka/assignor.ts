import { cooperativeStickyAssigner, type GroupPartitionsAssigner } from '@platformatic/kafka'

type Members = Parameters<GroupPartitionsAssigner>[1]
type Assigned = ReturnType<GroupPartitionsAssigner>[number]

/**
 * Assigns partitions as the library does, and then balances them.
 *
 * The library's leader assigns only its own topics, although members may read others, for example different sources
 * of one exporter. And it leaves a new member without a partition if the others have the average, rounded up: two,
 * two and none. In the cooperative protocol, a partition that another member still owns is unassigned in this
 * round. That member gives it up and joins again, and then the member with the fewest partitions gets it.
 */
export const assign: GroupPartitionsAssigner = (leader, members, _, metadata) => {
  const topics = new Set([...members.values()].flatMap(({ topics }) => topics ?? []))
  const assigned = cooperativeStickyAssigner(leader, members, topics, metadata)
  const shares = new Map(assigned.map(one => [one, sizeOf(one)]))
  // Partitions that the library leaves unassigned in this round go to the members with the fewest in the next.
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

/** A partition of a member that has two more than another member of the same topic. */
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

/** Whether a member currently owns it. */
const owns = (members: Members, { memberId }: Assigned, topic: string, partition: number) =>
  (members.get(memberId)?.ownedPartitions ?? []).some(
    owned => owned.topic === topic && owned.partitions.includes(partition),
  )
