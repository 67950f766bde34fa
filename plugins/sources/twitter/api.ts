import type { ClientRequest } from 'node:http'
import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import type { Readable } from 'node:stream'
import { Disconnect, isObject, type JsonObject, type RateLimit, rateLimitOf } from 'mood-exporter/plugin'
import { type TweetStream, TwitterApi } from 'twitter-api-v2'
import { failureOf } from './failure.ts'
import { headersOf, type NodeHeaders } from './headers.ts'

export interface ApiOptions {
  token: string
  /** Where X is, without a path: `https://api.x.com`. */
  url: string
  /** How long a request may take, and how long X may take to answer one for a stream; milliseconds. */
  timeoutMs: number
  /** Ends all requests. */
  signal: AbortSignal
  /** Called with each answer: what is left of the limit of its endpoint. */
  onLimit?: ((endpoint: Endpoint, limit: RateLimit) => void) | undefined
}

/** What has a rate limit of its own. */
export type Endpoint = 'stream' | 'rules' | 'search' | 'counts' | 'usage' | 'connections'

const PATHS = {
  stream: 'tweets/search/stream',
  rules: 'tweets/search/stream/rules',
  search: 'tweets/search/recent',
  counts: 'tweets/counts/recent',
  usage: 'usage/tweets',
  connections: 'connections/filtered_stream',
} as const satisfies Record<Endpoint, string>

const HEADERS = { 'User-Agent': 'mood-exporter' }

const STOPPED = () => new Disconnect('other', 'it was stopped')

type Query = Record<string, string | number | boolean | undefined>

/** An answer as the library has it. */
interface Answered {
  data: unknown
  headers: NodeHeaders
}

/** What all requests have in common. */
interface How {
  prefix: string
  fullResponse: true
  headers: Record<string, string>
  timeout: number
}

/** A stream that is open. */
export interface OpenStream {
  /** Its bytes, as they come. */
  readonly body: Readable
  close(): void
}

/**
 * X's API v2, through `twitter-api-v2`: requests that end when they should, and errors as what they mean to a source.
 * Every call rejects with a Disconnect.
 */
export class Api {
  readonly #options: ApiOptions
  readonly #agents = new Set<Agent | PlainAgent>()

  constructor(options: ApiOptions) {
    this.#options = options
    options.signal.addEventListener(
      'abort',
      () => {
        // The library has no signal of its own: its sockets are closed instead.
        for (const agent of this.#agents) agent.destroy()
      },
      { once: true },
    )
  }

  get(endpoint: Endpoint, query: Query = {}): Promise<JsonObject> {
    return this.#request(endpoint, (client, how) => client.get(PATHS[endpoint], query, how))
  }

  post(endpoint: Endpoint, body: Record<string, unknown>, query: Query = {}): Promise<JsonObject> {
    return this.#request(endpoint, (client, how) => client.post(PATHS[endpoint], body, { query, ...how }))
  }

  delete(endpoint: Endpoint): Promise<JsonObject> {
    return this.#request(endpoint, (client, how) => client.delete(PATHS[endpoint], {}, how))
  }

  /**
   * Opens the filtered stream.
   *
   * The library makes the request and reads its errors. It does not read the stream: it would take each chunk of bytes
   * for whole characters, keep all that comes while nothing is taken, and notice only after two minutes that nothing
   * does. Compression is off, as an unpacker in between would hide that the connection is gone.
   *
   * @param signal ends the stream, and an attempt to open it
   */
  async open(query: Query, signal: AbortSignal): Promise<OpenStream> {
    const { timeoutMs } = this.#options
    const agent = this.#newAgent()
    const stream = this.#client(agent).getStream(PATHS.stream, query, {
      prefix: this.#prefix,
      headers: HEADERS,
      compression: false,
      autoConnect: false,
    }) as TweetStream
    const opened = stream as unknown as { initEventsFromRequest(): void; req?: ClientRequest; res?: Readable }
    opened.initEventsFromRequest = () => {}
    let late = false
    const close = () => {
      signal.removeEventListener('abort', close)
      clearTimeout(timer)
      opened.req?.destroy()
      agent.destroy()
      this.#agents.delete(agent)
    }
    const timer = setTimeout(() => {
      late = true
      agent.destroy()
    }, timeoutMs)
    signal.addEventListener('abort', close, { once: true })
    try {
      if (signal.aborted) throw STOPPED()
      await stream.connect({ autoReconnect: false, keepAliveTimeout: 'disable' })
      if (signal.aborted) throw STOPPED()
      clearTimeout(timer)
      const body = opened.res as Readable & Answered
      this.#limit('stream', body.headers)
      return { body, close }
    } catch (error) {
      close()
      if (late) throw new Disconnect('network', `no answer within ${timeoutMs / 1000} s`)
      throw failureOf(error, this.#note('stream'))
    }
  }

  async #request(
    endpoint: Endpoint,
    call: (client: TwitterApi['v2'], how: How) => Promise<Answered>,
  ): Promise<JsonObject> {
    if (this.#options.signal.aborted) throw STOPPED()
    const agent = this.#newAgent()
    try {
      const { data, headers } = await call(this.#client(agent), {
        prefix: this.#prefix,
        fullResponse: true,
        headers: HEADERS,
        timeout: this.#options.timeoutMs,
      })
      this.#limit(endpoint, headers)
      return isObject(data) ? data : {}
    } catch (error) {
      throw failureOf(error, this.#note(endpoint))
    } finally {
      agent.destroy()
      this.#agents.delete(agent)
    }
  }

  get #prefix(): string {
    return `${this.#options.url.replace(/\/$/, '')}/2/`
  }

  #client(agent: Agent | PlainAgent): TwitterApi['v2'] {
    // The library's types know agents for https alone; without TLS there is only loopback.
    return new TwitterApi(this.#options.token, { httpAgent: agent as Agent }).v2
  }

  /** One for each request: what ends it ends no other. */
  #newAgent(): Agent | PlainAgent {
    const agent = this.#options.url.startsWith('http:') ? new PlainAgent() : new Agent()
    this.#agents.add(agent)
    return agent
  }

  #note(endpoint: Endpoint) {
    return (headers: NodeHeaders) => this.#limit(endpoint, headers)
  }

  #limit(endpoint: Endpoint, headers: NodeHeaders): void {
    const limit = rateLimitOf(headersOf(headers))
    if (limit) this.#options.onLimit?.(endpoint, limit)
  }
}
