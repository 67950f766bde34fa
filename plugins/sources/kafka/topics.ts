import { Admin, type BaseOptions, type Consumer } from '@platformatic/kafka'
import { isUnknownTopic } from '../../kafka/error.ts'
import type { KafkaOptions } from './options.ts'

/** The topics to read, and their numbers of partitions. */
export class Topics {
  readonly #client: Consumer
  readonly #admin: Admin | null
  readonly #named: readonly string[]
  readonly #pattern: RegExp | null

  constructor(client: Consumer, base: BaseOptions, { topics = [], topic_pattern }: KafkaOptions) {
    this.#client = client
    this.#named = topics
    this.#pattern = topic_pattern === undefined ? null : new RegExp(topic_pattern)
    this.#admin = this.#pattern ? new Admin({ ...base, retries: 0 }) : null
  }

  /**
   * Asks the brokers. Resolves to the number of partitions of each topic.
   *
   * @throws Error if a named topic does not exist, or no topic matches the pattern
   */
  async find(): Promise<Map<string, number>> {
    const names = await this.#names()
    try {
      return await this.#partitionsOf(names)
    } catch (error) {
      if (!isUnknownTopic(error) || names.length === 1) throw this.#explained(error, names)
      // The answer for all of them does not say which topic is missing.
      for (const name of names)
        await this.#partitionsOf([name]).catch(error => {
          throw this.#explained(error, [name])
        })
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#admin?.close()
  }

  async #names(): Promise<readonly string[]> {
    if (!this.#admin || !this.#pattern) return this.#named
    const all = await this.#admin.listTopics({ includeInternals: false })
    const matching = all.filter(name => this.#pattern?.test(name)).sort()
    if (matching.length === 0) throw new Error(`no topic matches ${this.#pattern}`)
    return matching
  }

  async #partitionsOf(names: readonly string[]): Promise<Map<string, number>> {
    const { topics } = await this.#client.metadata({ topics: [...names], forceUpdate: true })
    return new Map(names.map(name => [name, topics.get(name)?.partitionsCount ?? 0]))
  }

  #explained(error: unknown, [name]: readonly string[]): unknown {
    if (!isUnknownTopic(error)) return error
    return new Error(`there is no topic "${name}", or this user may not see it`, { cause: error })
  }
}
