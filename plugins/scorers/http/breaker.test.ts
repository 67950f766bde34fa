import { expect, test } from 'vitest'
import { Breaker } from './breaker.ts'

function breakerAt(failures = 2) {
  const reported: unknown[] = []
  const clock = { now: 0 }
  const breaker = new Breaker({
    failures,
    pause: 1000,
    opened: (reason, ms) => reported.push([reason, ms]),
    closed: () => reported.push('closed'),
    now: () => clock.now,
  })
  return { breaker, clock, reported }
}

test('failures with a success between them leave the circuit closed', () => {
  const { breaker, reported } = breakerAt()
  for (let i = 0; i < 5; i++) {
    breaker.enter()
    breaker.failed('500')
    breaker.enter()
    breaker.succeeded()
  }
  expect(reported).toEqual([])
})

test('consecutive failures open the circuit for some time', () => {
  const { breaker, clock, reported } = breakerAt()
  breaker.failed('500')
  breaker.enter()
  breaker.failed('500')
  expect(reported).toEqual([['2 calls in a row failed, the last with: 500', 1000]])
  clock.now = 999
  expect(() => breaker.enter()).toThrow(/circuit open for another 1 s: 2 calls/)
})

test('after the pause one call probes the service, and the others wait for its result', () => {
  const { breaker, clock, reported } = breakerAt(1)
  breaker.failed('500')
  clock.now = 1000
  breaker.enter()
  expect(() => breaker.enter()).toThrow('until one call succeeds')
  breaker.failed('500')
  expect(() => breaker.enter()).toThrow('circuit open for another 1 s')
  clock.now = 2000
  breaker.enter()
  breaker.succeeded()
  breaker.enter()
  expect(reported).toEqual([expect.anything(), 'closed'])
})

test('after an inconclusive probe the next call probes', () => {
  const { breaker, clock } = breakerAt(1)
  breaker.failed('500')
  clock.now = 1000
  breaker.enter()
  breaker.withdrawn()
  expect(() => breaker.enter()).not.toThrow()
})

test('failures of calls in progress when the circuit opened are not reported again', () => {
  const { breaker, clock, reported } = breakerAt(1)
  for (let i = 0; i < 3; i++) breaker.enter()
  breaker.failed('500')
  breaker.failed('500')
  expect(reported).toHaveLength(1)
  clock.now = 1000
  expect(() => breaker.enter()).not.toThrow()
})

test('a service may request a pause, within a limit', () => {
  const { breaker, clock } = breakerAt(100)
  breaker.failed('429', 5000)
  expect(() => breaker.enter()).toThrow('circuit open for another 5 s: 429')
  clock.now = 5000
  breaker.enter()
  breaker.failed('429', 1e12)
  expect(() => breaker.enter()).toThrow('circuit open for another 300 s')
})
