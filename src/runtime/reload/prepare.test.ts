import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseConfig } from '../../config/load.ts'
import { ConfigError } from '../../config/problem.ts'
import { knownSecrets, redact } from '../../config/redact.ts'
import { SeenIds } from '../../pipeline/dedupe.ts'
import { examine } from './examine.ts'
import { type ConfigOrigin, prepare } from './prepare.ts'
import type { Answer } from './prepare-thread.ts'

const VALID = `
sources:
  - { use: tcp, listen: "127.0.0.1:0" }
topics:
  galaxy: [galaxy s26, 갤럭시]
  nova: { any: all, not: [bossa], alert: { z: 3 } }
alertmanager: { token: hidden-token }
`

const loaded = (text: string) => async () => parseConfig(text, '/etc/mood/mood.yml')

/** A file with this configuration. */
async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-prepare-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'mood.yml')
  await writeFile(file, text)
  return file
}

describe('an examination', () => {
  test('keeps no keywords beside the topics', async () => {
    const examined = await examine(loaded(VALID))
    if (examined.problems) throw new Error('it has problems')
    expect(JSON.parse(examined.topics)).toEqual([
      { name: 'galaxy', any: ['galaxy s26', '갤럭시'] },
      { name: 'nova', not: ['bossa'] },
    ])
    expect(examined.loaded.file).toBe('/etc/mood/mood.yml')
    expect(examined.loaded.baseDir).toBe('/etc/mood')
    expect(examined.loaded.config.topics).toEqual({ galaxy: [], nova: { alert: { z: 3 } } })
    expect(examined.validation.scorers.map(({ name }) => name)).toEqual(['auto'])
    expect(examined.shown).toContain('갤럭시')
    expect(examined.shown).not.toContain('hidden-token')
  })

  test('masks secrets of plugins', async () => {
    const examined = await examine(
      loaded('sources: [{ use: http, listen: "127.0.0.1:0", token: plugin-secret }]'),
    )
    if (examined.problems) throw new Error('it has problems')
    expect(examined.shown).not.toContain('plugin-secret')
  })

  test('has the problems of plugins', async () => {
    const examined = await examine(loaded('sources:\n  - { use: tcp, listen: nowhere }\n'))
    expect(examined.problems).toEqual([
      expect.objectContaining({ line: 2, message: expect.stringContaining('"nowhere"') }),
    ])
  })

  test('has the problems of the schema and of plugins together, in the order of the file', async () => {
    const examined = await examine(
      loaded('topic: {}\nsources:\n  - { use: tcp, listen: nowhere }\nworkers: many\n'),
    )
    expect(examined.problems?.map(({ line }) => line)).toEqual([1, 3, 4])
  })

  test('of a text that is not YAML has only that problem', async () => {
    expect((await examine(loaded('sources: ['))).problems).toEqual([
      expect.objectContaining({ code: 'ERR_CONFIG_SYNTAX' }),
    ])
  })
})

describe.for(['in a thread', 'here'])('a configuration that is prepared %s', where => {
  const originOf = async (text: string): Promise<ConfigOrigin> => {
    const file = await fileOf(text)
    return where === 'here' ? async () => parseConfig(text, file) : { file }
  }

  test('is resolved, with its topics and secrets', async () => {
    const { resolved, shown, loaded } = await prepare(await originOf(VALID), null)
    expect(resolved.workerConfig.topics).toEqual([
      { name: 'galaxy', any: ['galaxy s26', '갤럭시'] },
      { name: 'nova', not: ['bossa'] },
    ])
    expect(resolved.alertmanager?.token).toBe('hidden-token')
    expect(shown).toContain('갤럭시')
    expect(shown).not.toContain('hidden-token')
    expect(loaded.config.topics).toEqual({ galaxy: [], nova: { alert: { z: 3 } } })
    expect(redact('it said hidden-token')).not.toContain('hidden-token')
  })

  test('is rejected with all its problems', async () => {
    const prepared = prepare(await originOf('topic: {}\nsources: [{ use: absent }]\n'), null)
    const error = await prepared.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).problems.map(({ line }) => line)).toEqual([1, 2])
  })

  test('keeps the memory of seen ids, if it has the same size', async () => {
    const origin = await originOf('sources: [{ use: tcp, listen: "127.0.0.1:0", dedupe: { posts: 1000 } }]')
    const same = SeenIds.allocate(1000)
    const other = SeenIds.allocate(100_000)
    expect((await prepare(origin, same)).resolved.workerConfig.seenIds).toBe(same)
    const { seenIds } = (await prepare(origin, other)).resolved.workerConfig
    expect(seenIds).not.toBe(other)
    expect(seenIds?.byteLength).toBe(same.byteLength)
  })
})

describe('the thread that reads a file', () => {
  test('applies the address of the command line', async () => {
    const file = await fileOf(VALID)
    const { loaded } = await prepare({ file, listen: '127.0.0.1:7777' }, null)
    expect(loaded.config.server.listen).toEqual({ host: '127.0.0.1', port: 7777 })
  })

  test('adapts the configuration to a relay', async () => {
    const file = await fileOf(`${VALID}\noutputs: [{ use: stdout }]`)
    const { resolved } = await prepare({ file, relays: true }, null, true)
    expect(resolved.workerConfig.relay).toMatchObject({ use: 'stdout' })
    expect(resolved.workerConfig.scorers).toEqual([])
  })

  test('passes on the code of an error', async () => {
    const file = await fileOf(VALID)
    await expect(prepare({ file, listen: 'nowhere' }, null)).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining('--web.listen-address'),
    })
  })
})

describe('the code of that thread', () => {
  afterEach(() => {
    vi.doUnmock('../threads/own-port.ts')
    vi.doUnmock('../../config/load.ts')
    vi.restoreAllMocks()
    vi.resetModules()
  })

  /** Runs it in this thread. */
  async function answerTo(data: object | null): Promise<Answer[]> {
    const answers: Answer[] = []
    vi.resetModules()
    const port = { postMessage: (answer: unknown) => void answers.push(answer as Answer), on() {} }
    vi.doMock('../threads/own-port.ts', () => ({
      ownPort: (role: string) => (data && role === 'prepare' ? { data, port } : null),
    }))
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never)
    await import('./prepare-thread.ts')
    expect(exit.mock.calls).toEqual(data ? [[0]] : [])
    return answers
  }

  test('does nothing elsewhere', async () => {
    expect(await answerTo(null)).toEqual([])
  })

  test('answers with long texts apart', async () => {
    const file = await fileOf(VALID)
    const [answer] = await answerTo({ file, listen: '127.0.0.1:7777' })
    const { text, topics, shown, secrets } = answer as Answer
    const content = JSON.parse(text)
    expect(content).toMatchObject({ topics: '', shown: '', loaded: { file } })
    expect(content.loaded.config.server.listen.port).toBe(7777)
    expect(JSON.parse(topics)).toHaveLength(2)
    expect(shown).toContain('갤럭시')
    expect(secrets).toContain('hidden-token')
    expect(knownSecrets()).toContain('hidden-token')
  })

  test('answers with problems', async () => {
    const [answer] = await answerTo({ file: await fileOf('sources: 7') })
    expect(JSON.parse(answer?.text ?? '').problems).toHaveLength(1)
    expect(answer).toMatchObject({ topics: '', shown: '' })
  })

  test('answers with a failure', async () => {
    const [answer] = await answerTo({ file: await fileOf(VALID), listen: 'nowhere' })
    expect(JSON.parse(answer?.text ?? '')).toEqual({
      code: 'ERR_USAGE',
      failed: expect.stringContaining('nowhere'),
    })
    expect(answer).toMatchObject({ topics: '', shown: '' })
  })
})

describe('a thread that does not answer', () => {
  afterEach(() => {
    vi.doUnmock('../threads/thread.ts')
    vi.useRealTimers()
    vi.resetModules()
  })

  /** Prepares a file in a thread that is never started, and has what the runtime wants of it. */
  async function prepareWith() {
    vi.resetModules()
    const started = Promise.withResolvers<{
      data: object
      options: object
      events: {
        message(message: object): void
        error(error: Error): void
        exit(): void
      }
    }>()
    const terminate = vi.fn()
    vi.doMock('../threads/thread.ts', () => ({
      startThread: (data: object, options: object, events: never) => {
        started.resolve({ data, options, events })
        return { thread: { terminate }, post() {} }
      },
    }))
    const { prepare } = await import('./prepare.ts')
    const prepared = prepare({ file: 'mood.yml' }, null)
    prepared.catch(() => {})
    return { prepared, terminate, ...(await started.promise) }
  }

  test('ends before its answer', async () => {
    const { prepared, events, data, options } = await prepareWith()
    expect(data).toEqual({ file: 'mood.yml' })
    expect(options).toEqual({
      module: 'src/runtime/reload/prepare-thread',
      role: 'prepare',
      name: 'configuration',
      workerMemory: 2 ** 30,
      cause: 'stray',
      logLines: 10,
    })
    events.message({ type: 'log', level: 'info', cause: 'stray', message: 'a line', fields: {} })
    events.exit()
    await expect(prepared).rejects.toThrow('the thread that read the configuration ended')
  })

  test('fails', async () => {
    const { prepared, events } = await prepareWith()
    events.error(new Error('out of memory'))
    await expect(prepared).rejects.toThrow('out of memory')
  })

  test('answers with a failure', async () => {
    const { prepared, events } = await prepareWith()
    const text = JSON.stringify({ failed: 'it cannot be parsed' })
    events.message({ text, topics: '', shown: '', secrets: ['a secret'] })
    await expect(prepared).rejects.toThrow('it cannot be parsed')
  })

  test('takes too long, and is ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { prepared, terminate } = await prepareWith()
    vi.advanceTimersByTime(299_000)
    expect(terminate).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    await expect(prepared).rejects.toThrow('the configuration could not be read within 5 minutes')
    expect(terminate).toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
