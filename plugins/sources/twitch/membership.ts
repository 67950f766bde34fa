import type { ChatClient } from '@twurple/chat'
import { type Connection, Disconnect, type Log, messageOf } from 'mood-exporter/plugin'

/** The channels that one connection has joined, and those that it is about to join. */
export class Membership {
  readonly #client: ChatClient
  readonly #connection: Connection
  readonly #log: Log
  #wanted: ReadonlySet<string> = new Set()
  readonly #asked = new Set<string>()
  readonly #joined = new Set<string>()

  constructor(client: ChatClient, connection: Connection, log: Log) {
    this.#client = client
    this.#connection = connection
    this.#log = log
  }

  /**
   * Joins the channels, and is up with the first of them.
   *
   * @throws Disconnect where none could be joined
   */
  async begin(wanted: ReadonlySet<string>): Promise<void> {
    await this.change(wanted)
    if (this.#joined.size === 0 && this.#wanted.size > 0 && this.#isOpen)
      throw new Disconnect('server', 'none of the channels could be joined')
  }

  /** Leaves channels that are no longer wanted and joins new ones, over the same connection. */
  async change(wanted: ReadonlySet<string>): Promise<void> {
    this.#wanted = wanted
    for (const channel of this.#joined) if (!wanted.has(channel)) this.#leave(channel)
    await Promise.all([...wanted].filter(channel => !this.#asked.has(channel)).map(each => this.#join(each)))
  }

  async #join(channel: string): Promise<void> {
    this.#asked.add(channel)
    try {
      // The library keeps to 20 in 10 seconds.
      await this.#client.join(channel)
      this.#joined.add(channel)
      this.#connection.up()
      // It may have taken a while.
      if (!this.#wanted.has(channel)) this.#leave(channel)
    } catch (error) {
      this.#asked.delete(channel)
      if (!this.#isOpen) return
      this.#log.warn(`the channel ${channel} could not be joined: ${reasonOf(error)}`, { channel })
    }
  }

  #leave(channel: string): void {
    this.#joined.delete(channel)
    this.#asked.delete(channel)
    if (this.#isOpen) this.#client.part(channel)
  }

  get #isOpen(): boolean {
    return !this.#connection.signal.aborted && this.#client.isConnected
  }
}

/** What the library rejects with is a code of a notice, or its own for no answer at all. */
function reasonOf(error: unknown): string {
  const text = messageOf(error)
  return /in time/.test(text) ? 'there was no answer; check its name' : text
}
