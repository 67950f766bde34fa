import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Log } from './context.ts'
import { Disconnect, httpDisconnect, type Outage } from './outage.ts'
import { type Connection, ReconnectPolicy, reconnecting } from './reconnect.ts'
import { TestEmitter } from './testing-emitter.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const BOUNDS = { initial: 500, max: 30_000 }
const SILENT_MS = 20_000

/** Numbers in [0, 1) by a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

type Attempt = (connection: Connection, random: () => number) => Promise<void>

/** Reconnects through attempts that end as `fail` says, until there were this number of them or the clock stops. */
async function drive(fail: Attempt, { attempts = 1000, seed = 1, random = randomNumbers(seed) } = {}) {
  const starts: number[] = []
  const ends: number[] = []
  const controller = new AbortController()
  const emitter = new TestEmitter()
  const logged: string[] = []
  const at = (level: string) => (message: string) => void logged.push(`${level}: ${message}`)
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const policy = new ReconnectPolicy(BOUNDS, random)
  const done = reconnecting(
    { policy, emitter, signal: controller.signal, log, peer: 'service:443', silentMs: SILENT_MS },
    async connection => {
      starts.push(performance.now())
      if (starts.length === attempts) controller.abort()
      try {
        await fail(connection, random)
      } finally {
        ends.push(performance.now())
      }
    },
  )
  let isDone = false
  void done.then(() => {
    isDone = true
  })
  // The clock of a year at most, in leaps from timer to timer.
  for (let leaps = 0; !isDone && leaps < 20 * attempts; leaps++) {
    if (vi.getTimerCount() === 0) await vi.advanceTimersByTimeAsync(0)
    await vi.advanceTimersToNextTimerAsync()
  }
  const waits = starts.slice(1).map((start, i) => start - (ends[i] as number))
  return { starts, waits, emitter, logged, controller, done, isDone: () => isDone }
}

const ends =
  (outage: Outage, retryAfter?: number): Attempt =>
  async () => {
    throw new Disconnect(outage, outage, { retryAfter })
  }

const after = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

const sequences: [what: string, fail: Attempt, most: Outage][] = [
  ['there is no network', ends('network'), 'network'],
  ['the service answers with errors', ends('server'), 'server'],
  ['the service asks to slow down and does not say for how long', ends('slow_down'), 'slow_down'],
  ['the service asks to slow down for no time', ends('slow_down', 0), 'slow_down'],
  ['the service asks to slow down for five seconds', ends('slow_down', 5000), 'slow_down'],
  [
    'each connection is closed as soon as it is up',
    async connection => {
      connection.up()
    },
    'closed',
  ],
  [
    'each connection is lost just before it counts as healthy',
    async connection => {
      connection.up()
      const beat = setInterval(() => connection.heard(), 5000)
      await after(29_999)
      clearInterval(beat)
      throw new Disconnect('network', 'lost')
    },
    'network',
  ],
  [
    'each attempt hangs',
    connection =>
      new Promise((_, reject) =>
        connection.signal.addEventListener('abort', () => reject(new Error('aborted'))),
      ),
    'stalled',
  ],
  [
    'all of these happen at random',
    async (connection, random) => {
      if (random() < 0.6) connection.up()
      if (random() < 0.3) await after(random() * 40_000)
      const kinds: Outage[] = ['network', 'server', 'slow_down', 'closed', 'other']
      const asked = random() < 0.3 ? random() * 10_000 : undefined
      throw new Disconnect(kinds[Math.floor(random() * kinds.length)] as Outage, 'random', {
        retryAfter: asked,
      })
    },
    'network',
  ],
]

describe('a thousand failures', () => {
  test.each(sequences)('are spaced where %s', async (_, fail, outage) => {
    const { starts, waits, emitter } = await drive(fail)
    expect(starts).toHaveLength(1000)
    expect(emitter.downs.length).toBe(999)
    expect(emitter.outages).toContain(outage)
    // No attempt follows the last at once, and any twenty of them together take at least the longest wait.
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(BOUNDS.initial / 10)
    const spans = starts.slice(40).map((start, i) => start - (starts[i + 20] as number))
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(BOUNDS.max)
    // Nor does it ever give up.
    expect(Math.max(...waits)).toBeLessThanOrEqual(10 * BOUNDS.max + 10_000)
  })

  test('of credentials stop it, with one report and without further attempts', async () => {
    const { starts, emitter, logged, controller, done, isDone } = await drive(ends('credentials'), {
      attempts: 1001,
    })
    await vi.advanceTimersByTimeAsync(365 * 86_400_000)
    expect(starts).toHaveLength(1)
    expect(emitter.ups).toBe(0)
    expect(emitter.outages).toEqual(['credentials'])
    expect(emitter.downs[0]).toContain('service:443: credentials; it is not tried again until')
    // The exporter logs what `down` says.
    expect(logged).toEqual([])
    expect(isDone()).toBe(false)
    controller.abort()
    await done
  })
})

test('what the service asks for is waited for in full', async () => {
  const { waits } = await drive(ends('slow_down', 60_000), { attempts: 5 })
  for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(60_000)
  const headers = new Headers({ 'retry-after': '120' })
  const over = await drive(async () => Promise.reject(httpDisconnect({ status: 429, headers })), {
    attempts: 3,
  })
  for (const wait of over.waits) expect(wait).toBeGreaterThanOrEqual(120_000)
})

test('waits for a month if the service requests it, although no timer is that long', async () => {
  const month = 30 * 86_400_000
  const policy = new ReconnectPolicy({ ...BOUNDS, maxWait: 2 * month }, () => 0)
  const attempts: number[] = []
  const controller = new AbortController()
  const log: Log = { debug() {}, info() {}, warn() {}, error() {} }
  const done = reconnecting(
    { policy, emitter: new TestEmitter(), signal: controller.signal, log, peer: 'x' },
    async () => {
      attempts.push(performance.now())
      throw new Disconnect('slow_down', 'later', { retryAfter: month })
    },
  )
  await vi.advanceTimersByTimeAsync(month)
  expect(attempts).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(BOUNDS.max)
  expect(attempts).toHaveLength(2)
  controller.abort()
  await done
})

describe('bounds', () => {
  const longest = () => 1

  test('are reset after a healthy connection, after any kind of failure', () => {
    const policy = new ReconnectPolicy({ ...BOUNDS, healthyAfter: 10_000 }, longest)
    for (let n = 0; n < 5; n++) policy.down({ outage: 'network', retryAfter: undefined }, 0)
    policy.up(0)
    // Another kind of outage ends it, and the life of the connection still counts.
    policy.down({ outage: 'slow_down', retryAfter: undefined }, 10_000)
    expect(policy.down({ outage: 'network', retryAfter: undefined }, 10_000)).toBe(500)
  })

  test('of an outage may be those that a service documents', () => {
    const policy = new ReconnectPolicy(
      {
        ...BOUNDS,
        per: {
          network: { initial: 250, max: 1000, growth: 'linear' },
          server: { initial: 5000, max: 20_000 },
        },
      },
      longest,
    )
    const waits = (outage: Outage, n: number) =>
      Array.from({ length: n }, () => policy.down({ outage, retryAfter: undefined }, 0))
    expect(waits('network', 5)).toEqual([250, 500, 750, 1000, 1000])
    expect(waits('server', 4)).toEqual([5000, 10_000, 20_000, 20_000])
    expect(waits('closed', 3)).toEqual([500, 1000, 2000])
    expect(waits('slow_down', 2)).toEqual([30_000, 60_000])
  })
})

test('a stall is a disconnect, whatever error the attempt then rejects with', async () => {
  const { emitter } = await drive(
    connection =>
      new Promise((_, reject) => {
        connection.up()
        connection.signal.addEventListener('abort', () => reject(new Error('socket hang up')))
      }),
    { attempts: 2 },
  )
  expect(emitter.downs).toEqual(['service:443: nothing came for 20 s'])
  expect(emitter.outages).toEqual(['stalled'])
})

test('waiting for room in the queue does not count as silence of the peer', async () => {
  const lives: number[] = []
  await drive(
    async connection => {
      const from = performance.now()
      connection.up()
      await connection.own(after(3 * SILENT_MS))
      lives.push(performance.now() - from)
    },
    { attempts: 2 },
  )
  // The second attempt comes when it is stopped.
  expect(lives[0]).toBe(3 * SILENT_MS)
})

test('the gap of a connection that stalled begins when something was last heard', async () => {
  const { emitter, waits } = await drive(
    async connection => {
      connection.up()
      await after(1000)
      connection.heard()
      await new Promise<void>(resolve => connection.signal.addEventListener('abort', () => resolve()))
    },
    { attempts: 3, random: () => 0.5 },
  )
  expect(emitter.outages).toEqual(['stalled', 'stalled'])
  // The third attempt comes when it is stopped, and so never up.
  expect(emitter.gaps).toHaveLength(1)
  expect(emitter.gaps[0]?.result).toBe('lost')
  // Timers are exact to the millisecond.
  expect(emitter.gaps[0]?.ms).toBeCloseTo(SILENT_MS + (waits[0] as number), -1)
})

test('a gap is counted once the source is up again, and not where it resumes by itself', async () => {
  for (const resumes of [false, true]) {
    const emitter = new TestEmitter()
    const controller = new AbortController()
    const log: Log = { debug() {}, info() {}, warn() {}, error() {} }
    const policy = new ReconnectPolicy(BOUNDS, () => 1)
    let attempts = 0
    const done = reconnecting(
      { policy, emitter, signal: controller.signal, log, peer: 'x', resumes },
      async connection => {
        attempts++
        if (attempts === 2) throw new Disconnect('network', 'still gone')
        connection.up()
        await after(100)
        if (attempts === 3) await connection.own(new Promise<void>(() => {}))
      },
    )
    await vi.advanceTimersByTimeAsync(10_000)
    expect(emitter.ups).toBe(2)
    expect(emitter.gaps).toEqual(resumes ? [] : [{ result: 'lost', ms: 1500 }])
    controller.abort()
    await done
  }
})

test('stops at once, connected or during a back-off', async () => {
  for (const fail of [
    ends('network'),
    async (c: Connection) => void (await c.own(new Promise<void>(() => {}))),
  ]) {
    const controller = new AbortController()
    const log: Log = { debug() {}, info() {}, warn() {}, error() {} }
    const policy = new ReconnectPolicy({ initial: 3_600_000, max: 3_600_000 }, () => 1)
    const done = reconnecting(
      { policy, emitter: new TestEmitter(), signal: controller.signal, log, peer: 'x' },
      connection => fail(connection, Math.random),
    )
    await vi.advanceTimersByTimeAsync(10)
    controller.abort()
    await done
    expect(vi.getTimerCount()).toBe(0)
  }
})
