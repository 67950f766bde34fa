import { crc32 } from 'node:zlib'

/** A partition of a topic. */
export interface TopicPartition {
  topic: string
  partition: number
}

/** How the emitter and the state name it: `posts/3`. No topic has a slash in its name. */
export const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`

/** The partition of a name. */
export function partitionOf(name: string): TopicPartition {
  const at = name.lastIndexOf('/')
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) }
}

/**
 * Whether a partition belongs to a share of so many. It depends on nothing but its own name and number, so that a topic
 * that gets more partitions moves none of those it had; and topics of one partition each do not all meet in one share.
 */
export const isInShare = ({ topic, partition }: TopicPartition, share: number, of: number) =>
  (crc32(topic) + partition) % of === share

/** The number that a pod of a StatefulSet has at the end of its host name: 2 of `mood-2`. Undefined where there is none. */
export function ordinalOf(hostname: string): number | undefined {
  const [, digits] = /-(\d{1,9})$/.exec(hostname.split('.')[0] ?? '') ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** Numbers of partitions, by topic. */
export function byTopic(partitions: Iterable<TopicPartition>): Map<string, number[]> {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const numbers = topics.get(topic)
    if (numbers) numbers.push(partition)
    else topics.set(topic, [partition])
  }
  return topics
}
