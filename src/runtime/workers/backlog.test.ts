import { expect, test } from 'vitest'
import { Backlog } from './backlog.ts'

/** Whether it lasts for one worker at each of these times, with so many batches waiting. */
const lasting = (backlog: Backlog, waiting: number, ...times: number[]) =>
  times.map(now => backlog.isLasting(waiting, 1, now))

test('workers are behind if what waits takes 200 ms for each, for a quarter of a second', () => {
  const backlog = new Backlog()
  backlog.took(100)
  expect(lasting(backlog, 2, 0, 249, 250)).toEqual([false, false, true])
  const others = new Backlog()
  others.took(100)
  expect([0, 250].map(now => others.isLasting(3, 2, now))).toEqual([false, false])
  expect([300, 550].map(now => others.isLasting(4, 2, now))).toEqual([false, true])
})

test('a burst is not: the time begins again when less waits', () => {
  const backlog = new Backlog()
  backlog.took(100)
  expect(lasting(backlog, 2, 0, 200)).toEqual([false, false])
  expect(lasting(backlog, 1, 210)).toEqual([false])
  expect(lasting(backlog, 2, 260, 509, 510)).toEqual([false, false, true])
})

test('workers are behind if anything waits for a second', () => {
  const backlog = new Backlog()
  expect(lasting(backlog, 1, 0, 999, 1000)).toEqual([false, false, true])
  backlog.clear()
  expect(lasting(backlog, 1, 1100, 2099, 2100)).toEqual([false, false, true])
})

test('they are not once nothing waits', () => {
  const backlog = new Backlog()
  backlog.took(100)
  lasting(backlog, 2, 0)
  backlog.clear()
  expect(lasting(backlog, 2, 250, 499, 500)).toEqual([false, false, true])
})

test('the latest batches say most about the next', () => {
  const backlog = new Backlog()
  backlog.took(300)
  // 200 ms on average.
  backlog.took(100)
  expect(lasting(backlog, 1, 0, 250)).toEqual([false, true])
  backlog.clear()
  backlog.took(199)
  expect(lasting(backlog, 1, 300, 550)).toEqual([false, false])
})
