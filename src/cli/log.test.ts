import { spawnSync } from 'node:child_process'
import { expect, test, vi } from 'vitest'
import { LogSink } from './log.ts'

const LOG = new URL('log.ts', import.meta.url).href

/** What a program that logs one line writes to standard error. */
function logged(options: string): string {
  const program = `const { createLog } = await import('${LOG}')
const log = await createLog(${options})
log.info({ source: 'tcp' }, 'connected')
log.debug('not shown')`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return stderr
}

test('away from a terminal the log is JSON with the level by name', () => {
  expect(JSON.parse(logged('{}'))).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    source: 'tcp',
    msg: 'connected',
  })
})

test('a pretty log is readable text', () => {
  expect(logged(`{ format: 'pretty' }`)).toMatch(
    /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: connected \{"source":"tcp"\}\n$/,
  )
})

test('a silent log is silent', () => {
  expect(logged(`{ level: 'silent' }`)).toBe('')
})

const error = (code: string) => Object.assign(new Error(code), { code })

/** A descriptor with room for this number of bytes. */
function descriptor() {
  const all = { room: Number.POSITIVE_INFINITY, text: '', broken: false }
  const sink = new LogSink(bytes => {
    if (all.broken) throw error('ENOSPC')
    if (all.room === 0) throw error('EAGAIN')
    const taken = Math.min(all.room, bytes.length)
    all.room -= taken
    all.text += bytes.toString('utf8', 0, taken)
    return taken
  })
  return { all, sink }
}

test('lines are written at once', () => {
  const { all, sink } = descriptor()
  sink.write('one\n')
  sink.write('two\n')
  expect([all.text, sink.lost]).toEqual(['one\ntwo\n', 0])
})

test('lines that cannot be written are lost and counted, and later lines are written', () => {
  const { all, sink } = descriptor()
  all.broken = true
  sink.write('one\n')
  all.broken = false
  sink.write('two\n')
  expect([all.text, sink.lost]).toEqual(['two\n', 1])
})

test('lines wait for a full pipe, whole and in order, up to a bound', () => {
  vi.useFakeTimers()
  const { all, sink } = descriptor()
  all.room = 2
  for (let i = 0; i < 3; i++) sink.write(`line ${i}\n`)
  expect(all.text).toBe('li')
  sink.write('x'.repeat(2 ** 20))
  expect(sink.lost).toBe(1)
  all.room = Number.POSITIVE_INFINITY
  vi.advanceTimersByTime(100)
  expect(all.text).toBe('line 0\nline 1\nline 2\n')
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
