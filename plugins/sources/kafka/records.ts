import { type Consumer, IS_CONTROL, IS_TRANSACTIONAL, type RecordsBatch } from '@platformatic/kafka'

/** What a broker answers to a fetch, and what of it is of one partition. */
export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>
export type FetchedPartition = FetchResponse['responses'][number]['partitions'][number]

/** The type of a control record that ends a transaction by aborting it: the second 16 bits of its key. */
const ABORT = 0

/** Records, and bytes of them, between two positions: what lies between them is committed as one. */
const CHUNK = 500
const CHUNK_BYTES = 512 * 1024

/** Some records of a partition, and the offset after them. */
export interface Chunk {
  values: Buffer[]
  /** Records without a value, which delete a key where the topic is compacted. */
  tombstones: number
  /** The offset after these and all that came before them, control records included. */
  end: number
}

/**
 * What a fetch brought of one partition, in chunks: the values of its records from an offset on, without those of
 * transactions that were aborted, and without the records that mark the ends of transactions.
 *
 * A consumer has to leave aborted records out itself: brokers only name the transactions.
 * https://kafka.apache.org/documentation/#messageformat
 */
export function* chunksOf(
  { records, abortedTransactions }: Pick<FetchedPartition, 'records' | 'abortedTransactions'>,
  from: number,
): Generator<Chunk> {
  const isAborted = abortedFilter(abortedTransactions ?? [])
  let chunk: Chunk = { values: [], tombstones: 0, end: from }
  let bytes = 0
  let given = from
  for (const batch of records ?? []) {
    const first = Number(batch.firstOffset)
    if (!isAborted(batch) && (batch.attributes & IS_CONTROL) === 0) {
      for (const { offsetDelta, value } of batch.records) {
        const offset = first + offsetDelta
        // A batch comes whole, even where an offset amid it was asked for.
        if (offset < from) continue
        // The library has null for a value that is absent, though its types do not say so.
        if (value === null || value === undefined) chunk.tombstones++
        else {
          chunk.values.push(value)
          bytes += value.length
        }
        chunk.end = offset + 1
        if (chunk.values.length < CHUNK && bytes < CHUNK_BYTES) continue
        yield chunk
        bytes = 0
        given = chunk.end
        chunk = { values: [], tombstones: 0, end: chunk.end }
      }
    }
    chunk.end = Math.max(chunk.end, first + batch.lastOffsetDelta + 1)
  }
  if (chunk.end > given) yield chunk
}

/** Says of one batch after the other whether it is of a transaction that was aborted. */
function abortedFilter(
  aborted: readonly { producerId: bigint; firstOffset: bigint }[],
): (batch: RecordsBatch) => boolean {
  const waiting = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const open = new Set<bigint>()
  return ({ firstOffset, lastOffsetDelta, attributes, producerId, records }) => {
    const last = firstOffset + BigInt(lastOffsetDelta)
    while (waiting[0] && waiting[0].firstOffset <= last)
      open.add((waiting.shift() as { producerId: bigint }).producerId)
    if ((attributes & IS_CONTROL) !== 0) {
      if (records[0]?.key?.readInt16BE(2) === ABORT) open.delete(producerId)
      return false
    }
    return (attributes & IS_TRANSACTIONAL) !== 0 && open.has(producerId)
  }
}
