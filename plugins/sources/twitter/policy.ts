import { ReconnectPolicy } from 'mood-exporter/plugin'

/**
 * The minimum waits that X documents, after an HTTP error and after a 429 without a time, in milliseconds.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/integrate/handling-disconnections
 */
export const LEAST_WAITS = { server: 5000, slow_down: 60_000 } as const

const NETWORK = { initial: 250, max: 16_000, growth: 'linear' } as const

/**
 * The waits that X documents: after network errors linear from 250 ms to 16 s, after HTTP errors exponential from 5 s
 * to 320 s, and after a 429 from a minute, doubling. Waits after HTTP errors are at least the documented first one,
 * plus jitter (see {@link LEAST_WAITS}); a stream that was cut is opened again immediately.
 *
 * @param random numbers in [0, 1), like Math.random
 */
export const xPolicy = (random?: () => number): ReconnectPolicy =>
  new ReconnectPolicy(
    {
      initial: 5000,
      max: 320_000,
      healthyAfter: 60_000,
      per: {
        network: NETWORK,
        closed: NETWORK,
        stalled: NETWORK,
        slow_down: { initial: 60_000, max: 960_000 },
      },
    },
    random,
  )
