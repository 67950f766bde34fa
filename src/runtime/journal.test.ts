import { expect, test, vi } from 'vitest'
import { Journal } from './journal.ts'
import { testGroup } from './runtime-testing.ts'

function made() {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const counted: unknown[][] = []
  const journal = new Journal(log as never, (...of) => counted.push(of))
  return { journal, log, counted }
}

test('a replaced worker is counted by reason, and is the last error of its cause', () => {
  const { journal, log, counted } = made()
  journal.workerRestarted('timeout', 'scorer one')
  journal.workerRestarted('crash', 'none')
  expect(counted).toEqual([
    ['mood_worker_restarts_total', ['timeout']],
    ['mood_worker_restarts_total', ['crash']],
  ])
  expect(log.error).toHaveBeenCalledTimes(2)
  expect([...journal.lastErrors]).toEqual([['scorer one', 'ended its worker: timeout']])
})

test('a source that is down is a warning, another state is none, and a failure is logged once', () => {
  const { journal, log, counted } = made()
  journal.sourceChanged('src', 'up', '')
  journal.sourceChanged('src', 'down', 'refused')
  journal.sourceChanged('src', 'failed', 'no connection')
  journal.sourceFailed('src', { message: 'no connection', reason: 'threw' })
  expect([log.info.mock.calls.length, log.warn.mock.calls.length, log.error.mock.calls.length]).toEqual([
    1, 1, 1,
  ])
  expect(log.warn.mock.calls[0]?.[0]).toEqual({ source: 'src', reason: 'refused' })
  expect(counted).toEqual([
    ['mood_source_failures_total', ['src']],
    ['mood_plugin_errors_total', ['source', 'src', 'threw']],
  ])
  expect(journal.lastErrors.get('source src')).toBe('no connection')
})

test('records that were given up are logged with their number', () => {
  const { journal, log } = made()
  journal.abandoned(testGroup([{ records: 5 }]).batches[0] as never, 'workers kept dying over them')
  expect(log.error.mock.calls[0]?.[0]).toEqual({
    source: 'src',
    records: 5,
    detail: 'workers kept dying over them',
  })
})

test('lines of threads are logged at their level, those that were suppressed are counted', () => {
  const { journal, log, counted } = made()
  const line = { type: 'log', cause: 'scorer one', message: 'a plugin failed on a post' } as const
  journal.write({ ...line, level: 'error', fields: { detail: 'boom' } })
  journal.write({ ...line, level: 'warn', cause: 'src invalid', fields: {} })
  journal.write({ type: 'suppressed', cause: 'scorer one', lines: 12 })
  expect(log.error.mock.calls).toEqual([[{ detail: 'boom', cause: 'scorer one' }, line.message]])
  expect(log.warn).toHaveBeenCalledOnce()
  expect(counted).toEqual([['mood_log_lines_suppressed_total', ['scorer one'], 12]])
  expect([...journal.lastErrors]).toEqual([['scorer one', 'boom']])
})
