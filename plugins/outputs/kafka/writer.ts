import { type BaseOptions, type MessageToProduce, ProduceAcks, Producer } from '@platformatic/kafka'
import type { KafkaOutputOptions } from './options.ts'

/** Records of one request, in bytes: those for one partition are one batch, of which brokers allow 1 MiB. */
const REQUEST_BYTES = 512 * 1024

/** What a record takes beside its key and value, more or less; bytes. */
const OVERHEAD = 200

/**
 * Writes records to Kafka. The producer is idempotent: what the client sends again after a connection broke is in the
 * topic once.
 */
export class Writer {
  readonly #producer: Producer

  constructor(base: BaseOptions, compression: KafkaOutputOptions['compression']) {
    this.#producer = new Producer({ ...base, idempotent: true, compression, retries: 3, retryDelay: 300 })
  }

  /**
   * Resolves once all replicas that are in sync have the records. Rejects with what the library throws; some of them may be
   * written then.
   */
  async write(messages: readonly MessageToProduce[]): Promise<void> {
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

  async #send(messages: MessageToProduce[]): Promise<void> {
    await this.#producer.send({ messages, acks: ProduceAcks.ALL })
  }
}
