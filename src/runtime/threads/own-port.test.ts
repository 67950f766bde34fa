import { MessageChannel } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { type OwnThread, ownPort } from './own-port.ts'
import { packed } from './packed-topics.ts'

/** A thread that was started as an output, and the other end of its port. */
function started(more: Partial<OwnThread> = {}) {
  const { port1, port2 } = new MessageChannel()
  const workerData: Record<string, unknown> = { role: 'output', port: port2, name: 'file' }
  const lockGlobals = vi.fn<() => void>()
  const close = () => port1.close()
  return {
    other: port1,
    port: port2,
    thread: { isMainThread: false, workerData, lockGlobals, ...more },
    workerData,
    lockGlobals,
    close,
  }
}

test('a thread takes its port, before any plugin can', async () => {
  const { other, port, thread, workerData, lockGlobals, close } = started()
  const own = ownPort<{ name: string }>('output', thread)
  expect(own?.data.name).toBe('file')
  expect(workerData).not.toHaveProperty('port')
  expect(lockGlobals).toHaveBeenCalledOnce()
  // A plugin that replaces the method does not see what is sent.
  port.postMessage = () => expect.unreachable('it was replaced')
  const heard = new Promise(resolve => other.once('message', resolve))
  own?.port.postMessage({ a: 1 })
  expect(await heard).toEqual({ a: 1 })
  const answered = new Promise(resolve => own?.port.on('message', resolve))
  other.postMessage({ b: 2 })
  expect(await answered).toEqual({ b: 2 })
  close()
})

test('topics are read from their text', () => {
  const topics = [{ name: 'nova', any: ['nova'] }]
  const { thread, workerData, close } = started()
  Object.assign(workerData, packed({ workerConfig: { topics } }))
  expect(ownPort('output', thread)?.data).toMatchObject({ workerConfig: { topics } })
  close()
})

test('there is none in the main thread, in a thread of another role, or a second time', () => {
  const { thread, lockGlobals, close } = started()
  expect(ownPort('output', { ...thread, isMainThread: true })).toBeNull()
  expect(ownPort('source', thread)).toBeNull()
  expect(ownPort('output', { ...thread, workerData: null })).toBeNull()
  expect(lockGlobals).not.toHaveBeenCalled()
  expect(ownPort('output', thread)).not.toBeNull()
  expect(ownPort('output', thread)).toBeNull()
  close()
})

test('this thread was not started by the runtime', () => {
  expect(ownPort('output')).toBeNull()
})
