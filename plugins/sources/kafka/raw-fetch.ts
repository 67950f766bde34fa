import {
  type API,
  type Callback,
  createAPI,
  fetchV12,
  fetchV13,
  fetchV14,
  fetchV15,
  fetchV16,
  fetchV17,
  kGetApi,
  type Reader,
  ResponseError,
} from '@platformatic/kafka'
import { Memory } from './memory.ts'
import { NotedConsumer } from './noted-offsets.ts'

/** An aborted transaction: its records from that offset on are left out. */
export interface AbortedTransaction {
  producerId: bigint
  firstOffset: bigint
}

/** The part of an answer for one partition, with its records as raw bytes. */
export interface RawPartition {
  partitionIndex: number
  errorCode: number
  highWatermark: bigint
  preferredReadReplica: number
  aborted: AbortedTransaction[]
  records: Buffer
  /** The memory of the records, to be returned to {@link memory} when they are no longer needed. */
  memory: Buffer
}

/** The memory of answers until they are emitted. */
export const memory = new Memory()

/** An answer to a fetch. */
export interface RawResponse {
  responses: { topicId: string; partitions: RawPartition[] }[]
}

/** The API key of the request. */
const FETCH = 1

/** The first version of the protocol that identifies topics by id. */
const TOPIC_IDS = 13

/**
 * Parses an answer of versions 12 to 17, which Kafka supports since 2.7, except the records.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_Fetch
 */
function parse(_correlationId: number, apiKey: number, apiVersion: number, reader: Reader) {
  const errors: Record<string, [number, null]> = {}
  const throttleTimeMs = reader.readInt32()
  const errorCode = reader.readInt16()
  if (errorCode !== 0) errors[''] = [errorCode, null]
  const sessionId = reader.readInt32()
  const responses = reader.readArray((r, i) => ({
    topicId: apiVersion >= TOPIC_IDS ? r.readUUID() : r.readString(),
    partitions: r.readArray(
      (r, j) => {
        const partition = partitionOf(r)
        if (partition.errorCode !== 0) errors[`/responses/${i}/partitions/${j}`] = [partition.errorCode, null]
        return partition
      },
      true,
      false,
    ),
  }))
  const response = { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints: [] }
  if (Object.keys(errors).length > 0) throw new ResponseError(apiKey, apiVersion, errors, response)
  return response
}

function partitionOf(reader: Reader): RawPartition & { abortedTransactions: null } {
  const partitionIndex = reader.readInt32()
  const errorCode = reader.readInt16()
  const highWatermark = reader.readInt64()
  reader.readInt64() // The last stable offset.
  reader.readInt64() // The offset at which the log starts.
  const aborted = reader.readNullableArray(r => ({ producerId: r.readInt64(), firstOffset: r.readInt64() }))
  const preferredReadReplica = reader.readInt32()
  // One more than the number of bytes; 0 for none.
  const size = Math.max(0, reader.readUnsignedVarInt() - 1)
  const records = copyOf(reader, size)
  reader.skip(size)
  reader.readTaggedFields()
  // The library's own filter of aborted transactions needs decoded records.
  const abortedTransactions = null
  return {
    partitionIndex,
    errorCode,
    highWatermark,
    preferredReadReplica,
    aborted: aborted ?? [],
    abortedTransactions,
    ...records,
  }
}

/** The next bytes as one piece; they arrived in many. */
function copyOf(
  { buffer: { buffers }, position }: Reader,
  size: number,
): Pick<RawPartition, 'records' | 'memory'> {
  const own = memory.take(size)
  let skip = position
  let copied = 0
  for (const piece of buffers) {
    if (copied === size) break
    if (skip < piece.length)
      copied += piece.copy(own, copied, skip, Math.min(piece.length, skip + size - copied))
    skip = Math.max(0, skip - piece.length)
  }
  return { records: own.subarray(0, size), memory: own }
}

const RAW = new Map<number, unknown>(
  Object.entries({ 12: fetchV12, 13: fetchV13, 14: fetchV14, 15: fetchV15, 16: fetchV16, 17: fetchV17 }).map(
    ([version, { createRequest }]) => [
      Number(version),
      createAPI(FETCH, Number(version), createRequest as never, parse as never),
    ],
  ),
)

/** A consumer whose `fetch` leaves records as bytes: the library would create several objects for each. */
export class RawConsumer extends NotedConsumer {
  /** Fetches. The library treats the bytes as decoded records. */
  async fetchRaw(options: Parameters<NotedConsumer['fetch']>[0]): Promise<RawResponse> {
    return (await this.fetch(options)) as unknown as RawResponse
  }

  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      if (error || !api || name !== 'Fetch') return callback(error, api)
      const raw = RAW.get(api.version) as API<Arguments, Response> | undefined
      if (raw) callback(null, raw)
      else
        callback(
          new Error(`the brokers are older than Kafka 2.7: they offer version ${api.version} of Fetch`),
        )
    })
  }
}
