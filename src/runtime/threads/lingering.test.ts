import { expect, test } from 'vitest'
import { ended, lingering } from './lingering.ts'
import { FakeThread } from './threads-testing.ts'

test('a thread that was asked to end lingers until it is gone', async () => {
  const { thread } = new FakeThread().start({}, {} as never, { exit: () => {} } as never)
  const end = ended(thread)
  expect(lingering()).toBe(1)
  await end
  expect(lingering()).toBe(0)
})

test('a thread in a system call lingers', () => {
  const fake = new FakeThread()
  fake.isStuck = true
  const { thread } = fake.start({}, {} as never, {} as never)
  void ended(thread)
  void ended(thread)
  expect(lingering()).toBe(1)
})
