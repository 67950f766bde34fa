import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MoodError } from '../../catalogue/errors.ts'
import { ConfigError } from '../../config/problem.ts'
import { noteSecret } from '../../config/redact.ts'
import { isSettled } from '../runtime-testing.ts'
import { Reloads } from './reloads.ts'

const START = Date.UTC(2026, 0, 1)

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }))
afterEach(() => void vi.useRealTimers())

/** Reloads whose adoption each test settles, and their log. */
function setUp() {
  const adoptions: PromiseWithResolvers<void>[] = []
  const lines: [level: string, fields: object, message: string][] = []
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message])
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  const reloads = new Reloads(() => {
    const adoption = Promise.withResolvers<void>()
    adoptions.push(adoption)
    return adoption.promise
  }, log)
  // Not `vi.waitFor`, which moves the clock.
  const begun = async (n: number) => {
    while (adoptions.length <= n) await setImmediate()
  }
  /** Waits for an adoption to begin, and settles it. */
  const settle = async (n: number, error?: unknown) => {
    await begun(n)
    if (error === undefined) adoptions[n]?.resolve()
    else adoptions[n]?.reject(error)
  }
  return { reloads, adoptions, lines, begun, settle }
}

test('before any reload, the last one is the start', () => {
  const { reloads } = setUp()
  expect(reloads.last).toEqual({ ok: true, at: START, problems: [] })
  expect(reloads.loadedAt).toBe(START)
})

test('a reload has the time at which it began', async () => {
  const { reloads, settle, lines, begun } = setUp()
  vi.setSystemTime(START + 1000)
  const result = reloads.ask()
  await begun(0)
  vi.setSystemTime(START + 5000)
  await settle(0)
  expect(await result).toEqual({ ok: true })
  expect(reloads.last).toEqual({ ok: true, at: START + 1000, problems: [] })
  expect(reloads.loadedAt).toBe(START + 1000)
  expect(lines).toEqual([['info', {}, 'the configuration was reloaded']])
})

test.for<[what: string, error: unknown, problems: string[]]>([
  ['an error', new Error('it cannot be read'), ['it cannot be read']],
  ['anything thrown', 'a text', ['a text']],
  ['a coded error', new MoodError('ERR_RELAY_OUTPUT', 'one output'), ['one output (ERR_RELAY_OUTPUT)']],
  [
    'the problems of a configuration',
    new ConfigError(
      [3, 7].map(line => ({
        file: 'mood.yml',
        line,
        column: 1,
        path: 'sources',
        message: `problem ${line}`,
        code: 'ERR_CONFIG_INVALID',
      })),
    ),
    [
      'mood.yml:3 sources: problem 3 (ERR_CONFIG_INVALID)',
      'mood.yml:7 sources: problem 7 (ERR_CONFIG_INVALID)',
    ],
  ],
])('%s is the result of a reload that failed', async ([, error, problems]) => {
  const { reloads, settle, lines } = setUp()
  vi.setSystemTime(START + 1000)
  const result = reloads.ask()
  await settle(0, error)
  expect(await result).toEqual({ ok: false, problems })
  expect(reloads.last).toEqual({ ok: false, at: START + 1000, problems })
  // The running configuration was loaded earlier.
  expect(reloads.loadedAt).toBe(START)
  expect(lines).toEqual([
    ['error', { problems }, 'the configuration could not be reloaded; the running configuration is kept'],
  ])
})

test('problems do not show secrets', async () => {
  noteSecret('open sesame')
  const { reloads, settle, lines } = setUp()
  const result = reloads.ask()
  await settle(0, new Error('the token "open sesame" was refused'))
  expect(await result).toMatchObject({ ok: false, problems: [expect.not.stringContaining('open sesame')] })
  expect(JSON.stringify([lines, reloads.last])).not.toContain('open sesame')
})

test('calls before a reload begins share it; those during it get one that begins later', async () => {
  const { reloads, settle, adoptions, begun } = setUp()
  const first = [reloads.ask(), reloads.ask()]
  await begun(0)
  const later = [reloads.ask(), reloads.ask(), reloads.ask()]
  expect(await isSettled(Promise.all(first))).toBe(false)
  expect(adoptions).toHaveLength(1)
  await settle(0, new Error('once'))
  expect(await Promise.all(first)).toEqual([
    { ok: false, problems: ['once'] },
    { ok: false, problems: ['once'] },
  ])
  await settle(1)
  expect(await Promise.all(later)).toEqual([{ ok: true }, { ok: true }, { ok: true }])
  expect(adoptions).toHaveLength(2)
})

test('`settled` waits for the running reload', async () => {
  const { reloads, settle, begun } = setUp()
  await reloads.settled()
  const result = reloads.ask()
  await begun(0)
  const settled = reloads.settled()
  expect(await isSettled(settled)).toBe(false)
  await settle(0)
  await settled
  expect(await isSettled(result)).toBe(true)
})
