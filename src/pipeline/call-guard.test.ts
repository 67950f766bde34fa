import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { State } from '../state/state.ts'
import { CallGuard, type Failure } from './call-guard.ts'
import { counts, testJob, testWorkerConfig } from './pipeline-testing.ts'
import { ThreadActivity } from './thread-activity.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function made() {
  const state = new State(testWorkerConfig().shape)
  const activity = new ThreadActivity()
  const failures: [guard: CallGuard, failure: Failure, excerpt: string][] = []
  const guard = new CallGuard('scorer', 'slow', 3, {
    activity,
    state,
    onFailure: (failed, failure, excerpt) => failures.push([failed, failure, excerpt()]),
  })
  const seconds = () => state.counter('mood_plugin_seconds_total').get(labelKey('scorer', 'slow'))
  return { guard, state, activity, failures, seconds }
}

test('the series of a plugin begins with its guard, at 0', () => {
  const { state } = made()
  expect([...state.counter('mood_plugin_seconds_total').entries()]).toEqual([[labelKey('scorer', 'slow'), 0]])
})

test('one call in 32 is timed, and counts for all 32', () => {
  const { guard, seconds } = made()
  // 0 is no time that a call can begin at.
  vi.advanceTimersByTime(1)
  const call = (ms: number) => {
    guard.begin(0, 0)
    vi.advanceTimersByTime(ms)
    guard.end()
  }
  call(5)
  expect(seconds()).toBeCloseTo(0.16, 9)
  for (let i = 1; i < 32; i++) call(1000)
  expect(seconds()).toBeCloseTo(0.16, 9)
  call(10)
  expect(seconds()).toBeCloseTo(0.48, 9)
})

test('the measured time of a batch is added as it is', () => {
  const { guard, seconds } = made()
  guard.spent(250)
  guard.spent(500)
  expect(seconds()).toBeCloseTo(0.75, 9)
})

test('during a call the activity says which plugin, record and post it is for', () => {
  const { guard, activity } = made()
  guard.begin(7, 2)
  expect(activity.read()).toMatchObject({ calls: 1, plugin: 3, record: 7, post: 2 })
  guard.end()
  expect(activity.read().calls).toBe(2)
})

test('a failure is counted by its reason, and passed on with the excerpt', () => {
  const { guard, state, failures } = made()
  guard.failed({ reason: 'threw', message: 'no' }, () => 'some text')
  expect(counts(state, 'mood_plugin_errors_total')).toEqual({ 'scorer slow threw': 1 })
  expect(failures).toEqual([[guard, { reason: 'threw', message: 'no' }, 'some text']])
})

test('a call that ended a worker is not made again, and fails once with the text of its record', () => {
  const { guard, failures } = made()
  const skips = [{ plugin: 3, record: 1, lastRecord: 2, post: -1, reason: 'crash' as const }]
  const job = testJob(['a', 'b', 'c', 'd'], { skips })
  expect([0, 1, 2, 3].map(record => guard.skips(job, record, 0))).toEqual([false, true, true, false])
  expect(failures).toEqual([
    [guard, { reason: 'crash', message: 'crash: this post is not given to it again' }, 'b'],
  ])
})
