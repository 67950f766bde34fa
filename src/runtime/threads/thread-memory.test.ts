import { expect, test, vi } from 'vitest'
import { MemoryWatch, resourceLimits } from './thread-memory.ts'
import { FakeThread } from './threads-testing.ts'

const MIB = 2 ** 20
/** V8's young generation, which the limit leaves out. */
const YOUNG = 48 * MIB

function watched(limit: number) {
  const fake = new FakeThread()
  const { thread } = fake.start({}, {} as never, {} as never)
  const exceeded = vi.fn<() => void>()
  return { fake, exceeded, watch: new MemoryWatch(thread, limit, exceeded) }
}

const turn = () => new Promise(setImmediate)

test("V8's own limit leaves room for one large growth", () => {
  expect(resourceLimits(100 * MIB)).toEqual({ maxOldGenerationSizeMb: 400 })
  expect(resourceLimits(1)).toEqual({ maxOldGenerationSizeMb: 1 })
})

test('memory is that of the heap and of buffers outside', async () => {
  const { fake, exceeded, watch } = watched(10 * MIB)
  for (const [heap, external, calls] of [
    [YOUNG + 10 * MIB, 0, 0],
    [YOUNG, 10 * MIB, 0],
    [YOUNG + 10 * MIB, 1, 1],
    [1, YOUNG + 10 * MIB, 2],
  ] as const) {
    fake.memory = { heap, external }
    watch.look()
    await turn()
    expect(exceeded, `${heap} ${external}`).toHaveBeenCalledTimes(calls)
  }
})

test('one look is under way at a time, and one that fails is not the last', async () => {
  const { fake, exceeded, watch } = watched(0)
  fake.memory = null
  watch.look()
  watch.look()
  expect(fake.reads).toBe(1)
  await turn()
  expect(exceeded).not.toHaveBeenCalled()
  fake.memory = { heap: YOUNG, external: 1 }
  watch.look()
  await turn()
  watch.look()
  await turn()
  expect(fake.reads).toBe(3)
  expect(exceeded).toHaveBeenCalledTimes(2)
})
