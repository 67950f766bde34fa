import { messageOf } from './message-of.ts'
import { retryAfter } from './retry-after.ts'

/**
 * Why a source is down, as it is counted:
 *
 * - `network`: there is no connection, or it was lost
 * - `closed`: the other end closed it
 * - `stalled`: it was silent for longer than it may be, which is as good as lost
 * - `slow_down`: the service asks for fewer requests or connections
 * - `credentials`: the service rejects the token or password, as it will until that is changed
 * - `server`: the service answers with an error
 * - `other`: anything else
 */
export type Outage = 'network' | 'closed' | 'stalled' | 'slow_down' | 'credentials' | 'server' | 'other'

export interface DisconnectOptions extends ErrorOptions {
  /** How long the service wants to be left alone, in milliseconds. */
  retryAfter?: number | undefined
}

/** Why a connection of a source ended, or could not be made. Thrown by what {@link reconnecting} calls. */
export class Disconnect extends Error {
  override readonly name = 'Disconnect'
  readonly outage: Outage
  readonly retryAfter: number | undefined

  /** @param message what happened, in one line; it is logged and shown, so it must hold no secret */
  constructor(outage: Outage, message: string, { retryAfter, ...options }: DisconnectOptions = {}) {
    super(message, options)
    this.outage = outage
    this.retryAfter = retryAfter
  }
}

/** Codes of errors that Node.js and its HTTP client (undici) have for what happens to connections. */
const NETWORK_CODE = /^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|ADDRNOTAVAIL|NOTFOUND|AI_)|UND_ERR_|ABORT_ERR)/
/** The same for certificates that do not hold, which is a matter of the connection too. */
const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|EPROTO)/

/** Makes a Disconnect of whatever was thrown: of an error of the network by its code, or that of its cause. */
export function disconnectOf(thrown: unknown): Disconnect {
  if (thrown instanceof Disconnect) return thrown
  const isNetwork = hasCode(thrown, code => NETWORK_CODE.test(code) || TLS_CODE.test(code))
  return new Disconnect(isNetwork ? 'network' : 'other', messageOf(thrown), { cause: thrown })
}

/** Whether an error, one of its parts or its cause has such a code. A chain of causes may lead back to its start. */
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
  /** Whether the request had credentials. Without them, 401 and 403 are errors of the service like any other. */
  hasCredentials?: boolean
  /** What the service said of it, in one line, to be shown behind the status. */
  detail?: string
}

/**
 * Makes a Disconnect of an HTTP answer that is no success: 401 and 403 are `credentials`, 429 is `slow_down`, as is 503
 * with a `Retry-After`, and all else is `server`. How long to wait is taken from `Retry-After`, otherwise, where a rate limit
 * is used up, from when it is reset.
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
  /** What the limit still allows. */
  remaining: number
  /** When it is reset, in Unix milliseconds. */
  resetAt: number | undefined
}

/** Seconds that are a time since 1970, and not one from now. */
const LEAST_UNIX_SECONDS = 1e9

/**
 * What the headers of an answer say of a rate limit: `x-rate-limit-…` (X), `x-ratelimit-…` (Mastodon, Reddit) or
 * `ratelimit-…`, whose reset is a date, Unix seconds or seconds from now. Undefined where there are none.
 *
 * @param now Unix milliseconds
 */
export function rateLimitOf(headers: Pick<Headers, 'get'>, now = Date.now()): RateLimit | undefined {
  for (const prefix of ['x-rate-limit-', 'x-ratelimit-', 'ratelimit-']) {
    const text = headers.get(`${prefix}remaining`)
    // Reddit has fractions.
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
