import { Admin, type BaseOptions, type MessageToProduce, ProduceAcks, Producer } from '@platformatic/kafka'
import { isKafkaError } from '../../kafka/error.ts'
import type { KafkaOutputOptions } from './options.ts'

/**
 * Maximum size of the records of one request, in bytes: those for one partition are one batch, which brokers limit to
 * 1 MiB.
 */
const REQUEST_BYTES = 512 * 1024

/** Approximate overhead of a record beside its key and value, in bytes. */
const OVERHEAD = 200

type WriterOptions = Pick<KafkaOutputOptions, 'topic' | 'create' | 'compression'>

/**
 * Writes records to Kafka. The producer is idempotent: records that the client sends again after a lost connection
 * are stored once.
 */
export class Writer {
  readonly #base: BaseOptions
  readonly #options: WriterOptions
  readonly #producer: Producer
  #isMade: boolean

  constructor(base: BaseOptions, options: WriterOptions) {
    const { compression, create } = options
    this.#base = base
    this.#options = options
    this.#isMade = create === undefined
    this.#producer = new Producer({ ...base, idempotent: true, compression, retries: 3, retryDelay: 300 })
  }

  /**
   * Resolves once all in-sync replicas have the records. Rejects with the library's error; some of the records may be
   * written then.
   */
  async write(messages: readonly MessageToProduce[]): Promise<void> {
    if (!this.#isMade) await this.#make()
    let part: MessageToProduce[] = []
    let bytes = 0
    for (const message of messages) {
      const size = (message.key?.length ?? 0) + (message.value?.length ?? 0) + OVERHEAD
      if (part.length > 0 && bytes + size > REQUEST_BYTES) {
        await this.#send(part)
        part = []
        bytes = 0
      }
      part.push(message)
      bytes += size
    }
    if (part.length > 0) await this.#send(part)
  }

  close(): Promise<void> {
    return this.#producer.close(true)
  }

  /** Creates the topic, if it does not exist. */
  async #make(): Promise<void> {
    const { topic, create } = this.#options
    const admin = new Admin({ ...this.#base, retries: 0 })
    try {
      await admin.createTopics({ topics: [topic], ...create })
    } catch (error) {
      if (!isKafkaError(error, 'TOPIC_ALREADY_EXISTS')) throw error
    } finally {
      await admin.close()
    }
    this.#isMade = true
  }

  async #send(messages: MessageToProduce[]): Promise<void> {
    await this.#producer.send({ messages, acks: ProduceAcks.ALL })
  }
}
