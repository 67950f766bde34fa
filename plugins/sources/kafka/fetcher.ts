import { FetchIsolationLevels } from '@platformatic/kafka'
import { Backoff, type Emitter, type Log, orAborted, sleep } from 'mood-exporter/plugin'
import { explainKafka } from '../../kafka/error.ts'
import type { Health } from './health.ts'
import type { Offsets } from './offsets.ts'
import { nameOf, type TopicPartition } from './partition.ts'
import { memory, type RawConsumer, type RawPartition, type RawResponse } from './raw-fetch.ts'
import { chunksOf, endOf } from './records.ts'

/** A broker answers once it has this many bytes, or after `fetch_wait`: a few records do not justify a request. */
const MIN_BYTES = 64 * 1024

/** How often the lag is reported, in milliseconds. */
const LAG_MS = 500

/** How long a replica is used before the leader is asked again which one is best, in milliseconds. */
const REPLICA_MS = 300_000

/** How long a broker with nothing to read is not asked, in milliseconds. */
const IDLE_MS = 50

/** How soon to retry partitions that the group does not currently assign to this member, in milliseconds. */
const AGAIN_MS = 200

/** How often to check whether the group still has this member, if that is in doubt; milliseconds. */
const ALIVE_MS = 50

/** Error codes of the Kafka protocol for one partition. */
const OFFSET_OUT_OF_RANGE = 1

/** An assigned partition. */
interface Reader extends TopicPartition {
  name: string
  /** The offset to fetch next; undefined until it is known. */
  next: number | undefined
  /** The offset after the last record that was emitted. */
  emitted: number
  /** The offset at which the partition ends, as far as is known. */
  end: number
  /** It is no longer assigned: fetched records that were not emitted are ignored. */
  isRevoked: boolean
  /** The running emit. */
  emitting: Promise<unknown>
  /**
   * The broker that was asked for it, and the number of its requests that are not answered and emitted. Until all
   * are, no other broker is asked: answers of two brokers could be emitted in the wrong order.
   */
  askedOf: number
  asks: number
  /** The replica that the leader assigned for reading it, and until when. */
  replica: { node: number; until: number } | null
}

/** A broker's answer, and the partitions that it was asked for. */
interface Answer {
  asked: readonly Reader[]
  fetched: { reader: Reader; partition: RawPartition }[]
}

/** A request was answered and emitted, or will not be. */
function release(readers: readonly Reader[]): void {
  for (const reader of readers) reader.asks--
}

/** Returns the memory of an emitted answer. Under low traffic none is kept. */
function reuse({ fetched }: Answer): void {
  const bytes = fetched.reduce((sum, { partition }) => sum + partition.records.length, 0)
  if (bytes < MIN_BYTES) memory.clear()
  else for (const { partition } of fetched) memory.giveBack(partition.memory)
}

export interface FetchSettings {
  fetch_bytes: number
  partition_bytes: number
  fetch_wait: number
  envelope: 'time' | 'full'
}

export interface FetcherParts {
  client: RawConsumer
  offsets: Offsets
  emitter: Emitter
  health: Health
  log: Log
  /** Whether other members cannot have the partitions yet. */
  isAlive(): boolean
  /** Counts records without a value. */
  tombstones(records: number): void
  /** Counts records that were deleted before they were read. */
  missed(records: number): void
}

/**
 * Fetches from the assigned partitions, and emits the records. Each broker is asked for the partitions that it leads,
 * one request at a time. The next request is sent while an answer is being emitted, but none while the emitter has no
 * room: that is the back-pressure.
 */
export class Fetcher {
  readonly #settings: FetchSettings
  readonly #parts: FetcherParts
  readonly #readers = new Map<string, Reader>()
  /** The request loop of each broker, by its number. */
  readonly #loops = new Map<number, Promise<void>>()
  #changed = Promise.withResolvers<void>()
  #lagAt = 0
  /** Whether it is known which partitions to read, if any. */
  #isAssigned = false

  constructor(settings: FetchSettings, parts: FetcherParts) {
    this.#settings = settings
    this.#parts = parts
  }

  get assigned(): ReadonlySet<string> {
    return new Set(this.#readers.keys())
  }

  /** Adds partitions, or none: then it is known that there is nothing to read yet. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#isAssigned = true
    for (const { topic, partition } of partitions) {
      const name = nameOf({ topic, partition })
      this.#readers.set(name, {
        topic,
        partition,
        name,
        next: undefined,
        emitted: 0,
        end: 0,
        isRevoked: false,
        emitting: Promise.resolve(),
        askedOf: -1,
        asks: 0,
        replica: null,
      })
    }
    this.#wake()
  }

  /** Stops reading partitions. Resolves once nothing more of them will be emitted. */
  async revoke(names: Iterable<string>): Promise<void> {
    const emitting: Promise<unknown>[] = []
    for (const name of names) {
      const reader = this.#readers.get(name)
      if (!reader) continue
      reader.isRevoked = true
      this.#readers.delete(name)
      emitting.push(reader.emitting)
    }
    this.#wake()
    await Promise.all(emitting)
  }

  /** Reads until the signal is aborted. Failures are retried with a back-off. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, health } = this.#parts
    const backoff = new Backoff({ initial: 500, max: 15_000 })
    const stop = () => this.#wake()
    signal.addEventListener('abort', stop, { once: true })
    while (!signal.aborted) {
      const changed = this.#changed.promise
      try {
        const isBegun = await this.#begin()
        for (const node of await this.#nodes())
          if (!this.#loops.has(node)) this.#loops.set(node, this.#loop(node, signal))
        if (this.#readers.size === 0 && this.#isAssigned) {
          health.fine('brokers')
          // No further answer would change what was reported of partitions that are no longer read.
          if (this.#lagAt > 0) this.#parts.emitter.lag(0)
        }
        // A loop without an error ended because its broker has nothing left to read.
        await Promise.race([changed, ...this.#loops.values(), ...(isBegun ? [] : [sleep(AGAIN_MS, signal)])])
        backoff.up()
      } catch (error) {
        if (signal.aborted) break
        health.failed('brokers', explainKafka(error))
        client.clearMetadata()
        await sleep(backoff.next(), signal)
      }
    }
    await Promise.allSettled(this.#loops.values())
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  /** Determines the offsets of new partitions. Resolves to whether all are known. */
  async #begin(): Promise<boolean> {
    const { offsets, emitter } = this.#parts
    const begun = [...this.#readers.values()].filter(({ next }) => next === undefined)
    if (begun.length === 0) return true
    const starts = await offsets.starts(begun)
    if (!starts) return false
    for (const reader of begun) {
      const start = starts.get(reader.name)
      if (reader.isRevoked) continue
      if (start === undefined) throw new Error(`the brokers name no offset of ${reader.name}`)
      this.#move(reader, start)
      // Otherwise a restart before the first record would determine the end again, and find another one.
      await emitter.write([], { partition: reader.name, position: start })
    }
    return true
  }

  #move(reader: Reader, offset: number): void {
    reader.next = offset
    reader.emitted = offset
  }

  /** The brokers to ask. */
  async #nodes(): Promise<Set<number>> {
    const readers = [...this.#readers.values()]
    if (readers.length === 0) return new Set()
    const topics = [...new Set(readers.map(({ topic }) => topic))]
    const metadata = await this.#parts.client.metadata({ topics })
    return new Set(readers.flatMap(reader => this.#nodeOf(reader, metadata) ?? []))
  }

  #nodeOf(reader: Reader, metadata: Awaited<ReturnType<RawConsumer['metadata']>>): number | undefined {
    const { replica } = reader
    if (replica && replica.until > Date.now() && metadata.brokers.has(replica.node)) return replica.node
    reader.replica = null
    return metadata.topics.get(reader.topic)?.partitions[reader.partition]?.leader
  }

  async #loop(node: number, signal: AbortSignal): Promise<void> {
    let answer: Answer | null = null
    let request = this.#request(node, signal)
    try {
      for (;;) {
        answer = await request
        if (signal.aborted) return
        if (!answer) return await sleep(IDLE_MS, signal)
        this.#parts.health.fine('brokers')
        const taken = answer.fetched.map(({ reader, partition }) => this.#take(reader, partition))
        request = this.#request(node, signal)
        // It is awaited only after this answer is emitted.
        request.catch(() => {})
        for (const emit of taken) await emit(signal)
        release(answer.asked)
        // If it is aborted, the emitter may still wait for room with some of it.
        if (!signal.aborted) reuse(answer)
        answer = null
        this.#reportLag()
      }
    } catch (error) {
      if (answer) {
        // Records that were fetched but not emitted are fetched again, and later requests are ignored.
        for (const reader of answer.asked) if (reader.next !== undefined) reader.next = reader.emitted
        release(answer.asked)
        request.then(
          next => release(next?.asked ?? []),
          () => {},
        )
      }
      throw error
    } finally {
      this.#loops.delete(node)
    }
  }

  /** Sends a request to a broker. Null if it leads no assigned partition. */
  async #request(node: number, signal: AbortSignal): Promise<Answer | null> {
    const { client } = this.#parts
    const { fetch_bytes, partition_bytes, fetch_wait } = this.#settings
    const active = [...this.#readers.values()]
    if (active.length === 0 || signal.aborted) return null
    const metadata = await client.metadata({ topics: [...new Set(active.map(({ topic }) => topic))] })
    const asked = new Map<string, Map<number, Reader>>()
    for (const reader of active) {
      const id = metadata.topics.get(reader.topic)?.id
      if (id === undefined || reader.next === undefined || reader.isRevoked) continue
      if (this.#nodeOf(reader, metadata) !== node) continue
      if (reader.asks > 0 && reader.askedOf !== node) continue
      reader.askedOf = node
      reader.asks++
      asked.set(id, (asked.get(id) ?? new Map()).set(reader.partition, reader))
    }
    if (asked.size === 0) return null
    const readers = [...asked.values()].flatMap(each => [...each.values()])
    const response = await client
      .fetchRaw({
        node,
        topics: [...asked].map(([topicId, readers]) => ({
          topicId,
          partitions: [...readers.values()].map(({ partition, next }) => ({
            partition,
            currentLeaderEpoch: -1,
            fetchOffset: BigInt(next as number),
            lastFetchedEpoch: -1,
            partitionMaxBytes: partition_bytes,
          })),
        })),
        minBytes: MIN_BYTES,
        maxBytes: fetch_bytes,
        maxWaitTime: fetch_wait,
        isolationLevel: FetchIsolationLevels.READ_COMMITTED,
      })
      .catch(error => this.#outOfRange(error, asked))
      .catch(error => {
        release(readers)
        throw error
      })
    const fetched = response.responses.flatMap(({ topicId, partitions }) =>
      partitions.flatMap(partition => {
        const reader = asked.get(topicId)?.get(partition.partitionIndex)
        return reader ? [{ reader, partition }] : []
      }),
    )
    return { asked: readers, fetched }
  }

  /**
   * Moves partitions with an offset that does not exist (any more) to the first offset.
   *
   * @throws any other error
   */
  async #outOfRange(error: unknown, asked: Map<string, Map<number, Reader>>): Promise<RawResponse> {
    const { offsets, log, missed } = this.#parts
    const response = (error as { response?: RawResponse }).response
    const outOfRange = (response?.responses ?? []).flatMap(({ topicId, partitions }) =>
      partitions.flatMap(({ errorCode, partitionIndex }) =>
        errorCode === OFFSET_OUT_OF_RANGE ? (asked.get(topicId)?.get(partitionIndex) ?? []) : [],
      ),
    )
    if (outOfRange.length === 0) throw error
    const earliest = await offsets.earliest(outOfRange)
    for (const reader of outOfRange) {
      const first = earliest.get(reader.name)
      if (first === undefined || reader.next === undefined) continue
      const gone = Math.max(0, first - reader.next)
      const why =
        gone > 0
          ? 'records were deleted before they were read'
          : 'the partition ends before what was read of it: it is read from its start, as after the topic was made again'
      log.warn(why, { topic: reader.topic, partition: reader.partition, from: reader.next, to: first })
      missed(gone)
      this.#move(reader, first)
    }
    return { responses: [] }
  }

  /** Records the result for a partition. Returns a function that emits it. */
  #take(reader: Reader, partition: RawPartition): (signal: AbortSignal) => Promise<void> {
    const { emitter, tombstones, isAlive } = this.#parts
    if (partition.preferredReadReplica >= 0)
      reader.replica = { node: partition.preferredReadReplica, until: Date.now() + REPLICA_MS }
    reader.end = Number(partition.highWatermark)
    const from = reader.next ?? 0
    reader.next = endOf(partition.records, from)
    const isFull = this.#settings.envelope === 'full'
    const emit = async (signal: AbortSignal) => {
      for (const chunk of chunksOf(partition.records, partition.aborted, from, isFull)) {
        while (!isAlive() && !reader.isRevoked && !signal.aborted) await sleep(ALIVE_MS, signal)
        if (reader.isRevoked || signal.aborted) return
        if (chunk.tombstones > 0) tombstones(chunk.tombstones)
        const { end } = chunk
        const partition = reader.name
        const written =
          chunk.records > 0
            ? emitter.writeBlock(chunk, { partition, position: record => chunk.position(record) })
            : emitter.write([], { partition, position: end })
        await orAborted(written, signal)
        reader.emitted = end
      }
    }
    return signal => {
      const emitting = emit(signal)
      reader.emitting = emitting.catch(() => {})
      return emitting
    }
  }

  #reportLag(): void {
    const now = Date.now()
    if (now - this.#lagAt < LAG_MS) return
    this.#lagAt = now
    let lag = 0
    for (const { end, emitted } of this.#readers.values()) lag += Math.max(0, end - emitted)
    this.#parts.emitter.lag(lag)
  }
}
