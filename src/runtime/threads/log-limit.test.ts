import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LimitedLog, sampleOf } from './log-limit.ts'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

/** A log with this limit of lines a second, and what it sent. */
function made(perSecond: number) {
  const sent: Record<string, unknown>[] = []
  const port = { postMessage: (message: unknown) => sent.push(message as never), on: () => {} }
  return { log: new LimitedLog(port, perSecond), sent }
}

test('a line is sent with its level, cause and fields', () => {
  const { log, sent } = made(1)
  log.write('warn', 'source tcp', 'slow', { ms: 7, why: 'busy', list: [1], none: null })
  const fields = { ms: 7, why: 'busy', list: '[1]', none: null }
  expect(sent).toEqual([{ type: 'log', level: 'warn', cause: 'source tcp', message: 'slow', fields }])
})

test('the lines of each cause are limited, and the number suppressed is logged', () => {
  const { log, sent } = made(2)
  for (let i = 0; i < 5; i++) log.write('info', 'a', `${i}`)
  log.write('info', 'b', 'of another cause')
  expect(sent.map(({ message }) => message)).toEqual(['0', '1', 'of another cause'])
  vi.advanceTimersByTime(1000)
  log.write('info', 'a', 'next')
  expect(sent.slice(3)).toMatchObject([{ type: 'suppressed', cause: 'a', lines: 3 }, { message: 'next' }])
})

test('reporting does not begin a new second, and reports each line once', () => {
  const { log, sent } = made(1)
  for (let i = 0; i < 3; i++) {
    log.write('info', 'a', `${i}`)
    log.flush()
  }
  log.flush()
  expect(sent).toMatchObject([
    { message: '0' },
    { type: 'suppressed', cause: 'a', lines: 1 },
    { type: 'suppressed', cause: 'a', lines: 1 },
  ])
})

test('whatever a plugin logs can be sent to another thread', () => {
  const { log, sent } = made(10)
  const circular: Record<string, unknown> = {}
  circular.self = circular
  log.write('info', 'a', 7 as never, { circular, call: () => 1, symbol: Symbol('s'), big: 1n })
  log.write('info', 'a', 'no fields', null as never)
  expect(() => structuredClone(sent)).not.toThrow()
  expect(sent[0]).toMatchObject({
    message: '7',
    fields: { circular: '[object Object]', symbol: 'Symbol(s)' },
  })
})

test('a sample is truncated, and shows control characters', () => {
  expect(sampleOf('plain 한국 😀')).toBe('plain 한국 😀')
  expect(sampleOf('a\u001b[31m\n\r\u0000\u202e\u2028')).toBe('a\\u001b[31m\\n\\u000d\\u0000\\u202e\\u2028')
  expect(sampleOf('\ud800')).toBe('\ufffd')
  expect(sampleOf('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
})
