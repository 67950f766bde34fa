import type { Consumer } from '@platformatic/kafka'
import { type Log, type Position, parseTime } from 'mood-exporter/plugin'
import { explainKafka, isKafkaError } from '../../shared/kafka-error.ts'
import { byTopic, nameOf, partitionOf, type TopicPartition } from './partition.ts'

/** What brokers take for the first and for the last offset, where a time is asked for. */
const EARLIEST = -2n
const LATEST = -1n

/** Waits between attempts to commit before partitions are handed over, in milliseconds. */
const RETRY_MS = 250

/** A member of the group, as offsets are committed for it; null for one that reads without being a member. */
export type Membership = Pick<Consumer, 'generationId' | 'memberId'> | null

/**
 * Where to read from, and how far what was read is committed. The truth is the exporter's state; the group's offsets
 * follow it, for tools that show the lag and for the next owner of a partition.
 */
export class Offsets {
  readonly #client: Consumer
  readonly #log: Log
  readonly #start: string
  /** By name of partition: the offset that the state has, after the last record that is counted. */
  readonly #counted = new Map<string, number>()
  /** Of these, the ones that the group does not have yet. */
  readonly #pending = new Map<string, number>()
  /** The offsets that the group has, as far as is known here. */
  readonly #committed = new Map<string, number>()
  membership: Membership = null
  #flushing: Promise<boolean> = Promise.resolve(true)
  #isScheduled = false

  constructor(client: Consumer, log: Log, start: string, positions: ReadonlyMap<string, Position>) {
    this.#client = client
    this.#log = log
    this.#start = start
    for (const [name, position] of positions)
      if (typeof position === 'number') this.#counted.set(name, position)
  }

  /**
   * The offset that each partition is read from. It is the furthest of what the state and the group have: all before
   * either is counted, here or by a member that had the partition before. Where neither has one, it is where `start` says.
   */
  async starts(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    if (partitions.length === 0) return new Map()
    const topics = [...byTopic(partitions)].map(([topic, numbers]) => ({ topic, partitions: numbers }))
    const committed = await this.#client.listCommittedOffsets({ topics })
    const starts = new Map<string, number>()
    const unknown: TopicPartition[] = []
    for (const at of partitions) {
      const name = nameOf(at)
      const ofGroup = Number(committed.get(at.topic)?.[at.partition] ?? -1n)
      if (ofGroup >= 0) this.#committed.set(name, ofGroup)
      const offset = Math.max(this.#counted.get(name) ?? -1, ofGroup)
      if (offset < 0) unknown.push(at)
      else starts.set(name, offset)
    }
    for (const [name, offset] of await this.#firstStarts(unknown)) starts.set(name, offset)
    return starts
  }

  /** The first offsets that partitions still have. */
  earliest(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    return this.#list(partitions, EARLIEST)
  }

  /** Notes that all before an offset is counted, and commits that soon. */
  counted(name: string, offset: number): void {
    this.#counted.set(name, offset)
    this.#pending.set(name, offset)
    if (this.#isScheduled) return
    this.#isScheduled = true
    // The partitions of one commit of the state come one after the other.
    setImmediate(() => {
      this.#isScheduled = false
      void this.flush()
    })
  }

  /**
   * Commits what is pending; what the brokers do not take now is tried again with what comes next. Resolves to whether
   * this member may commit at all: not once the group has given it up.
   */
  flush(): Promise<boolean> {
    this.#flushing = this.#flushing.then(async () => {
      const pending = [...this.#pending]
      if (pending.length === 0) return true
      try {
        await this.#commit(pending)
        return true
      } catch (error) {
        this.#log.warn('offsets could not be committed to the group', { error: explainKafka(error) })
        return !isKafkaError(error, 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID')
      }
    })
    return this.#flushing
  }

  /**
   * Hands partitions over: commits what is pending of them, again and again until that is done or it is too late. Resolves to
   * how many records are counted here that the group does not know of, so that the next owner counts them again.
   */
  async handOver(names: ReadonlySet<string>, deadline: number): Promise<number> {
    const isPending = () => [...names].some(name => this.#pending.has(name))
    while (isPending()) {
      const isMember = await this.flush()
      if (!isPending() || !isMember || Date.now() + RETRY_MS > deadline) break
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
    let doubled = 0
    for (const name of names) {
      const offset = this.#pending.get(name)
      if (offset !== undefined) doubled += Math.max(0, offset - (this.#committed.get(name) ?? offset))
      // Others may be further by now.
      this.#pending.delete(name)
    }
    return doubled
  }

  async #commit(pending: readonly [string, number][]): Promise<void> {
    // A request names its sender: the member, whose generation changes, or no member.
    this.#client.generationId = this.membership?.generationId ?? -1
    this.#client.memberId = this.membership?.memberId ?? ''
    await this.#client.commit({
      offsets: pending.map(([name, offset]) => ({
        ...partitionOf(name),
        offset: BigInt(offset),
        leaderEpoch: -1,
      })),
    })
    for (const [name, offset] of pending) {
      this.#committed.set(name, offset)
      if (this.#pending.get(name) === offset) this.#pending.delete(name)
    }
  }

  async #firstStarts(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    if (this.#start === 'earliest') return this.#list(partitions, EARLIEST)
    const latest = await this.#list(partitions, LATEST)
    if (this.#start === 'latest') return latest
    const found = await this.#list(partitions, BigInt(parseTime(this.#start)))
    // Where nothing was written since that time, what comes next is read.
    return new Map([...latest].map(([name, end]) => [name, found.get(name) ?? end]))
  }

  /** By name: offsets of the first records written at a time or later. None for a partition that has no such record. */
  async #list(partitions: readonly TopicPartition[], timestamp: bigint): Promise<Map<string, number>> {
    if (partitions.length === 0) return new Map()
    const topics = byTopic(partitions)
    const offsets = await this.#client.listOffsets({
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
}
