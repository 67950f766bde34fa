import { expect, test } from 'vitest'
import { LEAST_WAITS, xPolicy } from './policy.ts'

/** The waits after failures in a row, with the largest random numbers, in milliseconds. */
function waits(
  outage: 'network' | 'stalled' | 'server' | 'slow_down',
  failures: number,
  retryAfter?: number,
) {
  const policy = xPolicy(() => 1)
  return Array.from({ length: failures }, (_, i) => policy.down({ outage, retryAfter }, i))
}

test('waits after network errors grow linearly, from 250 ms to 16 s', () => {
  for (const outage of ['network', 'stalled'] as const) {
    const all = waits(outage, 1000)
    expect(all.slice(0, 4)).toEqual([250, 500, 750, 1000])
    expect(Math.max(...all)).toBe(16_000)
  }
})

test('waits after HTTP errors double, from 5 s to 320 s', () => {
  const all = waits('server', 1000, LEAST_WAITS.server)
  expect(all.slice(0, 3)).toEqual([10_000, 15_000, 25_000])
  expect(Math.max(...all)).toBe(325_000)
  // However the numbers fall.
  const policy = xPolicy(() => 0)
  const least = Array.from({ length: 1000 }, (_, i) => policy.down({ outage: 'server', retryAfter: 5000 }, i))
  expect(Math.min(...least)).toBeGreaterThanOrEqual(5000)
})

test('waits at least a minute after a 429 without a time, otherwise for the given time', () => {
  const policy = xPolicy(() => 0)
  expect(policy.down({ outage: 'slow_down', retryAfter: LEAST_WAITS.slow_down }, 0)).toBeGreaterThanOrEqual(
    60_000,
  )
  expect(policy.down({ outage: 'slow_down', retryAfter: 600_000 }, 1)).toBeGreaterThanOrEqual(600_000)
  expect(waits('slow_down', 3, LEAST_WAITS.slow_down)).toEqual([120_000, 180_000, 300_000])
})

test('a thousand streams that close at once do not cause a tight loop', () => {
  const policy = xPolicy(() => 0.5)
  let at = 0
  for (let i = 0; i < 1000; i++) {
    policy.up(at)
    at += 1 + policy.down({ outage: 'closed', retryAfter: undefined }, at + 1)
  }
  // Sixteen seconds each at the end, and half of that by these numbers.
  expect(at).toBeGreaterThan(1000 * 6000)
})
