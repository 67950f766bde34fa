import { expect, test } from 'vitest'
import { ThreadActivity } from './thread-activity.ts'

test('another thread sees the activity of this one', () => {
  const worker = new ThreadActivity()
  const watcher = new ThreadActivity(worker.memory)
  expect(watcher.read()).toMatchObject({ calls: 0, waiting: false, heartbeat: 0 })
  worker.batch(7)
  worker.enter(3, 40, 2)
  expect(watcher.read()).toMatchObject({ calls: 1, batch: 7, plugin: 3, record: 40, lastRecord: 40, post: 2 })
  worker.leave()
  expect(watcher.read().calls).toBe(2)
})

test('a call for several records notes the last one', () => {
  const activity = new ThreadActivity()
  activity.enter(0, 10, -1, 19)
  activity.waiting(true)
  activity.beat()
  expect(activity.read()).toMatchObject({ record: 10, lastRecord: 19, post: -1, waiting: true, heartbeat: 1 })
  activity.waiting(false)
  expect(activity.read().waiting).toBe(false)
})

test('a call in progress is recognised after any number of calls', () => {
  const activity = new ThreadActivity()
  // The count of calls is one of 32 bits, and runs over after a few hours.
  new Int32Array(activity.memory)[0] = 2 ** 31 - 2
  for (let call = 0; call < 3; call++) {
    expect(activity.read().calls % 2 === 0).toBe(true)
    activity.enter(0, 0, 0)
    expect(activity.read().calls % 2 === 0).toBe(false)
    activity.leave()
  }
})

test('a thread says which one it is to the operating system, and whether it loads data', () => {
  const activity = new ThreadActivity()
  expect(activity.read()).toMatchObject({ thread: 0, loading: false })
  activity.thread(4711)
  const during = activity.loading(() => activity.read())
  expect(during).toMatchObject({ thread: 4711, loading: true, heartbeat: 0 })
  expect(activity.read()).toMatchObject({ loading: false, heartbeat: 1 })
})

test('data that cannot be loaded ends the loading too', () => {
  const activity = new ThreadActivity()
  const load = () => {
    throw new Error('no')
  }
  expect(() => activity.loading(load)).toThrow('no')
  expect(activity.read()).toMatchObject({ loading: false, heartbeat: 1 })
})
