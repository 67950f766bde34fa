import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isObject, type JsonObject } from 'mood-exporter/plugin'
import { onTestFinished } from 'vitest'
import type { Rule } from './rules/diff.ts'
import { firstIdAt, timeOfId } from './snowflake.ts'
import { InvalidQuery, type Matcher, parseQuery } from './testing-query.ts'

/** The path of the stream, and of others that tests name. */
export const STREAM = '/2/tweets/search/stream'
export const RULES = '/2/tweets/search/stream/rules'
export const SEARCH = '/2/tweets/search/recent'
export const COUNTS = '/2/tweets/counts/recent'
export const USAGE = '/2/usage/tweets'
export const CONNECTIONS = '/2/connections/filtered_stream'

const WINDOW_MS = 15 * 60_000
const WEEK_MS = 7 * 86_400_000
const MINUTE_MS = 60_000

/** A tweet in X's form. */
export interface Tweet extends JsonObject {
  id: string
  text: string
  created_at: string
}

/** An answer that a test sets instead of the usual one. */
export interface Answer {
  /** 0 for no answer at all. */
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A received request. */
export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  body: JsonObject | undefined
  authorization: string | undefined
  at: number
}

interface Open {
  response: ServerResponse
  id: string
  keepAlive: NodeJS.Timeout
  isStalled: boolean
}

/**
 * A local X: the parts of API v2 that the source uses, as documented. It stores rules, posts and connections, and
 * limits rates. Each behaviour names its source; docs is docs.x.com/x-api/.
 */
export class LocalX {
  token = 'token'
  /** docs posts/filtered-stream/introduction: a keep-alive at least every 20 s; shorter here. */
  keepAliveMs = 20
  /** Connections that an app may have: one on pay-per-use (docs posts/filtered-stream/introduction). */
  connectionLimit = 1
  ruleLimit = 1000
  ruleLength = 1024
  queryLength = 512
  /** Requests for a path in 15 minutes: docs fundamentals/rate-limits. */
  readonly limits = new Map([
    [STREAM, 50],
    [RULES, 450],
    [SEARCH, 450],
    [COUNTS, 300],
    [USAGE, 50],
    [CONNECTIONS, 25],
  ])
  /** Whether it answers only with errors: docs fundamentals/response-codes-and-errors. */
  isDown = false
  /** Whether the account has search access: see docs fundamentals/response-codes-and-errors. */
  hasSearch = true
  rules: Rule[] = []
  readonly tweets: Tweet[] = []
  readonly requests: Seen[] = []
  /** Posts that were delivered, which is what X bills. */
  delivered = 0
  usage: JsonObject = { project_id: '1', project_usage: '0', project_cap: '3000000', cap_reset_day: 1 }
  /** Size of the pieces into which the server cuts the bytes of the stream; whole messages if absent. */
  chunkBytes: number | undefined
  readonly #open = new Map<string, Open>()
  /** Connections that are gone but that X counts as open. */
  #ghosts = 0
  readonly #answers = new Map<string, Answer[]>()
  readonly #used = new Map<string, { from: number; n: number }>()
  #sequence = 0n
  #nextRule = 1
  #changed = Promise.withResolvers<void>()
  readonly #server: Server
  readonly #isTls: boolean

  /** @param tls its key and certificate (PEM); without TLS where absent */
  constructor(tls?: { key: string; cert: string }) {
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response)
    this.#isTls = tls !== undefined
    this.#server = tls ? createTlsServer(tls, serve) : createServer(serve)
  }

  /** Starts one on a free port of loopback until the test has finished. */
  static async start(tls?: { key: string; cert: string }): Promise<LocalX> {
    const x = new LocalX(tls)
    onTestFinished(() => x.stop())
    await x.listen()
    return x
  }

  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    for (const { keepAlive } of this.#open.values()) clearInterval(keepAlive)
    this.#open.clear()
    this.#server.closeAllConnections()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `${this.#isTls ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  get connections(): number {
    return this.#open.size
  }

  /** Resolves when the condition is true; tested after each request, post and change of a connection. */
  async until(condition: (x: this) => boolean, ms = 60_000): Promise<void> {
    const deadline = AbortSignal.timeout(ms)
    while (!condition(this)) {
      const late = Promise.withResolvers<void>()
      deadline.addEventListener(
        'abort',
        () => late.reject(new Error(`not so within ${ms} ms: ${condition}`)),
        {
          once: true,
        },
      )
      await Promise.race([this.#changed.promise, late.promise])
    }
  }

  /** Requests for a path, or those of one method. */
  requestsFor(path: string, method?: string): Seen[] {
    return this.requests.filter(
      seen => seen.path === path && (method === undefined || seen.method === method),
    )
  }

  /** Sets the answers to the next requests for a path. */
  answerNext(path: string, ...answers: Answer[]): void {
    this.#answers.set(path, [...(this.#answers.get(path) ?? []), ...answers])
  }

  /** A post is written: search finds it, and the stream sends it to connections with a matching rule. */
  post(text: string, more: JsonObject = {}, at = Date.now()): Tweet {
    const id = `${firstIdAt(at) | (this.#sequence++ & 0xfffn)}`
    const tweet: Tweet = {
      id,
      text,
      created_at: new Date(at).toISOString(),
      author_id: '12',
      lang: 'en',
      edit_history_tweet_ids: [id],
      ...more,
    }
    this.tweets.push(tweet)
    // docs posts/filtered-stream/integrate/matching-returned-tweets: each post names the rules that it matched.
    const matching = this.rules.filter(({ value }) => matches(parseQuery(value), tweet))
    if (matching.length > 0)
      this.send({ data: tweet, matching_rules: matching.map(({ id, tag = '' }) => ({ id, tag })) })
    this.#change()
    return tweet
  }

  /** Sends a message with a line end to all connections. */
  send(message: unknown): void {
    for (const open of this.#open.values()) {
      this.delivered++
      this.#write(open, `${JSON.stringify(message)}\r\n`)
    }
  }

  /** Sends raw text, such as half a message. */
  sendRaw(text: string): void {
    for (const open of this.#open.values()) this.#write(open, text)
  }

  /** Resets all connections, as when a server is restarted: docs …/integrate/handling-disconnections. */
  cut(): void {
    for (const { response, id } of [...this.#open.values()]) {
      this.#forget(id)
      response.socket?.resetAndDestroy()
    }
  }

  /** Ends all connections normally. */
  end(): void {
    for (const { response, id } of [...this.#open.values()]) {
      this.#forget(id)
      response.end()
    }
  }

  /**
   * The connections stay open, but nothing more is sent, not even keep-alives:
   * github.com/plhery/node-twitter-api-v2/issues/273.
   */
  stall(): void {
    for (const open of this.#open.values()) {
      clearInterval(open.keepAlive)
      open.isStalled = true
    }
  }

  /** X still counts connections that are gone: github.com/plhery/node-twitter-api-v2/issues/440. */
  haunt(ghosts = 1): void {
    this.#ghosts = ghosts
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x')
    const path = url.pathname
    let body: JsonObject | undefined
    try {
      body = await bodyOf(request)
    } catch {
      return
    }
    const method = request.method ?? 'GET'
    const seen = {
      method,
      path,
      query: url.searchParams,
      body,
      authorization: request.headers.authorization,
      at: Date.now(),
    }
    this.requests.push(seen)
    try {
      await this.#answer(seen, response)
    } finally {
      this.#change()
    }
  }

  async #answer(seen: Seen, response: ServerResponse): Promise<void> {
    const { path, authorization } = seen
    const limit = this.#count(path)
    const answered = this.#answers.get(path)?.shift()
    if (answered?.status === 0) return
    if (this.isDown) return reply(response, 503, { title: 'Service Unavailable', type: 'about:blank' })
    if (answered)
      return reply(response, answered.status, answered.body, { ...limit.headers, ...answered.headers })
    // docs fundamentals/response-codes-and-errors: the body of a 401 is a problem without errors.
    if (authorization !== `Bearer ${this.token}`)
      return reply(response, 401, {
        title: 'Unauthorized',
        type: 'about:blank',
        status: 401,
        detail: 'Unauthorized',
      })
    // docs fundamentals/rate-limits: 429 with the limit's headers once it is used up.
    if (limit.exceeded)
      return reply(
        response,
        429,
        { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 },
        limit.headers,
      )
    if (path === STREAM) return this.#stream(response, limit.headers)
    const { status, body } = this.#resource(seen)
    reply(response, status, body, limit.headers)
  }

  #resource({ method, path, query, body }: Seen): { status: number; body: unknown } {
    if (path === RULES && method === 'GET')
      return ok({
        ...(this.rules.length > 0 ? { data: this.rules } : {}),
        meta: { sent: now(), result_count: this.rules.length },
      })
    if (path === RULES) return this.#changeRules(body ?? {}, query.get('dry_run') === 'true')
    if (path === SEARCH) return this.hasSearch ? this.#search(query) : NOT_ENROLLED
    if (path === COUNTS) return this.#counts(query)
    if (path === USAGE) return ok({ data: this.usage })
    // docs connections/terminate-connections-by-endpoint
    if (path === CONNECTIONS && method === 'DELETE') {
      this.#ghosts = 0
      this.end()
      return ok({ data: { successful_kills: 1, failed_kills: 0 } })
    }
    return {
      status: 404,
      body: {
        title: 'Not Found Error',
        detail: `no ${path}`,
        type: 'https://api.x.com/2/problems/resource-not-found',
      },
    }
  }

  #stream(response: ServerResponse, headers: Record<string, string>): void {
    // github.com/xdevplatform/twitter-api-typescript-sdk/issues/9: a stream without rules is a 409.
    if (this.rules.length === 0) {
      reply(response, 409, {
        title: 'ConnectionException',
        detail:
          'You must define rules using the POST /2/tweets/search/stream/rules endpoint before connecting to filtered stream.',
        connection_issue: 'RuleConfigurationIssue',
        type: 'https://api.x.com/2/problems/streaming-connection',
      })
      return
    }
    // docs posts/filtered-stream/integrate/handling-disconnections; it comes as a 429: github.com/tweepy/tweepy/discussions/1963.
    if (this.#open.size + this.#ghosts >= this.connectionLimit) {
      reply(response, 429, TOO_MANY_CONNECTIONS, headers)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.flushHeaders()
    const id = randomUUID()
    const open = {
      response,
      id,
      keepAlive: setInterval(() => response.write('\r\n'), this.keepAliveMs),
      isStalled: false,
    }
    this.#open.set(id, open)
    response.on('close', () => {
      this.#forget(id)
      this.#change()
    })
  }

  /**
   * Adds or deletes rules. Rejected rules are in `errors` of a success: an existing expression with its id
   * (github.com/mastashake08/discord-twitter-bot/issues/7), and an invalid one with `details`; then no rule of the
   * request is created (github.com/tweepy/tweepy/issues/1874).
   */
  #changeRules(body: JsonObject, dryRun: boolean): { status: number; body: unknown } {
    if (isObject(body.delete)) {
      const ids = body.delete.ids as string[]
      const left = this.rules.filter(({ id }) => !ids.includes(id))
      const deleted = this.rules.length - left.length
      if (!dryRun) this.rules = left
      return ok({ meta: { sent: now(), summary: { deleted, not_deleted: ids.length - deleted } } })
    }
    const add = (body.add ?? []) as { value: string; tag?: string }[]
    const errors: JsonObject[] = []
    const valid: { value: string; tag?: string }[] = []
    for (const rule of add) {
      const known = this.rules.find(({ value }) => value === rule.value)
      if (known)
        errors.push({
          value: rule.value,
          id: known.id,
          title: 'DuplicateRule',
          type: 'https://api.x.com/2/problems/duplicate-rules',
        })
      else {
        const details = this.#faultsOf(rule.value)
        if (details.length > 0)
          errors.push({
            value: rule.value,
            details,
            title: 'UnprocessableEntity',
            type: 'https://api.x.com/2/problems/invalid-rules',
          })
        else valid.push(rule)
      }
    }
    const invalid = errors.some(({ title }) => title === 'UnprocessableEntity')
    // docs …/rule-cap: the number of rules is exceeded.
    if (!invalid && this.rules.length + valid.length > this.ruleLimit)
      return {
        status: 422,
        body: {
          title: 'RulesCapExceeded',
          detail: `This would exceed the cap of ${this.ruleLimit} rules.`,
          type: 'https://api.x.com/2/problems/rule-cap',
        },
      }
    const created = invalid ? [] : valid.map(rule => ({ ...rule, id: `${this.#nextRule++}` }))
    if (!dryRun) this.rules = [...this.rules, ...created]
    return {
      status: 201,
      body: {
        ...(created.length > 0 ? { data: created } : {}),
        meta: {
          sent: now(),
          summary: {
            created: created.length,
            not_created: add.length - created.length,
            valid: valid.length,
            invalid: errors.length,
          },
        },
        ...(errors.length > 0 ? { errors } : {}),
      },
    }
  }

  #faultsOf(value: string): string[] {
    if (value.length > this.ruleLength)
      return [
        `Rule value is too long: ${value.length}, the maximum is ${this.ruleLength} (at position ${this.ruleLength})`,
      ]
    try {
      parseQuery(value)
      return []
    } catch (error) {
      if (error instanceof InvalidQuery) return [`${error.message} (at position 1)`]
      throw error
    }
  }

  /**
   * docs posts/search/integrate/paginate: newest first, in pages of up to 100 with a `next_token` that does not
   * expire; `since_id` is exclusive. A `since_id` of more than seven days ago, an `end_time` less than ten seconds
   * ago, and a query that is too long are errors.
   */
  #search(query: URLSearchParams): { status: number; body: unknown } {
    const found = this.#found(query)
    if ('status' in found) return found
    const size = Number(query.get('max_results') ?? 10)
    if (size < 10 || size > 100) return invalid('max_results', `${size}`, 'is not between 10 and 100')
    const from = Number(query.get('next_token') ?? 0)
    const page = found.tweets.slice(from, from + size)
    this.delivered += page.length
    const next = from + size < found.tweets.length ? { next_token: `${from + size}` } : {}
    const ids = page.length > 0 ? { newest_id: page[0]?.id, oldest_id: page.at(-1)?.id } : {}
    return ok({
      ...(page.length > 0 ? { data: page } : {}),
      meta: { ...ids, result_count: page.length, ...next },
    })
  }

  /** docs posts/counts/introduction: posts by minute, oldest first, minutes without a post included. */
  #counts(query: URLSearchParams): { status: number; body: unknown } {
    const found = this.#found(query)
    if ('status' in found) return found
    const data: { start: string; end: string; tweet_count: number }[] = []
    for (let start = found.from; start < found.to; start += MINUTE_MS) {
      const end = Math.min(start + MINUTE_MS, found.to)
      const tweet_count = found.tweets.filter(({ id }) => {
        const at = timeOfId(BigInt(id))
        return at >= start && at < end
      }).length
      data.push({ start: new Date(start).toISOString(), end: new Date(end).toISOString(), tweet_count })
    }
    return ok({
      data,
      meta: { total_tweet_count: data.reduce((sum, { tweet_count }) => sum + tweet_count, 0) },
    })
  }

  #found(
    query: URLSearchParams,
  ): { tweets: Tweet[]; from: number; to: number } | { status: number; body: unknown } {
    const expression = query.get('query') ?? ''
    if (expression.length > this.queryLength)
      return invalid(
        'query',
        expression,
        `is too long: ${expression.length}, the maximum is ${this.queryLength}`,
      )
    // docs posts/search/integrate/operators does not have it: a sample is of the stream alone.
    if (/(?:^|[\s(])sample:/.test(expression))
      return invalid(
        'query',
        expression,
        "has the operator 'sample', which is not available for this product",
      )
    const end = query.get('end_time')
    // The page on pagination: without a time and a `since_id` it ends half a minute ago.
    const latest = query.has('since_id') ? Date.now() : Date.now() - 30_000
    const to = end === null ? latest : Date.parse(end)
    if (end !== null && to > Date.now() - 10_000)
      return invalid('end_time', end ?? '', 'must be a minimum of 10 seconds prior to the request time.')
    const since = BigInt(query.get('since_id') ?? 0)
    const start = query.get('start_time')
    const oldest = Date.now() - WEEK_MS
    if (since > 0n && timeOfId(since) < oldest)
      return invalid(
        'since_id',
        `${since}`,
        `must be a tweet id created after ${new Date(oldest).toISOString()}. Please use a 'since_id' that is larger than ${firstIdAt(oldest)}`,
      )
    const from = start === null ? oldest : Date.parse(start)
    let matcher: Matcher
    try {
      matcher = parseQuery(expression)
    } catch (error) {
      if (!(error instanceof InvalidQuery)) throw error
      return invalid('query', expression, error.message)
    }
    const tweets = this.tweets.filter(tweet => {
      const at = timeOfId(BigInt(tweet.id))
      return BigInt(tweet.id) > since && at >= from && at < to && matches(matcher, tweet)
    })
    tweets.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
    return { tweets, from, to }
  }

  #count(path: string): { headers: Record<string, string>; exceeded: boolean } {
    const limit = this.limits.get(path)
    if (limit === undefined) return { headers: {}, exceeded: false }
    const at = Date.now()
    let used = this.#used.get(path)
    if (!used || at >= used.from + WINDOW_MS) used = { from: at, n: 0 }
    used.n++
    this.#used.set(path, used)
    return {
      exceeded: used.n > limit,
      headers: {
        'x-rate-limit-limit': `${limit}`,
        'x-rate-limit-remaining': `${Math.max(0, limit - used.n)}`,
        'x-rate-limit-reset': `${Math.ceil((used.from + WINDOW_MS) / 1000)}`,
      },
    }
  }

  #write({ response, isStalled }: Open, text: string): void {
    if (isStalled) return
    const bytes = Buffer.from(text)
    const size = this.chunkBytes ?? bytes.length
    for (let from = 0; from < bytes.length; from += size) response.write(bytes.subarray(from, from + size))
  }

  #forget(id: string): void {
    clearInterval(this.#open.get(id)?.keepAlive)
    this.#open.delete(id)
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

/** docs posts/filtered-stream/integrate/handling-disconnections */
export const TOO_MANY_CONNECTIONS = {
  title: 'ConnectionException',
  detail: 'This stream is currently at the maximum allowed connection limit.',
  connection_issue: 'TooManyConnections',
  type: 'https://api.x.com/2/problems/streaming-connection',
}

/** The same page; it comes in the stream, before X ends the connection. */
export const OPERATIONAL_DISCONNECT = {
  errors: [
    {
      title: 'operational-disconnect',
      disconnect_type: 'UpstreamOperationalDisconnect',
      detail: 'This stream has been disconnected upstream for operational reasons.',
      type: 'https://api.x.com/2/problems/operational-disconnect',
    },
  ],
}

/** The same page: an app or account without the access that an endpoint needs. */
const NOT_ENROLLED = {
  status: 403,
  body: {
    title: 'Client Forbidden',
    reason: 'client-not-enrolled',
    detail: 'You currently have access to a subset of X API V2 endpoints only.',
    required_enrollment: 'Appropriate Level of API Access',
    type: 'https://api.x.com/2/problems/client-forbidden',
  },
}

const matches = (matcher: Matcher, { text, lang, referenced_tweets: references }: Tweet) =>
  matcher({
    text,
    ...(typeof lang === 'string' ? { lang } : {}),
    isRetweet: Array.isArray(references) && references.some(({ type }) => type === 'retweeted'),
  })

const now = () => new Date().toISOString()
const ok = (body: unknown) => ({ status: 200, body })

/** docs fundamentals/response-codes-and-errors: the value that was sent comes back within the message. */
const invalid = (parameter: string, value: string, what: string) => ({
  status: 400,
  body: {
    errors: [
      {
        parameters: { [parameter]: [value] },
        message: `Invalid '${parameter}':'${value}'. '${parameter}' ${what}`,
      },
    ],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.x.com/2/problems/invalid-request',
  },
})

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}))
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : JSON.parse(text)
}
