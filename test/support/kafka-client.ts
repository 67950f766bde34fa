import { Admin, type CompressionAlgorithmValue, type MessageToProduce, Producer } from '@platformatic/kafka'

/** A record as a test writes it. */
export interface TestRecord {
  value: string | null
  partition?: number
  key?: string
  headers?: Record<string, string>
  timestamp?: number
}

/** What tests do at a broker beside the exporter. */
export class KafkaClient {
  readonly admin: Admin
  readonly #brokers: string
  readonly #producers: Producer[] = []

  constructor(brokers: string) {
    this.#brokers = brokers
    this.admin = new Admin({ clientId: 'test-admin', bootstrapBrokers: [brokers] })
  }

  /** Makes topics, each with so many partitions. */
  async create(topics: string[], partitions: number): Promise<void> {
    await this.admin.createTopics({ topics, partitions, replicas: 1 })
  }

  /** A producer, which is closed with this client. */
  producer(compression: CompressionAlgorithmValue = 'none', transactionalId?: string): Producer {
    const producer = new Producer({
      clientId: 'test-producer',
      bootstrapBrokers: [this.#brokers],
      compression,
      // Otherwise what it tries again may be there twice.
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

  /** By partition: the offsets that a group has committed. */
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
      // The library writes null for a value that is absent.
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
