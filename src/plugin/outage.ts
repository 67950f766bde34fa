import { messageOf } from './message-of.ts'
import { retryAfter } from './retry-after.ts'

/**
 * Why a source is down:
 *
 * - `network`: there is no connection, or it was lost
 * - `closed`: the other end closed it
 * - `stalled`: it was silent for too long, and is treated as lost
 * - `slow_down`: the service asks for fewer requests or connections
 * - `credentials`: the service rejects the token or password, and will until it is changed
 * - `server`: the service answers with an error
 * - `other`: anything else
 */
export type Outage = 'network' | 'closed' | 'stalled' | 'slow_down' | 'credentials' | 'server' | 'other'

export interface DisconnectOptions extends ErrorOptions {
  /** How long the service asks not to be called, in milliseconds. */
  retryAfter?: number | undefined
}

/**
 * Why a connection of a source ended, or could not be made. Thrown by the function passed to {@link reconnecting}.
 */
export class Disconnect extends Error {
  override readonly name = 'Disconnect'
  readonly outage: Outage
  readonly retryAfter: number | undefined

  /** @param message what happened, in one line; it is logged and shown, so it must not contain a secret */
  constructor(outage: Outage, message: string, { retryAfter, ...options }: DisconnectOptions = {}) {
    super(message, options)
    this.outage = outage
    this.retryAfter = retryAfter
  }
}

/** Error codes of Node.js and its HTTP client (undici) for connection failures. */
const NETWORK_CODE = /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|ADDRNOTAVAIL|NOTFOUND|AI_)|UND_ERR_|ABORT_ERR)/
/** Error codes for invalid certificates, which count as connection failures too. */
const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|EPROTO)/

/** Turns a thrown value into a Disconnect: a network error by its code, or the code of its cause. */
export function disconnectOf(thrown: unknown): Disconnect {
  if (thrown instanceof Disconnect) return thrown
  const isNetwork = hasCode(thrown, code => NETWORK_CODE.test(code) || TLS_CODE.test(code))
  return new Disconnect(isNetwork ? 'network' : 'other', messageOf(thrown), { cause: thrown })
}

/** Whether an error, one of its parts or its cause has a matching code. Causes may be circular. */
function hasCode(thrown: unknown, matches: (code: string) => boolean, depth = 0): boolean {
  if (!(thrown instanceof Error) || depth > 4) return false
  const { code } = thrown as NodeJS.ErrnoException
  if (typeof code === 'string' && matches(code)) return true
  if (thrown instanceof AggregateError && thrown.errors.some(error => hasCode(error, matches, depth + 1)))
    return true
  return hasCode(thrown.cause, matches, depth + 1)
}

export interface HttpAnswer {
  status: number
  headers: Pick<Headers, 'get'>
}

export interface HttpDisconnectOptions {
  /** Whether the request had credentials. Without, 401 and 403 are errors of the service like any other. */
  hasCredentials?: boolean
  /** The service's own message, in one line, shown after the status. */
  detail?: string
}

/**
 * Makes a Disconnect for an HTTP answer other than success: 401 and 403 are `credentials`, 429, and 503 if it has a
 * `Retry-After`, are `slow_down`, and all others `server`. The wait is that of `Retry-After`; for `slow_down` without
 * one, until the reset of a used-up rate limit.
 *
 * @param now Unix milliseconds
 */
export function httpDisconnect(
  { status, headers }: HttpAnswer,
  { hasCredentials = false, detail = '' }: HttpDisconnectOptions = {},
  now = Date.now(),
): Disconnect {
  const message = `it answered ${status}${detail && `: ${detail}`}`
  const asked = retryAfter(headers.get('retry-after'), now)
  if (hasCredentials && (status === 401 || status === 403)) return new Disconnect('credentials', message)
  if (status !== 429 && !(status === 503 && asked !== undefined))
    return new Disconnect('server', message, { retryAfter: asked })
  const limit = rateLimitOf(headers, now)
  const untilReset = limit?.remaining === 0 && limit.resetAt !== undefined ? limit.resetAt - now : undefined
  return new Disconnect('slow_down', message, { retryAfter: asked ?? untilReset })
}

export interface RateLimit {
  /** Requests that the limit still allows. */
  remaining: number
  /** When it is reset, in Unix milliseconds. */
  resetAt: number | undefined
}

/** Numbers from here up are Unix times in seconds, smaller ones are seconds from now. */
const LEAST_UNIX_SECONDS = 1e9

/**
 * The rate limit in the headers of an answer: `x-rate-limit-…` (X), `x-ratelimit-…` (Mastodon, Reddit) or
 * `ratelimit-…`. The reset is a date, Unix seconds or seconds from now. Undefined without such headers.
 *
 * @param now Unix milliseconds
 */
export function rateLimitOf(headers: Pick<Headers, 'get'>, now = Date.now()): RateLimit | undefined {
  for (const prefix of ['x-rate-limit-', 'x-ratelimit-', 'ratelimit-']) {
    const text = headers.get(`${prefix}remaining`)
    // Reddit sends fractions.
    const remaining = text === null || text.trim() === '' ? Number.NaN : Math.floor(Number(text))
    if (Number.isNaN(remaining)) continue
    return { remaining: Math.max(0, remaining), resetAt: resetOf(headers.get(`${prefix}reset`), now) }
  }
  return undefined
}

function resetOf(text: string | null, now: number): number | undefined {
  if (text === null || text.trim() === '') return undefined
  const seconds = Number(text)
  if (Number.isNaN(seconds)) {
    const time = Date.parse(text)
    return Number.isNaN(time) ? undefined : time
  }
  return seconds >= LEAST_UNIX_SECONDS ? seconds * 1000 : now + seconds * 1000
}
