import type { Consumer } from '@platformatic/kafka'
import { byTopic, nameOf, type TopicPartition } from './partition.ts'

/** The special times for the first and the last offset. */
export const EARLIEST = -2n
export const LATEST = -1n

/** By name: offsets of the first records at or after a time. None for a partition without such a record. */
export async function listedOffsets(
  client: Pick<Consumer, 'listOffsets'>,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
): Promise<Map<string, number>> {
  if (partitions.length === 0) return new Map()
  const topics = byTopic(partitions)
  const offsets = await client.listOffsets({
    topics: [...topics.keys()],
    partitions: Object.fromEntries(topics),
    timestamp,
    isolationLevel: 0,
  })
  const found = new Map<string, number>()
  for (const at of partitions) {
    const offset = Number(offsets.get(at.topic)?.[at.partition] ?? -1n)
    if (offset >= 0) found.set(nameOf(at), offset)
  }
  return found
}
