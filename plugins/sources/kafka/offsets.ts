import type { Consumer } from '@platformatic/kafka'
import { type Log, type Position, parseTime } from 'mood-exporter/plugin'
import { explainKafka, isKafkaError } from '../../kafka/error.ts'
import { EARLIEST, LATEST, listedOffsets } from './listed-offsets.ts'
import { endOfTenure, type Note, type Owner, readNote, takenOver, writeNote } from './note.ts'
import type { CommittedOffset, NotedConsumer } from './noted-offsets.ts'
import { byTopic, nameOf, partitionOf, type TopicPartition } from './partition.ts'

/** Waits between attempts to commit before partitions are handed over, in milliseconds. */
const RETRY_MS = 250

/** Error codes for a client that is not a member (any more), and for a member during a rebalance. */
const NOT_A_MEMBER = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'] as const
const NOT_NOW = [...NOT_A_MEMBER, 'REBALANCE_IN_PROGRESS'] as const

/** A broker takes offsets without membership only for a group that has no members. */
const HAS_MEMBERS =
  'the group has members that share out its partitions: with `partitions`, use another `group`, or stop them'

/** The member for which offsets are committed; null when reading without membership. */
export type Membership = Pick<Consumer, 'generationId' | 'memberId'> | null

/** A partition of this member. */
interface Owned {
  /** The offset after the last counted record, or its start offset. */
  offset: number
  note: Note
}

export interface OffsetEvents {
  /**
   * Records were counted twice: here, and by the next owner of the partition. With `isSettled`, forget everything
   * about the partition at the same moment, so that they are not found again.
   */
  doubled(name: string, records: number, isSettled: boolean): void
  /** The previous owner had not handed the partition over. */
  takenOver(name: string): void
}

/**
 * Determines where to read from, and tracks what was committed. The exporter's state is authoritative; the group's
 * offsets follow it, for tools that show the lag and for the next owner of a partition.
 *
 * An owner writes its id beside each offset, and first at its start offset, before it counts anything. So an owner
 * that was killed finds out, when it returns, from where on the next owner counted its records again.
 */
export class Offsets {
  readonly #client: NotedConsumer
  readonly #log: Log
  readonly #start: string
  readonly #owner: Owner
  readonly #events: OffsetEvents
  /** By name of partition: the offset in the state, after the last counted record. */
  readonly #counted = new Map<string, number>()
  readonly #owned = new Map<string, Owned>()
  /** Those whose offset is not committed to the group yet. */
  readonly #pending = new Set<string>()
  /**
   * Partitions of other members with counts here: it is not known yet which of those the other members counted too.
   */
  readonly #unsettled: Set<string>
  /** Partitions that were lost while their records were still being counted. */
  readonly #draining = new Map<string, Promise<unknown>>()
  membership: Membership = null
  /** Requests are sent one at a time. */
  #last: Promise<unknown> = Promise.resolve()
  #isScheduled = false

  constructor(
    client: NotedConsumer,
    log: Log,
    start: string,
    positions: ReadonlyMap<string, Position>,
    owner: Owner,
    events: OffsetEvents,
  ) {
    this.#client = client
    this.#log = log
    this.#start = start
    this.#owner = owner
    this.#events = events
    for (const [name, position] of positions)
      if (typeof position === 'number') this.#counted.set(name, position)
    this.#unsettled = new Set(this.#counted.keys())
  }

  /**
   * The start offset of each partition, which is then committed to the group. It is the maximum of the state's and
   * the group's: everything before either is counted, here or by an earlier owner. If neither has one, it is where
   * `start` says. Null while the group does not let this member commit.
   */
  async starts(partitions: readonly TopicPartition[]): Promise<Map<string, number> | null> {
    // For a partition that returns early: its earlier records are counted first.
    await Promise.all(partitions.map(at => this.#draining.get(nameOf(at))))
    return this.#exclusively(async () => {
      const committed = await this.#client.committedOf(byTopic(partitions))
      const starts = new Map<string, number>()
      const unknown: TopicPartition[] = []
      for (const at of partitions) {
        const name = nameOf(at)
        const offset = Math.max(this.#counted.get(name) ?? -1, committed.get(name)?.offset ?? -1)
        if (offset < 0) unknown.push(at)
        else starts.set(name, offset)
      }
      for (const [name, offset] of await this.#firstStarts(unknown)) starts.set(name, offset)
      return (await this.#claim(starts, committed)) ? starts : null
    })
  }

  /** The first available offsets of partitions. */
  earliest(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    return listedOffsets(this.#client, partitions, EARLIEST)
  }

  /** Everything before an offset is counted. Commits that soon. */
  counted(name: string, offset: number): void {
    this.#counted.set(name, offset)
    const owned = this.#owned.get(name)
    // A lost partition belongs to another member: late counts of it are found later.
    if (!owned) return
    owned.offset = offset
    this.#pending.add(name)
    if (this.#isScheduled) return
    this.#isScheduled = true
    // The partitions of one commit of the state come one after the other.
    setImmediate(() => {
      this.#isScheduled = false
      void this.#flush()
    })
  }

  /**
   * Hands partitions over after all their records are counted: commits their offsets, with retries until that
   * succeeds or it is too late. Resolves to whether it succeeded; otherwise, records that the next owner counts too
   * are found later.
   *
   * @param drained resolves once all is counted
   */
  async handOver(names: ReadonlySet<string>, drained: Promise<unknown>, deadline: number): Promise<boolean> {
    const isOver = new Promise<false>(resolve => setTimeout(resolve, deadline - Date.now(), false).unref())
    const isDrained = await Promise.race([drained.then(() => true), isOver])
    const isDone = isDrained && (await this.#release(names, deadline))
    // Others may have read further meanwhile.
    for (const name of names) this.#drop(name)
    for (const name of names) this.#draining.set(name, drained)
    void drained.then(() => {
      for (const name of names) {
        if (this.#draining.get(name) === drained) this.#draining.delete(name)
        if (this.#counted.has(name)) this.#unsettled.add(name)
      }
    })
    return isDone
  }

  /** Commits the rest of all partitions, and marks them as released. */
  async close(): Promise<void> {
    await this.#release(new Set(this.#owned.keys()), 0)
  }

  /** Removes partitions that no longer exist. */
  forget(names: Iterable<string>): void {
    for (const name of names) {
      this.#drop(name)
      this.#counted.delete(name)
      this.#unsettled.delete(name)
    }
  }

  /**
   * Finds records of partitions of other members that were counted both there and here. Resolves to whether all are
   * found: an owner may not have begun yet, or not have reached the offset of this one.
   */
  settle(): Promise<boolean> {
    return this.#exclusively(async () => {
      const open = [...this.#unsettled].filter(name => !this.#owned.has(name))
      if (open.length === 0) return this.#unsettled.size === 0
      const committed = await this.#client.committedOf(byTopic(open.map(partitionOf)))
      for (const name of open) {
        const found = committed.get(name)
        const note = readNote(found?.note ?? null)
        const counted = this.#counted.get(name)
        if (note?.by === this.#owner.id) continue
        const end = note ? endOfTenure(note, this.#owner.id) : undefined
        if (!found || end === undefined || counted === undefined) {
          // It cannot be determined.
          this.#unsettled.delete(name)
          continue
        }
        if (found.offset < counted) continue
        this.#counted.delete(name)
        this.#unsettled.delete(name)
        this.#events.doubled(name, counted - end, true)
      }
      return this.#unsettled.size === 0
    })
  }

  /** Claims partitions for this member: commits its note to the group, at its start offsets. */
  async #claim(
    starts: ReadonlyMap<string, number>,
    committed: ReadonlyMap<string, CommittedOffset>,
  ): Promise<boolean> {
    const { id } = this.#owner
    const doubled: [name: string, records: number][] = []
    const unclean: string[] = []
    const claimed = new Map<string, Owned>()
    for (const [name, offset] of starts) {
      const found = committed.get(name)
      const previous = readNote(found?.note ?? null)
      const counted = this.#counted.get(name)
      claimed.set(name, { offset, note: takenOver(previous, found?.offset ?? offset, this.#owner) })
      if (!found || !previous || previous.by === id) continue
      if (!previous.released) unclean.push(name)
      const end = endOfTenure(previous, id)
      if (counted === undefined || end === undefined) continue
      if (counted > found.offset) doubled.push([name, found.offset - end])
      else {
        this.#counted.delete(name)
        this.#events.doubled(name, counted - end, true)
      }
    }
    try {
      await this.#commit(claimed)
    } catch (error) {
      if (!this.membership && isKafkaError(error, 'UNKNOWN_MEMBER_ID')) throw new Error(HAS_MEMBERS)
      if (isKafkaError(error, ...NOT_NOW)) return false
      throw error
    }
    for (const [name, owned] of claimed) {
      this.#owned.set(name, owned)
      this.#unsettled.delete(name)
    }
    for (const name of unclean) this.#events.takenOver(name)
    // The next owner did not reach the offset of this one, and this one continues from there.
    for (const [name, records] of doubled) this.#events.doubled(name, records, false)
    return true
  }

  /** Commits partitions for the last time. Resolves to whether the group has everything. */
  async #release(names: ReadonlySet<string>, deadline: number): Promise<boolean> {
    for (const name of names) {
      const owned = this.#owned.get(name)
      if (!owned) continue
      owned.note = { ...owned.note, released: true }
      this.#pending.add(name)
    }
    for (;;) {
      const isMember = await this.#flush()
      if (![...names].some(name => this.#pending.has(name))) return true
      if (!isMember || Date.now() + RETRY_MS > deadline) return false
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }

  #drop(name: string): void {
    this.#owned.delete(name)
    this.#pending.delete(name)
  }

  /**
   * Commits pending offsets; after a failure they are committed with the next ones. Resolves to whether this member
   * may commit at all: not after the group removed it.
   */
  #flush(): Promise<boolean> {
    return this.#exclusively(async () => {
      const pending = new Map([...this.#pending].map(name => [name, { ...(this.#owned.get(name) as Owned) }]))
      if (pending.size === 0) return true
      try {
        await this.#commit(pending)
      } catch (error) {
        this.#log.warn('offsets could not be committed to the group', { error: explainKafka(error) })
        return !isKafkaError(error, ...NOT_A_MEMBER)
      }
      for (const [name, { offset, note }] of pending) {
        const owned = this.#owned.get(name)
        if (owned?.offset === offset && owned.note === note) this.#pending.delete(name)
      }
      return true
    })
  }

  async #commit(offsets: ReadonlyMap<string, Owned>): Promise<void> {
    if (offsets.size === 0) return
    // A request names its sender: the member, whose generation changes, or no member.
    this.#client.generationId = this.membership?.generationId ?? -1
    this.#client.memberId = this.membership?.memberId ?? ''
    await this.#client.commitNoted(
      [...offsets].map(([name, { offset, note }]) => ({
        ...partitionOf(name),
        offset,
        note: writeNote(note),
      })),
    )
  }

  #exclusively<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act)
    this.#last = next.catch(() => {})
    return next
  }

  async #firstStarts(partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    if (this.#start === 'earliest') return listedOffsets(this.#client, partitions, EARLIEST)
    const latest = await listedOffsets(this.#client, partitions, LATEST)
    if (this.#start === 'latest') return latest
    const found = await listedOffsets(this.#client, partitions, BigInt(parseTime(this.#start)))
    // If nothing was written since that time, what comes next is read.
    return new Map([...latest].map(([name, end]) => [name, found.get(name) ?? end]))
  }
}
