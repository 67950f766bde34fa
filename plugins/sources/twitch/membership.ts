import type { ChatClient } from '@twurple/chat'
import { type Connection, Disconnect, type Log, messageOf } from 'mood-exporter/plugin'

/** The channels that one connection has joined, or is about to join. */
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
   * Joins the channels. The source is up with the first of them.
   *
   * @throws Disconnect if none could be joined
   */
  async begin(wanted: ReadonlySet<string>): Promise<void> {
    await this.change(wanted)
    if (this.#joined.size === 0 && this.#wanted.size > 0 && this.#isOpen)
      throw new Disconnect('server', 'none of the channels could be joined')
  }

  /** Leaves and joins channels over the same connection. */
  async change(wanted: ReadonlySet<string>): Promise<void> {
    this.#wanted = wanted
    for (const channel of this.#joined) if (!wanted.has(channel)) this.#leave(channel)
    await Promise.all([...wanted].filter(channel => !this.#asked.has(channel)).map(each => this.#join(each)))
  }

  async #join(channel: string): Promise<void> {
    this.#asked.add(channel)
    try {
      // The library respects the limit of 20 in 10 seconds.
      await this.#client.join(channel)
      this.#joined.add(channel)
      this.#connection.up()
      // That may have taken a while.
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

/** The library rejects with the code of a notice, or with its own if there is no answer. */
function reasonOf(error: unknown): string {
  const text = messageOf(error)
  return /in time/.test(text) ? 'there was no answer; check its name' : text
}
