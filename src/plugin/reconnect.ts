import { LONGEST_TIMER, orAborted, sleep } from './abort.ts'
import { Backoff, type BackoffOptions } from './backoff.ts'
import type { Log } from './context.ts'
import { Disconnect, disconnectOf, type Outage } from './outage.ts'
import { SilenceWatch } from './silence.ts'
import type { Emitter } from './source.ts'

/** A service that asks for less without saying how much less is left alone for longer than one that is not there. */
const SLOW_DOWN_FACTOR = 10

export interface ReconnectOptions extends BackoffOptions {
  /** Other bounds for some outages, where a service documents them. Each of these counts its failures by itself. */
  per?: Partial<Record<Outage, Pick<BackoffOptions, 'initial' | 'max' | 'growth'>>>
}

/**
 * How long a source waits before it connects again, by what happened to it:
 *
 * - `slow_down`: as long as the service asks for and a back-off on top; where it does not say, up to `max` at first and
 *   up to ten times that later
 * - `credentials`: for ever, as the same credentials will be rejected again
 * - all else: exponential back-off with full jitter, up to `max`; longer where the service asks for it
 *
 * Bounds start over once a connection was up for `healthyAfter`. See {@link Backoff}, whose options these are. It waits
 * for nothing itself.
 */
export class ReconnectPolicy {
  readonly #usual: Backoff
  readonly #per = new Map<Outage, Backoff>()

  /** @param random numbers in [0, 1), as of Math.random */
  constructor({ per = {}, ...usual }: ReconnectOptions, random: () => number = Math.random) {
    const { max, healthyAfter = max } = usual
    this.#usual = new Backoff(usual, random)
    const all: typeof per = { slow_down: { initial: max, max: max * SLOW_DOWN_FACTOR }, ...per }
    for (const [outage, bounds] of Object.entries(all))
      this.#per.set(
        outage as Outage,
        new Backoff({ ...bounds, healthyAfter, maxWait: usual.maxWait }, random),
      )
  }

  /** The connection is up. Further calls before it is down change nothing. */
  up(now = performance.now()): void {
    for (const backoff of this.#all()) backoff.up(now)
  }

  /**
   * The connection is down, or could not be made: how long to wait before the next attempt, in milliseconds;
   * `Infinity` for credentials.
   */
  down({ outage, retryAfter }: Pick<Disconnect, 'outage' | 'retryAfter'>, now = performance.now()): number {
    const its = this.#per.get(outage) ?? this.#usual
    for (const backoff of this.#all()) if (backoff !== its) backoff.over(now)
    const wait = retryAfter === undefined ? its.next(now) : its.wait(retryAfter, now)
    return outage === 'credentials' ? Number.POSITIVE_INFINITY : wait
  }

  *#all(): Generator<Backoff> {
    yield this.#usual
    yield* this.#per.values()
  }
}

/** One attempt to connect, and the connection that comes of it. */
export interface Connection {
  /** Aborted when the source is stopped and when the connection has stalled. Pass it on to what waits. */
  readonly signal: AbortSignal
  /** The connection is established, and the source up. Further calls change nothing. */
  up(): void
  /** Something came, if only a sign of life. */
  heard(): void
  /**
   * Resolves as the promise does, or to undefined once the signal is aborted. What is waited for is on our side, such as
   * room in the queue: the other side may be silent meanwhile.
   */
  own<T>(promise: Promise<T>): Promise<T | undefined>
}

export interface ReconnectingOptions {
  policy: ReconnectPolicy
  emitter: Pick<Emitter, 'up' | 'down' | 'gap'>
  /** That of `run`. */
  signal: AbortSignal
  log: Log
  /** What it connects to, as it is logged and shown; a function where that changes from one attempt to the next. */
  peer: string | (() => string)
  /**
   * How long the connection may be silent, in milliseconds, from the attempt on; for ever where absent or 0. It has then
   * stalled, and is ended.
   */
  silentMs?: number | undefined
  /**
   * Whether the source reads afterwards what was written while it was not connected, and counts itself what it could not
   * (`emitter.gap`). Where absent, each time between two connections counts as a gap that was lost.
   */
  resumes?: boolean
}

/**
 * Connects again and again until the signal is aborted: the one loop that all sources have which keep a connection.
 *
 * `connect` is called for each attempt. It calls `connection.up()` once it is connected, `connection.heard()` for whatever
 * comes, and reads until the end: it resolves where the other side closed the connection, and rejects with what happened
 * else, best as a {@link Disconnect}. It must settle soon after `connection.signal` is aborted. The next attempt waits as
 * the {@link ReconnectPolicy} says. Where credentials were rejected there is none: the source stays down, and not ready if
 * it was never up, until it is stopped or reloaded with other ones.
 *
 *     run: (emitter, signal) =>
 *       reconnecting({ policy, emitter, signal, log, peer: url, silentMs: 20_000 }, async connection => {
 *         const response = await fetch(url, { signal: connection.signal })
 *         if (!response.ok) throw httpDisconnect(response, { hasCredentials: true })
 *         connection.up()
 *         for await (const chunk of response.body) {
 *           connection.heard()
 *           await connection.own(stream.write(chunk))
 *         }
 *       })
 */
export async function reconnecting(
  { policy, emitter, signal, log, peer, silentMs = 0, resumes = false }: ReconnectingOptions,
  connect: (connection: Connection) => Promise<void>,
): Promise<void> {
  /** Since when nothing more could come, once there was a connection. */
  let lostAt: number | null = null
  while (!signal.aborted) {
    const name = typeof peer === 'string' ? peer : peer()
    const { disconnect, endedAt } = await attempt(signal, silentMs, connect, () => {
      policy.up()
      emitter.up()
      log.debug('connected', { peer: name })
      if (lostAt !== null && !resumes) emitter.gap('lost', performance.now() - lostAt)
      lostAt = null
    })
    if (signal.aborted) return
    if (endedAt !== null) lostAt = endedAt
    const wait = policy.down(disconnect)
    const { outage, message } = disconnect
    // `down` is logged, and shown, by the exporter: once for an outage, however many attempts it has.
    if (wait === Number.POSITIVE_INFINITY) {
      emitter.down(
        `${name}: ${message}; it is not tried again until the configuration is changed and reloaded`,
        outage,
      )
      // Never settles by itself.
      return await orAborted(new Promise<void>(() => {}), signal)
    }
    emitter.down(`${name}: ${message}`, outage)
    log.debug('not connected', { peer: name, outage, message, next_attempt_ms: Math.round(wait) })
    await longSleep(wait, signal)
  }
}

interface Ending {
  disconnect: Disconnect
  /** When the connection ended, as far as is known; null where there was none. By the clock of `performance.now`. */
  endedAt: number | null
}

async function attempt(
  stopped: AbortSignal,
  silentMs: number,
  connect: (connection: Connection) => Promise<void>,
  isUp: () => void,
): Promise<Ending> {
  const ending = new AbortController()
  const stop = () => ending.abort(stopped.reason)
  stopped.addEventListener('abort', stop, { once: true })
  let stall: Disconnect | null = null
  const watch = new SilenceWatch(silentMs, () => {
    stall = new Disconnect('stalled', `nothing came for ${silentMs / 1000} s`)
    ending.abort(stall)
  })
  let wasUp = false
  const connection: Connection = {
    signal: ending.signal,
    up() {
      if (wasUp || ending.signal.aborted) return
      wasUp = true
      watch.heard()
      isUp()
    },
    heard: () => watch.heard(),
    async own(promise) {
      watch.begin()
      try {
        return await orAborted(promise, ending.signal)
      } finally {
        watch.end()
      }
    },
  }
  let disconnect: Disconnect
  try {
    await connect(connection)
    disconnect = new Disconnect('closed', 'the other side closed the connection')
  } catch (error) {
    disconnect = disconnectOf(error)
  }
  watch.stop()
  stopped.removeEventListener('abort', stop)
  ending.abort()
  // What an attempt rejects with once it is aborted says nothing of its own.
  if (stall) disconnect = stall
  return { disconnect, endedAt: wasUp ? (stall ? watch.lastAt : performance.now()) : null }
}

/** Sleeps for longer than a timer can, where a service asks for that. */
async function longSleep(ms: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + ms
  for (let rest = ms; rest > 0 && !signal.aborted; rest = until - performance.now())
    await sleep(Math.min(Math.ceil(rest), LONGEST_TIMER), signal)
}
