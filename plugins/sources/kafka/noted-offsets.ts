import { type API, type Callback, Consumer, kGetApi } from '@platformatic/kafka'
import { nameOf, type TopicPartition } from './partition.ts'

/** An offset to commit, with its metadata. */
export interface NotedOffset extends TopicPartition {
  offset: number
  note: string
}

/** A committed offset of a group. */
export interface CommittedOffset {
  offset: number
  note: string | null
}

interface CommittedTopic {
  name: string
  partitions: { partitionIndex: number; committedOffset: bigint; metadata: string | null }[]
}

/** Up to version 7 there is one group in an answer. */
interface OffsetFetchResponse {
  groups?: { topics: CommittedTopic[] }[]
  topics?: CommittedTopic[]
}

interface CommitTopic {
  name: string
  partitions: { partitionIndex: number; committedMetadata: string | null }[]
}

/** A request of the library, whose arguments depend on its version. */
type AnyApi = API<unknown[], unknown>

/** A consumer that writes and reads offsets with their metadata, which the library ignores. */
export class NotedConsumer extends Consumer {
  /** The metadata of the current commit, by name of partition. */
  #writing: ReadonlyMap<string, string> = new Map()
  /** From the last answers, by name of partition. */
  readonly #read = new Map<string, CommittedOffset>()

  /** Commits offsets. Calls must not overlap. */
  async commitNoted(offsets: readonly NotedOffset[]): Promise<void> {
    this.#writing = new Map(offsets.map(offset => [nameOf(offset), offset.note]))
    await this.commit({
      offsets: offsets.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: -1,
      })),
    })
  }

  /**
   * By name: the committed offsets of those partitions; none for a partition unknown to the group. Calls must not
   * overlap.
   */
  async committedOf(topics: ReadonlyMap<string, number[]>): Promise<Map<string, CommittedOffset>> {
    this.#read.clear()
    await this.listCommittedOffsets({
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    })
    return new Map([...this.#read].filter(([, { offset }]) => offset >= 0))
  }

  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      if (error || !api) return callback(error, api)
      const wrapped =
        name === 'OffsetCommit'
          ? this.#noting(api as unknown as AnyApi)
          : name === 'OffsetFetch'
            ? this.#reading(api as unknown as AnyApi)
            : api
      callback(null, wrapped as unknown as API<Arguments, Response>)
    })
  }

  /** Adds metadata to the request. Its last arguments are the topics and the callback, in every version. */
  #noting(api: AnyApi): AnyApi {
    const commit = (...args: unknown[]) => {
      const topics = args.at(-2) as CommitTopic[]
      for (const { name, partitions } of topics)
        for (const partition of partitions)
          partition.committedMetadata =
            this.#writing.get(nameOf({ topic: name, partition: partition.partitionIndex })) ?? null
      ;(api as unknown as (...args: unknown[]) => void)(...args)
    }
    return Object.assign(commit, api) as unknown as AnyApi
  }

  /** Reads the answer before the library does. */
  #reading(api: AnyApi): AnyApi {
    const fetch = (...args: unknown[]) => {
      const callback = args.pop() as Callback<OffsetFetchResponse>
      ;(api as unknown as (...args: unknown[]) => void)(
        ...args,
        (error: Error | null, response: OffsetFetchResponse) => {
          if (!error) this.#note(response)
          callback(error, response)
        },
      )
    }
    return Object.assign(fetch, api) as unknown as AnyApi
  }

  #note({ groups, topics = [] }: OffsetFetchResponse): void {
    for (const { name, partitions } of groups?.flatMap(group => group.topics) ?? topics)
      for (const { partitionIndex, committedOffset, metadata } of partitions)
        this.#read.set(nameOf({ topic: name, partition: partitionIndex }), {
          offset: Number(committedOffset),
          note: metadata,
        })
  }
}
