import { type ClientRequest, Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import type { Readable } from 'node:stream'
import {
  Disconnect,
  type Emitter,
  isObject,
  type JsonObject,
  type RateLimit,
  rateLimitOf,
} from 'mood-exporter/plugin'
import { type TweetStream, TwitterApi } from 'twitter-api-v2'
import { failureOf, headersOf, type NodeHeaders } from './failure.ts'

export interface ApiOptions {
  token: string
  /** The base URL of X, without a path: `https://api.x.com`. */
  url: string
  /** Time limit of a request, and of the answer to a request for a stream; milliseconds. */
  timeoutMs: number
  /** Ends all requests. */
  signal: AbortSignal
  /** Called with the rate limit of the endpoint in each answer. */
  onLimit?: ((endpoint: Endpoint, limit: RateLimit) => void) | undefined
}

/** Endpoints with separate rate limits. */
type Endpoint = 'stream' | 'rules' | 'search' | 'counts' | 'usage' | 'connections'

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

/** The library's form of an answer. */
interface Answered {
  data: unknown
  headers: NodeHeaders
}

/** The common parts of all requests. */
interface How {
  prefix: string
  fullResponse: true
  headers: Record<string, string>
  timeout: number
}

/** An open stream. */
export interface OpenStream {
  /** Its bytes as they arrive. */
  readonly body: Readable
  close(): void
}

/**
 * X's API v2 through `twitter-api-v2`: requests with a time limit, and errors as a Disconnect, with which every call
 * rejects.
 */
export class Api {
  readonly #options: ApiOptions
  readonly #agents = new Set<Agent | PlainAgent>()

  constructor(options: ApiOptions) {
    this.#options = options
    options.signal.addEventListener(
      'abort',
      () => {
        // The library has no abort signal: its sockets are closed instead.
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
   * The library sends the request and parses errors, but does not read the stream: it would treat each chunk of bytes
   * as whole characters, buffer without limit while nothing is read, and detect silence only after two minutes.
   * Compression is off, as a decompressor would hide a lost connection.
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
    // The library's types only accept agents for https; without TLS there is only loopback.
    return new TwitterApi(this.#options.token, { httpAgent: agent as Agent }).v2
  }

  /** One agent per request: closing one does not affect other requests. */
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

/** The rate limits of endpoints in X's last answers. */
export class Limits {
  readonly #limits = new Map<Endpoint, RateLimit>()
  #emitter: Pick<Emitter, 'allowance'> | null = null

  /** Reports them from now on. */
  show(emitter: Pick<Emitter, 'allowance'>): void {
    this.#emitter = emitter
    for (const [endpoint, { remaining }] of this.#limits) emitter.allowance(endpoint, remaining)
  }

  note(endpoint: Endpoint, limit: RateLimit): void {
    this.#limits.set(endpoint, limit)
    this.#emitter?.allowance(endpoint, limit.remaining)
  }

  /** When an endpoint may be called again, in Unix milliseconds; 0 for now. */
  nextAt(endpoint: Endpoint): number {
    const limit = this.#limits.get(endpoint)
    return limit?.remaining === 0 ? (limit.resetAt ?? 0) : 0
  }
}
