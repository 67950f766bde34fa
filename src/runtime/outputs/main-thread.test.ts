import { describe, expect, test, vi } from 'vitest'
import { type Failure, startPluginThread } from '../threads/plugin-thread.ts'

const OPTIONS = {
  module: 'src/runtime/outputs/output-thread',
  role: 'output',
  name: 'output file',
  workerMemory: 10 * 2 ** 20,
  logLines: 7,
}

describe('a plugin in the main thread', () => {
  function inMainThread(module: string) {
    const messages: object[] = []
    const gone = Promise.withResolvers<Failure>()
    const failures: Failure[] = []
    const said = Promise.withResolvers<void>()
    const thread = startPluginThread<{ type: string }>(
      { spec: { use: 'nonesuch', name: 'x', options: {} }, baseDir: '/', logLines: 1 },
      { ...OPTIONS, module, threaded: false },
      {
        message: message => {
          messages.push(message)
          said.resolve()
        },
        gone: failure => {
          failures.push(failure)
          gone.resolve(failure)
        },
      },
      () => expect.unreachable('no thread is started'),
    )
    return { thread, messages, said: said.promise, gone: gone.promise, failures }
  }

  test('is served by the module, until it is ended', async () => {
    const { thread, messages, said, failures } = inMainThread(OPTIONS.module)
    await said
    expect(messages).toMatchObject([{ type: 'failed', code: 'ERR_PLUGIN_UNLOADABLE' }])
    expect(failures).toEqual([])
    await thread.end()
    await thread.end()
    expect(failures).toEqual([{ message: 'its thread ended', reason: 'crash' }])
  })

  test('receives messages', async () => {
    const { thread, messages, said } = inMainThread(OPTIONS.module)
    await said
    thread.post({ type: 'close' })
    await vi.waitFor(() => expect(messages.at(-1)).toEqual({ type: 'closed' }), { timeout: 60_000 })
    await thread.end({ message: 'done', reason: 'crash' })
  })

  test('is gone if the module cannot be loaded', async () => {
    const { gone } = inMainThread('src/runtime/nonesuch')
    expect(await gone).toEqual({ message: expect.stringContaining('nonesuch'), reason: 'crash' })
  })
})
