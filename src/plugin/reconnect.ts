import { LONGEST_TIMER, orAborted, sleep } from './abort.ts'
import { Backoff, type BackoffOptions } from './backoff.ts'
import type { Log } from './context.ts'
import { Disconnect, disconnectOf, type Outage } from './outage.ts'
import { SilenceWatch } from './silence.ts'
import type { Emitter } from './source.ts'

/** Factor of the longest wait if a service asks for fewer requests without saying for how long. */
const SLOW_DOWN_FACTOR = 10

export interface ReconnectOptions extends BackoffOptions {
  /** Other bounds for some outages, if a service documents them. Each counts its failures separately. */
  per?: Partial<Record<Outage, Pick<BackoffOptions, 'initial' | 'max' | 'growth'>>>
}

/**
 * Computes how long a source waits before it reconnects, by the kind of outage:
 *
 * - `slow_down`: as long as the service asks for, plus a back-off; if it does not say, at first up to `max` and later
 *   up to ten times that
 * - `credentials`: forever, as the same credentials will be rejected again
 * - all others: exponential back-off with full jitter, up to `max`; longer if the service asks for it
 *
 * Waits start from `initial` again after a connection was up for `healthyAfter`. The options are those of {@link
 * Backoff}. It does not wait itself.
 */
export class ReconnectPolicy {
  readonly #usual: Backoff
  readonly #per = new Map<Outage, Backoff>()

  /** @param random numbers in [0, 1), like Math.random */
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
   * The connection is down, or could not be made. Returns the wait before the next attempt, in milliseconds;
   * `Infinity` for rejected credentials.
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

/** One attempt to connect, and its connection. */
export interface Connection {
  /** Aborted when the source is stopped and when the connection has stalled. Pass it to whatever waits. */
  readonly signal: AbortSignal
  /** The connection is established, and the source up. Further calls change nothing. */
  up(): void
  /** Something was received, even if only a keep-alive. */
  heard(): void
  /**
   * Resolves as the promise does, or to undefined once the signal is aborted. Use it for a wait on our side, such as
   * for room in the queue: silence of the other side does not count meanwhile.
   */
  own<T>(promise: Promise<T>): Promise<T | undefined>
}

export interface ReconnectingOptions {
  policy: ReconnectPolicy
  emitter: Pick<Emitter, 'up' | 'down' | 'gap'>
  /** The signal of `run`. */
  signal: AbortSignal
  log: Log
  /** The address as it is logged and shown; a function if it varies between attempts. */
  peer: string | (() => string)
  /**
   * How long the connection may be silent, in milliseconds, from the attempt on; unlimited if absent or 0. After that
   * it counts as stalled, and is ended.
   */
  silentMs?: number | undefined
  /**
   * Whether the source afterwards reads what was written while it was not connected, and calls `emitter.gap` itself
   * for what it could not read. If absent, each time between two connections counts as a lost gap.
   */
  resumes?: boolean
}

/**
 * Reconnects until the signal is aborted: the loop of all sources that keep a connection.
 *
 * `connect` is called for each attempt. It calls `connection.up()` once it is connected, `connection.heard()` for
 * whatever is received, and reads until the end: it resolves if the other side closed the connection, and otherwise
 * rejects, preferably with a {@link Disconnect}. It must settle soon after `connection.signal` is aborted. The wait
 * before the next attempt is that of the {@link ReconnectPolicy}. After rejected credentials there is no further
 * attempt: the source stays down (and not ready, if it was never up) until it is stopped or reloaded with other
 * credentials.
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
  /** When the last connection was lost, if there was one. */
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
    // The exporter logs and shows `down` once for an outage, however many attempts there are.
    if (wait === Number.POSITIVE_INFINITY) {
      emitter.down(
        `${name}: ${message}; it is not tried again until the configuration is changed and reloaded`,
        outage,
      )
      // Never settles on its own.
      return await orAborted(new Promise<void>(() => {}), signal)
    }
    emitter.down(`${name}: ${message}`, outage)
    log.debug('not connected', { peer: name, outage, message, next_attempt_ms: Math.round(wait) })
    await longSleep(wait, signal)
  }
}

interface Ending {
  disconnect: Disconnect
  /** When the connection ended, as far as is known; null if there was none. By the clock of `performance.now`. */
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
  // The rejection of an aborted attempt has no information of its own.
  if (stall) disconnect = stall
  return { disconnect, endedAt: wasUp ? (stall ? watch.lastAt : performance.now()) : null }
}

/** Sleeps for longer than a timer allows, if a service asks for that. */
async function longSleep(ms: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + ms
  for (let rest = ms; rest > 0 && !signal.aborted; rest = until - performance.now())
    await sleep(Math.min(Math.ceil(rest), LONGEST_TIMER), signal)
}
