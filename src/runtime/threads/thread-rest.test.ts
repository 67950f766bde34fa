import { Worker } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { ThreadRest } from './thread-rest.ts'

/** Looks at a thread that has waited so long since the looks before, in milliseconds, one second after the other. */
function looked(...waited: number[]) {
  let idle = 0
  const performance = { eventLoopUtilization: () => ({ idle, active: 0, utilization: 0 }) }
  const rest = new ThreadRest({ performance } as never, 0)
  return waited.map((ms, i) => {
    idle += ms
    return rest.look((i + 1) * 1000)
  })
}

test('a thread that waits is not stuck, and one that only waits is at rest', () => {
  expect(looked(999, 500, 0, 995)).toEqual([
    { hasWaited: true, isResting: true },
    { hasWaited: true, isResting: false },
    { hasWaited: false, isResting: false },
    { hasWaited: true, isResting: true },
  ])
})

test('the activity of a thread is read without its cooperation', { timeout: 120_000 }, async () => {
  const held = new Int32Array(new SharedArrayBuffer(4))
  const code = `const { parentPort, workerData } = require('worker_threads')
    parentPort.on('message', () => Atomics.wait(workerData, 0, 0))`
  const thread = new Worker(code, { eval: true, workerData: held })
  try {
    const rest = new ThreadRest(thread)
    await vi.waitFor(() => expect(rest.look().isResting).toBe(true), { timeout: 60_000, interval: 200 })
    thread.postMessage('stand still')
    await vi.waitFor(() => expect(rest.look().hasWaited).toBe(false), { timeout: 60_000, interval: 50 })
    Atomics.store(held, 0, 1)
    Atomics.notify(held, 0)
    await vi.waitFor(() => expect(rest.look().hasWaited).toBe(true), { timeout: 60_000, interval: 50 })
  } finally {
    await thread.terminate()
  }
})
