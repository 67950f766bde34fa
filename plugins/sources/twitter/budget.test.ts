import { MemoryStore } from 'mood-exporter/plugin/testing'
import { describe, expect, test } from 'vitest'
import { Budget, type BudgetOptions, startOf } from './budget.ts'

const NOON = Date.UTC(2026, 10, 27, 12)
const HOUR = 3_600_000
const log = { debug() {}, info() {}, warn() {}, error() {} }

function clocked(at = NOON) {
  const clock = { at }
  const store = new MemoryStore()
  const open = (options: Partial<BudgetOptions>, from = store) =>
    Budget.open({ usd_per_post: 0.005, cycle_day: 1, ...options }, from, log, () => clock.at)
  return { clock, store, open }
}

test('posts are counted by day and month, and the smaller rest is what is left', async () => {
  const { open } = clocked()
  const budget = await open({ posts_per_day: 1000, posts_per_month: 10_000 })
  await budget.take(400)
  expect(budget.left).toBe(600)
  expect(budget.pausedUntil).toBeNull()
  await budget.take(600)
  expect(budget.left).toBe(0)
  expect(budget.pausedUntil).toBe(Date.UTC(2026, 10, 28))
  const [day, month] = budget.periods()
  expect(day).toMatchObject({ name: 'day', limit: 1000, read: 1000, left: 0 })
  expect(month).toMatchObject({
    name: 'month',
    limit: 10_000,
    read: 1000,
    left: 9000,
    endsAt: Date.UTC(2026, 11),
  })
  expect(day && budget.usd(day)).toBeCloseTo(5)
})

test('a new period begins at zero, and the other periods continue', async () => {
  const { clock, open } = clocked()
  const budget = await open({ posts_per_day: 10, posts_per_month: 15 })
  await budget.take(10)
  clock.at = Date.UTC(2026, 10, 28)
  expect(budget.left).toBe(5)
  await budget.take(5)
  expect(budget.pausedUntil).toBe(Date.UTC(2026, 11))
  clock.at = Date.UTC(2026, 11)
  expect(budget.pausedUntil).toBeNull()
  expect(budget.left).toBe(10)
})

test('a clock that is set back does not renew a budget', async () => {
  const { clock, open } = clocked()
  const budget = await open({ posts_per_day: 10 })
  await budget.take(10)
  clock.at -= 24 * HOUR
  expect(budget.left).toBe(0)
})

test('after a clean stop the store has what was read, to the post', async () => {
  const { store, open } = clocked()
  const first = await open({ posts_per_day: 100_000 })
  await first.take(123)
  await first.close()
  expect((await open({ posts_per_day: 100_000 }, store)).left).toBe(100_000 - 123)
})

test('after a kill at any moment the budget is not larger than it was, and hardly smaller', async () => {
  const { open } = clocked()
  // A store that is lost keeps what was set before: each write is a moment at which the kill could have come.
  for (let readBefore = 1; readBefore <= 700; readBefore += 13) {
    const store = new MemoryStore()
    const budget = await open({ posts_per_day: 10_000 }, store)
    for (let i = 0; i < readBefore; i++) await budget.take(1)
    const after = await open({ posts_per_day: 10_000 }, store)
    expect(after.left).toBeLessThanOrEqual(10_000 - readBefore)
    expect(after.left).toBeGreaterThanOrEqual(10_000 - readBefore - 100)
  }
})

test('a restart on the next day keeps the count of the month, not of the day', async () => {
  const { clock, store, open } = clocked()
  const first = await open({ posts_per_day: 10, posts_per_month: 100 })
  await first.take(10)
  await first.close()
  clock.at += 24 * HOUR
  const second = await open({ posts_per_day: 10, posts_per_month: 100 }, store)
  expect(second.periods().map(({ read }) => read)).toEqual([0, 10])
})

test('the pace of the last hour says what will have been read at the end', async () => {
  const { clock, open } = clocked()
  const budget = await open({ posts_per_day: 1000 })
  for (let minute = 0; minute < 120; minute++) {
    await budget.take(1)
    clock.at += 60_000
  }
  // 14:00: 120 were read, and 60 an hour for ten hours are to come.
  const [day] = budget.periods()
  expect(day?.read).toBe(120)
  expect(day?.projected).toBeGreaterThan(700)
  expect(day?.projected).toBeLessThan(730)
})

test('a backlog that is read at a start is no pace', async () => {
  const { open } = clocked()
  const budget = await open({ posts_per_day: 100_000 })
  await budget.take(1000)
  // By ten minutes: 6,000 an hour, not a thousand in an instant.
  expect(budget.periods()[0]?.projected).toBeCloseTo(1000 + 6000 * 12)
})

test('the even pace may be exceeded by a quarter of the limit', async () => {
  const { clock, open } = clocked(Date.UTC(2026, 10, 27, 6))
  const budget = await open({ posts_per_day: 1000 })
  expect(budget.paced).toBe(500)
  await budget.take(500)
  expect(budget.paced).toBe(0)
  expect(budget.left).toBe(500)
  clock.at += 6 * HOUR
  expect(budget.paced).toBe(250)
  clock.at += 11 * HOUR
  expect(budget.paced).toBe(500)
})

test('a store that cannot be written is logged once and retried later, and posts are still counted', async () => {
  const store = new MemoryStore()
  let writes = 0
  store.set = () => {
    writes++
    return Promise.reject(new Error('disk full'))
  }
  const errors: unknown[] = []
  const failing = { ...log, error: (_: string, fields?: object) => void errors.push(fields) }
  const budget = await Budget.open({ usd_per_post: 0, cycle_day: 1, posts_per_day: 10 }, store, failing)
  await budget.take(1)
  await budget.take(1)
  expect(budget.left).toBe(8)
  expect(errors).toEqual([{ error: 'disk full' }])
  expect(writes).toBe(1)
})

describe('a billing cycle', () => {
  test.each([
    [1, '2026-11-27', '2026-11-01', '2026-12-01'],
    [28, '2026-11-27', '2026-10-28', '2026-11-28'],
    [27, '2026-11-27', '2026-11-27', '2026-12-27'],
    [15, '2027-01-03', '2026-12-15', '2027-01-15'],
  ])('that begins on day %i and holds %s is from %s to %s', (day, at, from, to) => {
    expect(startOf('month', Date.parse(at), day)).toBe(Date.parse(from))
    expect(startOf('month', Date.parse(at), day, 1)).toBe(Date.parse(to))
  })
})
