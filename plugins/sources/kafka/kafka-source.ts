import { hostname } from 'node:os'
import type { BaseOptions } from '@platformatic/kafka'
import {
  Backoff,
  type Emitter,
  PluginError,
  type Position,
  type Source,
  type SourceContext,
  sleep,
} from 'mood-exporter/plugin'
import { explainKafka } from '../../kafka/error.ts'
import { Fetcher } from './fetcher.ts'
import { Group } from './group.ts'
import { Health } from './health.ts'
import type { metrics } from './metrics.ts'
import { Offsets } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { isInShare, nameOf, ordinalOf, type TopicPartition } from './partition.ts'
import { RawConsumer } from './raw-fetch.ts'
import { Topics } from './topics.ts'

/**
 * How long handing over partitions may take, as a part of the session timeout, after which the group removes the
 * member.
 */
const HANDOVER_PART = 0.5

/** How often to look for records lost to other members, in milliseconds; less often if that takes long. */
const SETTLE_MS = 1000

export class KafkaSource implements Source {
  readonly #options: KafkaOptions
  readonly #context: SourceContext<typeof metrics>
  readonly #base: BaseOptions
  /** For everything except membership, so that a waiting fetch delays no heartbeat. */
  readonly #client: RawConsumer
  readonly #offsets: Offsets
  readonly #topics: Topics
  readonly #share: { share: number; of: number } | null
  #group: Group | null = null
  #emitter: Emitter | null = null

  /** @param id identifies the source to later owners of its partitions: it stays the same over restarts */
  constructor(options: KafkaOptions, context: SourceContext<typeof metrics>, base: BaseOptions, id: string) {
    const { log, positions } = context
    this.#options = options
    this.#context = context
    this.#base = base
    this.#share = shareOf(options.partitions)
    this.#client = new RawConsumer({
      ...base,
      groupId: options.group,
      ...(options.rack === undefined ? {} : { clientRack: options.rack }),
      // Failures are retried here, with a back-off and a log line.
      retries: 0,
    })
    const share = this.#share ? `${this.#share.share}/${this.#share.of}` : undefined
    this.#offsets = new Offsets(
      this.#client,
      log,
      options.start,
      positions,
      { id, share },
      {
        doubled: (name, records, isSettled) => {
          context.metrics.doubled_records.add(Math.max(0, records))
          if (records > 0)
            log.warn('records are counted twice: here, and by the next owner', { partition: name, records })
          if (isSettled) void this.#emitter?.close(name, { forget: true })
        },
        takenOver: name => {
          context.metrics.unclean_takeovers.add(1)
          log.warn('a partition was taken over from an owner that had not handed it over', {
            partition: name,
          })
        },
      },
    )
    this.#topics = new Topics(this.#client, base, options)
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { metrics, log } = this.#context
    this.#emitter = emitter
    const isMember = this.#share === null
    const health = new Health(emitter, ['topics', 'brokers', ...(isMember ? ['group'] : [])])
    const fetcher = new Fetcher(this.#options, {
      client: this.#client,
      offsets: this.#offsets,
      emitter,
      health,
      log,
      isAlive: () => this.#group?.isAlive ?? true,
      tombstones: records => metrics.tombstones.add(records),
      missed: records => metrics.missed_records.add(records),
    })
    if (isMember) this.#group = this.#newGroup(emitter, fetcher, health)
    await Promise.all([
      fetcher.run(signal),
      this.#follow(fetcher, emitter, health, signal),
      this.#settle(signal),
    ])
    this.#group?.stop()
  }

  commit(partition: string, position: Position): void {
    if (typeof position === 'number') this.#offsets.counted(partition, position)
  }

  async close(): Promise<void> {
    await this.#offsets.close()
    await this.#group?.close()
    await Promise.all([this.#client.close(true), this.#topics.close()])
  }

  /** Tracks the matching topics and their numbers of partitions. */
  async #follow(fetcher: Fetcher, emitter: Emitter, health: Health, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ initial: 500, max: 15_000 })
    let known = ''
    while (!signal.aborted) {
      let wait = this.#options.refresh
      try {
        const topics = await this.#topics.find()
        const found = JSON.stringify([...topics])
        if (found !== known) {
          await this.#read(topics, fetcher, emitter)
          known = found
        }
        backoff.up()
        health.fine('topics')
      } catch (error) {
        if (signal.aborted) return
        health.failed('topics', explainKafka(error))
        this.#client.clearMetadata()
        wait = backoff.next()
      }
      await sleep(wait, signal)
    }
  }

  /** Finds out what other members counted too, until all is known or the source ends. */
  async #settle(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ initial: SETTLE_MS, max: 30_000 })
    while (!signal.aborted) {
      // Failures of brokers are reported where they are needed.
      const isSettled = await this.#offsets.settle().catch(() => false)
      if (isSettled) backoff.up()
      await sleep(isSettled ? SETTLE_MS : backoff.next(), signal)
    }
  }

  async #read(topics: ReadonlyMap<string, number>, fetcher: Fetcher, emitter: Emitter): Promise<void> {
    const tracked = this.#client.topics
    for (const topic of [...tracked.keys()]) if (!topics.has(topic)) tracked.untrack(topic)
    for (const topic of topics.keys()) if (!tracked.has(topic)) tracked.track(topic)
    if (this.#group) return await this.#group.join([...topics.keys()])
    const { share, of } = this.#share as { share: number; of: number }
    const own = [...topics]
      .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })))
      .filter(partition => isInShare(partition, share, of))
    const names = new Set(own.map(nameOf))
    const { assigned } = fetcher
    const gone = [...assigned].filter(name => !names.has(name))
    await fetcher.revoke(gone)
    this.#offsets.forget(gone)
    for (const name of gone) void emitter.close(name, { forget: true })
    this.#assign(
      fetcher,
      own.filter(partition => !assigned.has(nameOf(partition))),
    )
  }

  #assign(fetcher: Fetcher, partitions: readonly TopicPartition[]): void {
    fetcher.assign(partitions)
    this.#context.metrics.assigned_partitions.set(fetcher.assigned.size)
  }

  #newGroup(emitter: Emitter, fetcher: Fetcher, health: Health): Group {
    const { group, instance_id, rack, session_timeout } = this.#options
    const { metrics, log } = this.#context
    const made = new Group(
      this.#base,
      { group, instanceId: instance_id, rack, sessionTimeoutMs: session_timeout },
      {
        assigned: partitions => this.#assign(fetcher, partitions),
        rebalanced: () => metrics.rebalances.add(1),
        revoked: async names => {
          const deadline = Date.now() + session_timeout * HANDOVER_PART
          await fetcher.revoke(names)
          metrics.assigned_partitions.set(fetcher.assigned.size)
          // Resolves once all their records are counted.
          const drained = Promise.all([...names].map(name => emitter.close(name)))
          if (await this.#offsets.handOver(names, drained, deadline)) return
          log.warn('partitions went to other members before all that was read of them was committed', {
            partitions: [...names].join(' '),
          })
        },
      },
      health,
    )
    this.#offsets.membership = made.member
    return made
  }
}

/** @throws PluginError if the host name has no ordinal, or one that is not below the number of shares */
function shareOf(partitions: KafkaOptions['partitions']): { share: number; of: number } | null {
  if (!partitions) return null
  const { of } = partitions
  const share = partitions.share === 'ordinal' ? ordinalOf(hostname()) : partitions.share
  if (share === undefined)
    throw new PluginError(
      'ERR_KAFKA_ORDINAL',
      `partitions.share: the host name ${hostname()} does not end with a number, as in "mood-0"`,
    )
  if (share >= of)
    throw new PluginError(
      'ERR_KAFKA_ORDINAL',
      `partitions.share: the ordinal is ${share}, but there are ${of} shares`,
    )
  return { share, of }
}
