import { expect, test } from 'vitest'
import { Backoff } from './backoff.ts'

const longest = () => 1
const shortest = () => 0

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

test('the bound of the wait doubles up to the maximum', () => {
  const backoff = new Backoff({ initial: 100, max: 1000 }, longest)
  expect(times(6, () => backoff.next(0))).toEqual([100, 200, 400, 800, 1000, 1000])
})

test('the wait is anywhere between a tenth of the first bound and the bound', () => {
  const random = [0, 0.5, 1]
  const backoff = new Backoff({ initial: 100, max: 100 }, () => random.shift() as number)
  expect(times(3, () => backoff.next(0))).toEqual([10, 55, 100])
})

test('a connection that was up for long enough starts the bound over, and a shorter one does not', () => {
  const backoff = new Backoff({ initial: 100, max: 1000, healthyAfter: 5000 }, longest)
  backoff.next(0)
  backoff.up(1000)
  expect(backoff.next(5999)).toBe(200)
  backoff.up(7000)
  backoff.up(11_000)
  expect(backoff.next(12_000)).toBe(100)
})

test('the time before a failure does not count for the connection after it', () => {
  const backoff = new Backoff({ initial: 100, max: 1000, healthyAfter: 5000 }, longest)
  backoff.up(0)
  expect(backoff.next(1000)).toBe(100)
  expect(backoff.next(9000)).toBe(200)
})

test('unless it says otherwise, a connection is healthy once it was up for the longest wait', () => {
  const backoff = new Backoff({ initial: 100, max: 1000 }, longest)
  backoff.next(0)
  backoff.up(0)
  expect(backoff.next(999)).toBe(200)
  backoff.up(1000)
  expect(backoff.next(2000)).toBe(100)
})

test('waits as long as a server requests, plus the back-off', () => {
  const backoff = new Backoff({ initial: 100, max: 1000 }, longest)
  expect(backoff.wait(60_000, 0)).toBe(60_100)
  expect(new Backoff({ initial: 100, max: 1000 }, shortest).wait(60_000, 0)).toBe(60_010)
})

test('a missing or invalid requested time gets the usual back-off', () => {
  for (const asked of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) {
    const backoff = new Backoff({ initial: 100, max: 1000 }, longest)
    expect(times(3, () => backoff.wait(asked, 0))).toEqual([100, 200, 400])
  }
})

test('no server can silence a source for longer than a day, or than the option allows', () => {
  const year = 365 * 86_400_000
  expect(new Backoff({ initial: 100, max: 1000 }, longest).wait(year, 0)).toBe(86_400_100)
  expect(new Backoff({ initial: 100, max: 1000, maxWait: 5000 }, longest).wait(year, 0)).toBe(5100)
})

test('bounds that would make a tight loop are refused', () => {
  for (const initial of [0, -1, Number.NaN])
    expect(() => new Backoff({ initial, max: 1000 })).toThrow('expected `initial` above 0 ms')
  expect(() => new Backoff({ initial: 100, max: 0 })).toThrow('expected `max` above 0 ms')
  expect(new Backoff({ initial: 100, max: 50 }, longest).next(0)).toBe(50)
})

/** Numbers in [0, 1) by a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const BOUNDS = { initial: 500, max: 30_000 }

/** The waits after a thousand failures on a clock that only they, and the connection's life, move. */
function waitsOf(
  fail: (backoff: Backoff, now: number, random: () => number) => [life: number, wait: number],
) {
  return Array.from({ length: 20 }, (_, seed) => {
    const random = randomNumbers(seed)
    const backoff = new Backoff(BOUNDS, random)
    let now = 0
    return times(1000, () => {
      const [life, wait] = fail(backoff, now, random)
      now += life + wait
      return life + wait
    })
  }).flat()
}

test.each<[what: string, Parameters<typeof waitsOf>[0]]>([
  ['every attempt fails at once', (backoff, now) => [0, backoff.next(now)]],
  [
    'every connection comes up and is lost at once',
    (backoff, now) => {
      backoff.up(now)
      return [0, backoff.next(now)]
    },
  ],
  [
    'every connection is lost just before it counts as healthy',
    (backoff, now) => {
      backoff.up(now)
      return [29_999, backoff.next(now + 29_999)]
    },
  ],
  [
    'every connection is lost just after it counts as healthy',
    (backoff, now) => {
      backoff.up(now)
      return [30_000, backoff.next(now + 30_000)]
    },
  ],
  ['the server always asks for no time at all', (backoff, now) => [0, backoff.wait(0, now)]],
  ['the server always asks for a second', (backoff, now) => [0, backoff.wait(1000, now)]],
  [
    'all of these happen at random',
    (backoff, now, random) => {
      const life = random() < 0.5 ? 0 : random() * 40_000
      if (random() < 0.7) backoff.up(now)
      const wait =
        random() < 0.5 ? backoff.next(now + life) : backoff.wait(random() * 2000 - 1000, now + life)
      return [life, wait]
    },
  ],
])('there is no tight loop in a thousand failures where %s', (_, fail) => {
  const waits = waitsOf(fail)
  // No attempt follows the last at once, and any twenty of them together take at least the longest wait.
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(BOUNDS.initial / 10)
  const spans = waits.slice(20).map((_, i) => waits.slice(i, i + 20).reduce((sum, wait) => sum + wait, 0))
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(BOUNDS.max)
})
