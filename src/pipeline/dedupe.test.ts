import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { SeenIds } from './dedupe.ts'

test('an id is new once', () => {
  const seen = new SeenIds(SeenIds.allocate(1000))
  expect(seen.add(0, '1461564782561234567')).toBe(true)
  expect(seen.add(0, '1461564782561234567')).toBe(false)
  expect(seen.add(0, '1461564782561234568')).toBe(true)
})

test('sources do not share ids', () => {
  const seen = new SeenIds(SeenIds.allocate(1000))
  expect(seen.add(0, '1')).toBe(true)
  expect(seen.add(1, '1')).toBe(true)
  expect(seen.add(1, '1')).toBe(false)
})

test('any text is an id', () => {
  const seen = new SeenIds(SeenIds.allocate(1000))
  const ids = ['', '\0', '\0\0', 'a', 'a\0', '가나다', '\ud800', '__proto__', 'x'.repeat(100_000)]
  expect(ids.map(id => seen.add(0, id))).toEqual(ids.map(() => true))
  expect(ids.map(id => seen.add(0, id))).toEqual(ids.map(() => false))
})

test('instances over the same memory share seen ids', () => {
  const memory = SeenIds.allocate(1000)
  new SeenIds(memory).add(0, 'a')
  expect(new SeenIds(memory).add(0, 'a')).toBe(false)
})

test('the last ids of the window are remembered, nearly all', () => {
  const posts = 10_000
  const seen = new SeenIds(SeenIds.allocate(posts))
  for (let id = 0; id < 10 * posts; id++) seen.add(0, `post-${id}`)
  let remembered = 0
  for (let id = 9 * posts; id < 10 * posts; id++) if (!seen.add(0, `post-${id}`)) remembered++
  expect(remembered).toBeGreaterThan(0.99 * posts)
})

test('ids much older than the window are evicted, and memory does not grow', () => {
  const posts = 10_000
  const memory = SeenIds.allocate(posts)
  expect(memory.byteLength).toBe(8 * posts)
  const seen = new SeenIds(memory)
  for (let id = 0; id < 10 * posts; id++) seen.add(0, `post-${id}`)
  expect(seen.add(0, 'post-0')).toBe(true)
  let evicted = 0
  for (let id = 1; id <= posts; id++) if (seen.add(0, `post-${id}`)) evicted++
  expect(evicted).toBeGreaterThan(0.99 * posts)
})

test('a full bucket evicts its oldest id first', () => {
  const seen = new SeenIds(SeenIds.allocate(8))
  for (let id = 0; id < 100; id++) expect(seen.add(0, `${id}`)).toBe(true)
  for (let id = 99; id >= 84; id--) expect(seen.add(0, `${id}`)).toBe(false)
  expect(seen.add(0, '83')).toBe(true)
  expect(seen.add(0, '84')).toBe(true)
  expect(seen.add(0, '86')).toBe(false)
})

test('new ids are almost never mistaken for seen ones', () => {
  const seen = new SeenIds(SeenIds.allocate(200_000))
  let mistaken = 0
  for (let id = 0; id < 1_000_000; id++)
    if (!seen.add(id % 3, `${1_461_564_782_561_234 + id * 3}`)) mistaken++
  expect(mistaken).toBeLessThanOrEqual(1)
})

test('of threads that race for the same ids, one gets each', { timeout: 60_000 }, async () => {
  const threads = 4
  const ids = 100_000
  // Far more room than ids, so that none is evicted by the time that the slowest thread comes to it.
  const memory = SeenIds.allocate(10 * ids)
  const barrier = new SharedArrayBuffer(4)
  // Threads start together and walk the same ids, so that they often meet in the same bucket.
  const script = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { SeenIds } = await import(workerData.module)
    const seen = new SeenIds(workerData.memory)
    const waiting = new Int32Array(workerData.barrier)
    Atomics.add(waiting, 0, 1)
    while (Atomics.load(waiting, 0) < workerData.threads);
    const taken = []
    for (let id = 0; id < workerData.ids; id++) if (seen.add(0, 'id' + id)) taken.push(id)
    parentPort.postMessage(taken)`
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
        workerData: {
          module: new URL('./dedupe.ts', import.meta.url).href,
          memory,
          barrier,
          threads,
          ids,
        },
      }),
  )
  const taken = await Promise.all(workers.map(async worker => (await once(worker, 'message'))[0] as number[]))
  await Promise.all(workers.map(worker => worker.terminate()))
  const all = taken.flat().sort((a, b) => a - b)
  expect(all).toEqual(Array.from({ length: ids }, (_, id) => id))
  expect(taken.filter(ids => ids.length > 0).length).toBeGreaterThan(1)
})

test('the slots that were written are logged once, and repeat in another memory what was seen', () => {
  const seen = new SeenIds(SeenIds.allocate(100))
  expect(seen.takeLog()).toBeNull()
  for (const id of ['a', 'b', 'a']) seen.add(0, id)
  const log = seen.takeLog()
  expect(log).toHaveLength(4)
  expect(seen.takeLog()).toBeNull()
  const memory = SeenIds.allocate(100)
  const slots = new Int32Array(memory)
  for (let i = 0; i < (log?.length ?? 0); i += 2) slots[log?.[i] as number] = log?.[i + 1] as number
  const copy = new SeenIds(memory)
  expect(['a', 'b', 'c'].map(id => copy.add(0, id))).toEqual([false, false, true])
})

test('an id that another thread added is logged again as it is, and no other', () => {
  const memory = SeenIds.allocate(8)
  const first = new SeenIds(memory)
  for (const id of ['a', 'b', 'c']) first.add(0, id)
  const log = Array.from(first.takeLog() ?? [])
  const second = new SeenIds(memory)
  second.logAgain(0, 'b')
  expect(Array.from(second.takeLog() ?? [])).toEqual(log.slice(2, 4))
  second.logAgain(0, 'none')
  second.logAgain(1, 'b')
  expect(second.takeLog()).toBeNull()
})
