import {
  Admin,
  type CompressionAlgorithmValue,
  Consumer,
  type MessageToProduce,
  Producer,
} from '@platformatic/kafka'

/** A record as a test writes it. */
export interface TestRecord {
  value: string | null
  partition?: number
  key?: string
  headers?: Record<string, string>
  timestamp?: number
}

/** A record in a topic. */
export interface StoredRecord {
  key: string | undefined
  value: string
  headers: Record<string, string>
  partition: number
}

/** A client of a broker for tests. */
export class KafkaClient {
  readonly admin: Admin
  readonly #brokers: string
  readonly #producers: Producer[] = []

  constructor(brokers: string) {
    this.#brokers = brokers
    this.admin = new Admin({ clientId: 'test-admin', bootstrapBrokers: [brokers] })
  }

  /** Creates topics with these numbers of partitions and replicas. */
  async create(topics: string[], partitions: number, replicas = 1): Promise<void> {
    await this.admin.createTopics({ topics, partitions, replicas })
  }

  /** A producer, which is closed with this client. */
  producer(compression: CompressionAlgorithmValue = 'none', transactionalId?: string): Producer {
    const producer = new Producer({
      clientId: 'test-producer',
      bootstrapBrokers: [this.#brokers],
      compression,
      // Otherwise records that it retries may be written twice.
      idempotent: true,
      ...(transactionalId === undefined ? {} : { transactionalId }),
    })
    this.#producers.push(producer)
    return producer
  }

  /** Writes records: to their partitions, or in turn to `partitions` of them. */
  async send(
    topic: string,
    records: readonly (TestRecord | string)[],
    { partitions = 1, producer = this.producer() }: { partitions?: number; producer?: Producer } = {},
  ): Promise<void> {
    await producer.send({ messages: messagesOf(topic, records, partitions), acks: -1 })
  }

  /** The first records of a topic, as stored. */
  async recordsOf(topic: string, count: number): Promise<StoredRecord[]> {
    const consumer = new Consumer({
      clientId: 'test-consumer',
      groupId: `records-${topic}`,
      bootstrapBrokers: [this.#brokers],
    })
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'earliest',
      maxWaitTime: 100,
      autocommit: false,
    })
    const records: StoredRecord[] = []
    for await (const { key, value, headers, partition } of stream) {
      const texts = [...headers].map(([name, text]) => [String(name), String(text)])
      records.push({
        key: key?.length ? String(key) : undefined,
        value: String(value),
        headers: Object.fromEntries(texts),
        partition,
      })
      if (records.length === count) break
    }
    await consumer.close(true)
    return records
  }

  /** By partition: the committed offsets of a group. */
  async committed(group: string, topic: string): Promise<Record<number, number>> {
    const [found] = await this.admin.listConsumerGroupOffsets({ groups: [group] })
    const partitions = found?.topics.find(({ name }) => name === topic)?.partitions ?? []
    return Object.fromEntries(
      partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.admin.close(), ...this.#producers.map(producer => producer.close(true))])
  }
}

export function messagesOf(
  topic: string,
  records: readonly (TestRecord | string)[],
  partitions: number,
): MessageToProduce[] {
  return records.map((record, i) => {
    const { value, partition, key, headers, timestamp } =
      typeof record === 'string' ? ({ value: record } as TestRecord) : record
    return {
      topic,
      partition: partition ?? i % partitions,
      // The library writes null for an absent value.
      ...(value === null ? {} : { value: Buffer.from(value) }),
      ...(key === undefined ? {} : { key: Buffer.from(key) }),
      ...(headers && {
        headers: new Map(
          Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
        ),
      }),
      ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
    }
  })
}
