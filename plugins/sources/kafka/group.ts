import {
  Base,
  type BaseOptions,
  Consumer,
  type GroupAssignment,
  type GroupOptions,
} from '@platformatic/kafka'
import { Backoff, sleep } from 'mood-exporter/plugin'
import { explainKafka } from '../../shared/kafka-error.ts'
import { assign } from './assignor.ts'
import type { Health } from './health.ts'
import { nameOf, type TopicPartition } from './partition.ts'

/** How often a member says that it is there, in milliseconds, unless the session timeout is shorter than usual. */
const HEARTBEAT_MS = 3000

export interface GroupSettings {
  group: string
  instanceId: string | undefined
  rack: string | undefined
  sessionTimeoutMs: number
}

export interface GroupEvents {
  /** These are this member's now, beside those that it has. */
  assigned(partitions: TopicPartition[]): void
  /** These go to others: resolves once that may happen. */
  revoked(names: Set<string>): Promise<void>
  /** The group shared its partitions out once more. */
  rebalanced(): void
}

/**
 * Membership of a consumer group, by the cooperative protocol: members keep reading what stays theirs while partitions
 * move, and give up what goes to others before it does.
 *
 * The library asks for what it sends along with each request to join. That is the moment to wait for what has to be
 * counted and committed of partitions that were taken away, as the group continues with that request.
 */
export class Group {
  readonly member: Consumer
  readonly #settings: GroupSettings
  readonly #events: GroupEvents
  readonly #health: Health
  readonly #options: GroupOptions
  readonly #closing = new AbortController()
  /** What this member has: names of partitions. */
  #own = new Set<string>()
  #rejoining = false
  /** When the heartbeat at hand was sent, and the last one that was answered: Unix milliseconds. */
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
    // After a rejoin that failed it sends no more heartbeats.
    this.member.on('error', error => void this.#rejoin(error))
  }

  /**
   * Whether the group cannot have given its partitions to others yet. After a pause of the process, as of a machine that was
   * suspended, that is known only from the next answer to a heartbeat.
   */
  get isAlive(): boolean {
    return Date.now() - this.#aliveAt < this.#settings.sessionTimeoutMs
  }

  /** Joins, or joins again with other topics. Resolves once it is a member. */
  async join(topics: readonly string[]): Promise<void> {
    const { member } = this
    for (const topic of [...member.topics.keys()]) if (!topics.includes(topic)) member.topics.untrack(topic)
    for (const topic of topics) if (!member.topics.has(topic)) member.topics.track(topic)
    await member.joinGroup(this.#options)
  }

  /** Keeps the partitions until `close`: what was read of them is still being counted. */
  stop(): void {
    this.#isStopping = true
  }

  /**
   * Leaves the group, so that others get its partitions at once. A static member does not: it may come back to them
   * within the session timeout.
   */
  async close(): Promise<void> {
    this.stop()
    this.#closing.abort()
    const { member } = this
    try {
      if (this.#settings.instanceId === undefined) await member.leaveGroup(true)
    } finally {
      // The library's own would leave the group.
      await Base.prototype.close.call(member)
    }
  }

  async #beforeJoin(): Promise<Buffer> {
    // A member that stops gives its partitions up by leaving, once all that it has read is committed.
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
    if (added.length > 0) this.#events.assigned(added)
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
