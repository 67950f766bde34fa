import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ToEcho } from './echo-testing.ts'
import { startThread } from './thread.ts'

const MIB = 2 ** 20

let thread: Worker | undefined
afterEach(async () => {
  await thread?.terminate()
})

/** A thread that does as it is asked. */
function started(data: object = {}, refuse = (_: { type: string }) => false) {
  const said: { type: string }[] = []
  const errors: string[] = []
  const exited = vi.fn<() => void>()
  const { post, ...all } = startThread<{ type: string }>(
    data,
    {
      module: 'src/runtime/threads/echo-testing',
      role: 'echo',
      name: 'echo',
      workerMemory: 25 * MIB,
      cause: 'scorer one',
      logLines: 2,
    },
    {
      message: message => {
        if (refuse(message)) throw new Error(`no ${message.type}`)
        said.push(message)
      },
      error: ({ message }) => errors.push(message),
      exit: exited,
    },
  )
  thread = all.thread
  return { thread: all.thread, said, errors, exited, post: (message: ToEcho) => post(message) }
}

const OPTIONS = { timeout: 60_000 }

describe('a thread', () => {
  test('has its data and a port of its own, and a limit of memory', async () => {
    const topics = [{ name: 'nova', any: ['nova'] }]
    const { thread, said, post } = started({ workerConfig: { topics, logLines: 5 } })
    await vi.waitFor(() => expect(said).toHaveLength(1), OPTIONS)
    expect(said).toMatchObject([{ type: 'data', data: { workerConfig: { topics, logLines: 5 } } }])
    expect(thread.resourceLimits?.maxOldGenerationSizeMb).toBe(100)
    post({ type: 'echo', value: [1] })
    await vi.waitFor(() => expect(said[1]).toEqual({ type: 'echo', value: [1] }), OPTIONS)
  })

  test('has the lines of its console logged, within their limit', async () => {
    const { thread, said, post } = started()
    let errors = ''
    thread.stderr.on('data', piece => {
      errors += piece
    })
    await vi.waitFor(() => expect(said).toHaveLength(1), OPTIONS)
    // Lines that come in one second.
    const now = vi.spyOn(Date, 'now').mockReturnValue(1000)
    post({ type: 'print', line: 'one' })
    const logged = (line: string, level: string) => ({
      type: 'log',
      level,
      cause: 'scorer one',
      message: 'a plugin wrote to its console',
      fields: { line },
    })
    await vi.waitFor(() => expect(said[1]).toEqual(logged('one', 'info')), OPTIONS)
    post({ type: 'warn', line: 'two' })
    await vi.waitFor(() => expect(said[2]).toEqual(logged('two', 'warn')), OPTIONS)
    post({ type: 'warn', line: 'three' })
    post({ type: 'warn', line: 'four' })
    await vi.waitFor(() => expect(errors).toBe('two\nthree\nfour\n'), OPTIONS)
    expect(said).toHaveLength(3)
    now.mockReturnValue(2000)
    post({ type: 'print', line: 'five' })
    await vi.waitFor(() => expect(said[4]).toEqual(logged('five', 'info')), OPTIONS)
    expect(said[3]).toEqual({ type: 'suppressed', cause: 'scorer one', lines: 2 })
    now.mockRestore()
  })

  test('is heard to its last message before it is gone', async () => {
    const { said, errors, exited, post } = started()
    let heardAtExit = 0
    exited.mockImplementation(() => {
      heardAtExit = said.length
    })
    post({ type: 'exit' })
    await vi.waitFor(() => expect(exited).toHaveBeenCalledOnce(), OPTIONS)
    expect(said.map(({ type }) => type)).toEqual(['data', 'last'])
    expect([heardAtExit, errors]).toEqual([2, []])
  })

  test('that throws says so, and is gone', async () => {
    const { errors, exited, post } = started()
    post({ type: 'throw', message: 'no luck' })
    await vi.waitFor(() => expect(exited).toHaveBeenCalledOnce(), OPTIONS)
    expect(errors).toEqual(['no luck'])
  })

  test('is ended by a message that cannot be taken', async () => {
    const { errors, exited, post } = started({}, ({ type }) => type === 'echo')
    post({ type: 'echo', value: 1 })
    await vi.waitFor(() => expect(exited).toHaveBeenCalledOnce(), OPTIONS)
    expect(errors).toEqual(['its message is invalid: no echo'])
  })
})
