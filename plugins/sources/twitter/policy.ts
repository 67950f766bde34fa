import { ReconnectPolicy } from 'mood-exporter/plugin'

/**
 * The least that X asks clients to wait after an error of HTTP and after a 429 that says no time, in milliseconds.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/integrate/handling-disconnections
 */
export const LEAST_WAITS = { server: 5000, slow_down: 60_000 } as const

const NETWORK = { initial: 250, max: 16_000, growth: 'linear' } as const

/**
 * The waits that X documents: after errors of the network linear from 250 ms to 16 s, after errors of HTTP exponential
 * from 5 s to 320 s, and after a 429 from a minute on, doubling. Waits for HTTP have at least the documented first one,
 * and jitter on top (see {@link LEAST_WAITS}); a stream that was cut is asked for again at once.
 *
 * @param random numbers in [0, 1), as of Math.random
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
