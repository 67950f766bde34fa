import { setTimeout as sleep } from 'node:timers/promises'
import { type MessageToProduce, Producer } from '@platformatic/kafka'
import type { KafkaClient } from '../../stack/kafka-client.ts'
import type { ExpectedCounts } from '../expected-counts.ts'
import { Random } from '../random.ts'
import { Records } from '../records.ts'
import { Failure } from '../runner.ts'

/** The topic, its partitions, and the source that reads it. */
export const TOPIC = 'posts'
export const PARTITIONS = 4
export const SOURCE = 'posts'

/** How often it sends, and the longest pause that it makes up for, in milliseconds. */
const TICK_MS = 50
const MOST_DUE_MS = 2000

/** Share of records without a value, which contain no post. */
const TOMBSTONES = 0.01

/** Longer than any fault of the broker: the broker might still carry out a send that timed out; milliseconds. */
const REQUEST_MS = 120_000

/** How long the broker may be unavailable, in milliseconds. */
const AWAY_MS = 180_000
const RETRY_MS = 200

export interface TopicProducerOptions {
  client: KafkaClient
  brokers: string
  expected: ExpectedCounts
  seed: number
  /** Records a second, over all partitions. */
  rate: number
  /** Whether some records have no value. */
  tombstones: boolean
}

/**
 * Sends records to a topic that nothing else writes to, and adds each to the expected counts before it is sent. After
 * a failed send, the end offset of each partition tells what arrived, so the content of the topic is always known.
 */
export class TopicProducer {
  readonly #options: TopicProducerOptions
  readonly #random: Random
  /**
   * By partition. A duplicate goes to the partition of its post: only the exporter that reads it remembers the id.
   */
  readonly #records: readonly Records[]
  /** By partition: the end offset after everything that was sent. */
  readonly #ends = Array.from({ length: PARTITIONS }, () => 0)
  #producer: Producer | undefined
  #isRunning = false
  #isClosed = false
  #done: Promise<void> = Promise.resolve()
  #failure: Error | undefined
  /** Sends that failed and were investigated. */
  failedSends = 0

  constructor(options: TopicProducerOptions) {
    this.#options = options
    this.#random = new Random(options.seed, 'producer')
    this.#records = Array.from({ length: PARTITIONS }, (_, partition) => {
      const name = `p${partition}`
      return new Records(name, new Random(options.seed, `records of ${name}`), true)
    })
  }

  /** Records in the topic, including those without a value. */
  get sent(): number {
    return this.#ends.reduce((sum, end) => sum + end, 0)
  }

  /** Starts or resumes sending. */
  resume(): void {
    if (this.#isRunning || this.#failure) return
    this.#isRunning = true
    this.#done = this.#run().catch(error => {
      this.#failure = error
    })
  }

  /**
   * Resolves when everything that was drawn is in the topic. @throws Failure if the content of the topic is unknown
   */
  async pause(): Promise<void> {
    this.#isRunning = false
    await this.#done
    if (this.#failure) throw this.#failure
  }

  /** Sends no duplicates of what was sent so far. */
  forget(): void {
    for (const records of this.#records) records.forget()
  }

  /** Stops without waiting for sends in flight. */
  async close(): Promise<void> {
    this.#isRunning = false
    this.#isClosed = true
    await this.#producer?.close(true).catch(() => {})
    await this.#done
  }

  async #run(): Promise<void> {
    let last = performance.now()
    let due = 0
    while (this.#isRunning) {
      await sleep(TICK_MS)
      const now = performance.now()
      due += (Math.min(now - last, MOST_DUE_MS) * this.#options.rate) / 1000
      last = now
      const count = Math.floor(due)
      due -= count
      if (count > 0) await this.#deliver(this.#draw(count))
    }
  }

  /** By partition, the messages to send. */
  #draw(count: number): Map<number, MessageToProduce[]> {
    const drawn = new Map<number, MessageToProduce[]>()
    for (let i = 0; i < count; i++) {
      const partition = this.#random.integer(0, PARTITIONS - 1)
      const messages = drawn.get(partition) ?? []
      drawn.set(partition, messages)
      if (this.#options.tombstones && this.#random.chance(TOMBSTONES))
        messages.push({ topic: TOPIC, partition })
      const record = (this.#records[partition] as Records).next(new Set(), Date.now())
      this.#options.expected.add(SOURCE, record)
      messages.push({ topic: TOPIC, partition, value: withoutEnd(record.bytes) })
    }
    return drawn
  }

  /** Sends until everything is in the topic. @throws Failure if the topic contains anything else */
  async #deliver(left: Map<number, MessageToProduce[]>): Promise<void> {
    const deadline = performance.now() + AWAY_MS
    while (left.size > 0 && !this.#isClosed) {
      try {
        this.#producer ??= this.#connect()
        await this.#producer.send({ messages: [...left.values()].flat(), acks: -1 })
        for (const [partition, messages] of left) this.#advance(partition, messages.length)
        return
      } catch {
        this.failedSends++
        await this.#producer?.close(true).catch(() => {})
        this.#producer = undefined
      }
      const ends = await this.#endsOfTopic(deadline)
      for (const [partition, messages] of left) {
        const before = this.#ends[partition] as number
        const end = ends[partition] as number
        if (end === before + messages.length) {
          this.#advance(partition, messages.length)
          left.delete(partition)
        } else if (end !== before)
          throw new Failure(
            `the harness sent ${before} records to partition ${partition}, and ${messages.length} are on their way, but it ends at ${end}`,
          )
      }
    }
  }

  #advance(partition: number, by: number): void {
    this.#ends[partition] = (this.#ends[partition] as number) + by
  }

  /** The end offsets, once the broker answers. @throws Failure if it does not in time */
  async #endsOfTopic(deadline: number): Promise<number[]> {
    for (;;) {
      try {
        return await endsOf(this.#options.client)
      } catch (error) {
        if (this.#isClosed || performance.now() > deadline)
          throw new Failure(`the broker did not come back: ${error}`)
        await sleep(RETRY_MS)
      }
    }
  }

  /** Without the client's retries, and so without sequence numbers: failed sends are investigated here. */
  #connect(): Producer {
    return new Producer({
      clientId: 'torture',
      bootstrapBrokers: [this.#options.brokers],
      compression: 'lz4',
      retries: 0,
      requestTimeout: REQUEST_MS,
    })
  }

  /** @throws Failure if the topic does not hold as many records as were sent */
  async check(): Promise<void> {
    const ends = await this.#endsOfTopic(performance.now() + AWAY_MS)
    if (ends.some((end, partition) => end !== this.#ends[partition]))
      throw new Failure(
        `the harness sent ${this.#ends.join(', ')} records by partition, and ${ends.join(', ')} are there`,
      )
  }
}

/** By partition: the offset after its last record. */
async function endsOf({ admin }: KafkaClient): Promise<number[]> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
    partitionIndex,
    // -1 means the latest offset in ListOffsets.
    timestamp: -1n,
  }))
  const [topic] = await admin.listOffsets({ topics: [{ name: TOPIC, partitions }] })
  const ends: number[] = []
  for (const { partitionIndex, offset } of topic?.partitions ?? []) ends[partitionIndex] = Number(offset)
  if (ends.length !== PARTITIONS || ends.includes(-1)) throw new Error('the broker did not name every end')
  return ends
}

/** Records of Kafka have no line ending. */
function withoutEnd(line: Buffer): Buffer {
  let end = line.length
  while (line[end - 1] === 0x0a || line[end - 1] === 0x0d) end--
  return line.subarray(0, end)
}
