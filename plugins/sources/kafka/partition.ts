import { crc32 } from 'node:zlib'

/** A partition of a topic. */
export interface TopicPartition {
  topic: string
  partition: number
}

/** The name for the emitter and the state: `posts/3`. Topic names contain no slash. */
export const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`

/** The partition with a name. */
export function partitionOf(name: string): TopicPartition {
  const at = name.lastIndexOf('/')
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) }
}

/**
 * Whether a partition belongs to a share. It depends only on the partition's name and number, so that adding
 * partitions to a topic moves none of the old ones, and topics with one partition each are spread over shares.
 */
export const isInShare = ({ topic, partition }: TopicPartition, share: number, of: number) =>
  (crc32(topic) + partition) % of === share

/** The ordinal of a StatefulSet's pod in its host name: 2 of `mood-2`. Undefined if there is none. */
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
