import {
  Base,
  type BaseOptions,
  Consumer,
  type GroupAssignment,
  type GroupOptions,
} from '@platformatic/kafka'
import { Backoff, sleep } from 'mood-exporter/plugin'
import { explainKafka } from '../../kafka/error.ts'
import { assign } from './assignor.ts'
import type { Health } from './health.ts'
import { nameOf, type TopicPartition } from './partition.ts'

/** The interval of heartbeats, in milliseconds, unless the session timeout is shorter than usual. */
const HEARTBEAT_MS = 3000

export interface GroupSettings {
  group: string
  instanceId: string | undefined
  rack: string | undefined
  sessionTimeoutMs: number
}

export interface GroupEvents {
  /** These partitions, or none, are now this member's, beside its others. */
  assigned(partitions: TopicPartition[]): void
  /** These partitions go to other members: resolves when they may. */
  revoked(names: Set<string>): Promise<void>
  /** The group was rebalanced. */
  rebalanced(): void
}

/**
 * Membership in a consumer group, by the cooperative protocol: during a rebalance members keep reading the partitions
 * that they keep, and give up others before the new owner reads them.
 *
 * The library calls a function for the data that it sends with each request to join. There the source waits until
 * revoked partitions are counted and committed, as the group continues with that request.
 */
export class Group {
  readonly member: Consumer
  readonly #settings: GroupSettings
  readonly #events: GroupEvents
  readonly #health: Health
  readonly #options: GroupOptions
  readonly #closing = new AbortController()
  /** The names of this member's partitions. */
  #own = new Set<string>()
  #rejoining = false
  /** When the current heartbeat was sent, and the last answered one: Unix milliseconds. */
  #beatAt = 0
  #aliveAt = 0
  #isStopping = false

  constructor(options: BaseOptions, settings: GroupSettings, events: GroupEvents, health: Health) {
    const { group, instanceId, rack, sessionTimeoutMs } = settings
    this.#settings = settings
    this.#events = events
    this.#health = health
    this.#options = {
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, Math.floor(sessionTimeoutMs / 3)),
      protocols: [{ name: 'cooperative-sticky', version: 3 }],
      protocolsMetadata: () => this.#beforeJoin(),
      partitionAssigner: assign,
    }
    this.member = new Consumer({
      ...options,
      groupId: group,
      ...(instanceId === undefined ? {} : { groupInstanceId: instanceId }),
      ...(rack === undefined ? {} : { clientRack: rack }),
      retries: 3,
      retryDelay: 300,
    })
    this.member.on('consumer:heartbeat:start', () => {
      this.#beatAt = Date.now()
    })
    this.member.on('consumer:heartbeat:end', () => {
      this.#aliveAt = this.#beatAt
    })
    this.member.on('consumer:group:join', ({ assignments }) => this.#joined(assignments ?? []))
    // After a failed rejoin it sends no more heartbeats.
    this.member.on('error', error => void this.#rejoin(error))
  }

  /**
   * Whether the group cannot have reassigned its partitions yet. After a pause of the process, such as a suspended
   * machine, that is known only from the next answer to a heartbeat.
   */
  get isAlive(): boolean {
    return Date.now() - this.#aliveAt < this.#settings.sessionTimeoutMs
  }

  /** Joins, or joins again with other topics. Resolves when it is a member. */
  async join(topics: readonly string[]): Promise<void> {
    const { member } = this
    for (const topic of [...member.topics.keys()]) if (!topics.includes(topic)) member.topics.untrack(topic)
    for (const topic of topics) if (!member.topics.has(topic)) member.topics.track(topic)
    await member.joinGroup(this.#options)
  }

  /** Keeps the partitions until `close`: their records are still being counted. */
  stop(): void {
    this.#isStopping = true
  }

  /**
   * Leaves the group, so that others get its partitions immediately. A static member does not leave: it may return to
   * them within the session timeout.
   */
  async close(): Promise<void> {
    this.stop()
    this.#closing.abort()
    const { member } = this
    try {
      if (this.#settings.instanceId === undefined) await member.leaveGroup(true)
    } finally {
      // The library's own method would leave the group.
      await Base.prototype.close.call(member)
    }
  }

  async #beforeJoin(): Promise<Buffer> {
    // A stopping member gives up its partitions by leaving, after everything it read is committed.
    if (this.#isStopping) return new Promise(() => {})
    const kept = namesOf(this.member.assignments ?? [])
    const revoked = new Set([...this.#own].filter(name => !kept.has(name)))
    if (revoked.size > 0) {
      this.#own = new Set([...this.#own].filter(name => kept.has(name)))
      await this.#events.revoked(revoked)
    }
    return Buffer.alloc(0)
  }

  #joined(assignments: readonly GroupAssignment[]): void {
    const added = assignments.flatMap(({ topic, partitions }) =>
      partitions
        .map(partition => ({ topic, partition }))
        .filter(partition => !this.#own.has(nameOf(partition))),
    )
    this.#own = namesOf(assignments)
    this.#aliveAt = Date.now()
    this.#events.rebalanced()
    this.#events.assigned(added)
    this.#health.fine('group')
  }

  async #rejoin(error: unknown): Promise<void> {
    if (this.#closing.signal.aborted || this.#rejoining) return
    this.#rejoining = true
    const backoff = new Backoff({ initial: 500, max: 15_000 })
    let cause = error
    while (!this.#closing.signal.aborted) {
      this.#health.failed('group', explainKafka(cause))
      await sleep(backoff.next(), this.#closing.signal)
      try {
        await this.member.joinGroup(this.#options)
        break
      } catch (error) {
        cause = error
      }
    }
    this.#rejoining = false
  }
}

const namesOf = (assignments: readonly GroupAssignment[]) =>
  new Set(
    assignments.flatMap(({ topic, partitions }) => partitions.map(partition => nameOf({ topic, partition }))),
  )
