import {
  Disconnect,
  type Emitter,
  type Log,
  orAborted,
  type ReconnectPolicy,
  sleep,
} from 'mood-exporter/plugin'
import { ApiResponseError } from 'twitter-api-v2'

export interface AskerOptions {
  policy: ReconnectPolicy
  emitter: Pick<Emitter, 'up' | 'down'>
  signal: AbortSignal
  log: Log
  /** The URL as it is logged and shown. */
  peer: string
  /** When the rate limit allows the next request, in Unix milliseconds. */
  nextAt: () => number
}

/** A request that X rejects as invalid: repeating it has no effect. */
export class BadRequest extends Error {}

/** Parameters set by the source: if X rejects one of these, the query is not the cause. */
const OURS = /'?(?:since_id|end_time|start_time|next_token|max_results)'?/

/** Sends requests until X answers: within the rate limit, and after a failure with the waits of the policy. */
export class Asker {
  readonly #options: AskerOptions
  #isUp = false

  constructor(options: AskerOptions) {
    this.#options = options
  }

  /**
   * The answer; undefined once the signal is aborted.
   *
   * @throws BadRequest if X rejects the query
   */
  async ask<T>(request: () => Promise<T>): Promise<T | undefined> {
    const { policy, emitter, signal, log, peer, nextAt } = this.#options
    while (!signal.aborted) {
      const wait = nextAt() - Date.now()
      if (wait > 0) {
        log.debug('waiting for the rate limit', { ms: wait })
        await sleep(wait, signal)
        continue
      }
      try {
        const answer = await request()
        policy.up()
        if (!this.#isUp) emitter.up()
        this.#isUp = true
        return answer
      } catch (error) {
        if (signal.aborted) return undefined
        if (!(error instanceof Disconnect)) throw error
        if (isBadRequest(error)) throw new BadRequest(error.message)
        const wait = policy.down(error)
        this.#isUp = false
        const isFinal = wait === Number.POSITIVE_INFINITY
        const rest = isFinal ? '; it is not tried again until the configuration is changed and reloaded' : ''
        // The exporter logs and shows `down` once for an outage, however many attempts there are.
        emitter.down(`${peer}: ${error.message}${rest}`, error.outage)
        if (isFinal) return await orAborted(new Promise<undefined>(() => {}), signal)
        const { outage, message } = error
        log.debug('not answered', { peer, outage, message, next_attempt_ms: Math.round(wait) })
        await sleep(wait, signal)
      }
    }
    return undefined
  }

  /** The source is down for another reason: the next answer sets it up again. */
  down(): void {
    this.#isUp = false
  }
}

const isBadRequest = ({ cause, message }: Disconnect) =>
  cause instanceof ApiResponseError && cause.code === 400 && !OURS.test(message)
