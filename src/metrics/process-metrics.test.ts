import { expect, test, vi } from 'vitest'
import { ProcessMetrics } from './process-metrics.ts'

/** Enough work to be seen in the processor time of the process. */
function work(): void {
  const until = performance.now() + 30
  while (performance.now() < until) JSON.stringify(process.versions)
}

test('the process is measured when it is asked for, at most once a second', async () => {
  let now = 5000
  const metrics = new ProcessMetrics(() => now)
  const first = await metrics.text('text')
  work()
  now += 999
  expect(await metrics.text('text')).toBe(first)
  now += 1
  expect(await metrics.text('text')).not.toBe(first)
})

test('concurrent scrapes share a measurement', async () => {
  const metrics = new ProcessMetrics()
  const [one, other] = await Promise.all([metrics.text('text'), metrics.text('text')])
  expect(one).toBe(other)
})

test('a counter of the process is named as its format wants it', async () => {
  const metrics = new ProcessMetrics()
  expect(await metrics.text('text')).toMatch(
    /^# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total [\d.]+$/m,
  )
  expect(await metrics.text('openmetrics')).toMatch(
    /^# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total [\d.]+$/m,
  )
})

test('labels are exported, numeric values as text', async () => {
  const text = await new ProcessMetrics().text('text')
  expect(text).toMatch(
    /^nodejs_version_info\{version="v\d+\.[\d.]+",major="\d+",minor="\d+",patch="\d+"\} 1$/m,
  )
  expect(text).toMatch(/^nodejs_heap_space_size_used_bytes\{space="old"\} \d+$/m)
})

test('the delay of the event loop is only its lateness', async () => {
  let now = 0
  const metrics = new ProcessMetrics(() => now)
  const delay = async (which: string) => {
    now += 1000
    const text = await metrics.text('text')
    return Number(new RegExp(`^nodejs_eventloop_lag_${which}_seconds (.*)$`, 'm').exec(text)?.[1])
  }
  await vi.waitFor(async () => expect(await delay('min')).toBeLessThan(0.09), {
    timeout: 60_000,
    interval: 300,
  })
  const held = async () => {
    const until = performance.now() + 500
    while (performance.now() < until) JSON.stringify(process.versions)
    // The delay is seen by a timer that is due, once it gets its turn.
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(await delay('max')).toBeGreaterThan(0.3)
  }
  await vi.waitFor(held, { timeout: 60_000 })
})
