import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertEvent, reportEvent, testOutput, windowEvent } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import file from './index.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mood-file-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function output(baseDir: string, options: Record<string, unknown> = {}) {
  const made = await testOutput(file, { path: 'mood.ndjson', ...options }, { baseDir })
  onTestFinished(() => made.close())
  return made
}

const keysIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line).key)

test('appends each event as a line of JSON', async () => {
  const dir = folder()
  const path = join(dir, 'mood.ndjson')
  writeFileSync(path, '{"key":"before"}\n')
  const { write } = await output(dir)
  const events = [windowEvent(), reportEvent(), alertEvent()]
  expect(await write(events)).toMatchObject({ delivered: events.map(({ key }) => key) })
  await write([windowEvent({ key: 'last' })])
  expect(keysIn(path)).toEqual(['before', ...events.map(({ key }) => key), 'last'])
})

test('after a line cut off by a crash, the next event begins on a new line', async () => {
  const dir = folder()
  writeFileSync(join(dir, 'mood.ndjson'), '{"key":"ha')
  const { write } = await output(dir)
  await write([windowEvent({ key: 'next' })])
  const [half, next] = readFileSync(join(dir, 'mood.ndjson'), 'utf8').split('\n')
  expect([half, JSON.parse(next as string).key]).toEqual(['{"key":"ha', 'next'])
})

test('a file that was renamed or removed is created again', async () => {
  const dir = folder()
  const path = join(dir, 'mood.ndjson')
  const { write } = await output(dir)
  await write([windowEvent({ key: 'a' })])
  renameSync(path, `${path}.old`)
  await write([windowEvent({ key: 'b' })])
  rmSync(path)
  await write([windowEvent({ key: 'c' })])
  expect([keysIn(`${path}.old`), keysIn(path)]).toEqual([['a'], ['c']])
})

test('a file that reaches the size is renamed, and the oldest files are removed', async () => {
  const dir = folder()
  const { write } = await output(dir, { max_size: '200B', keep: 2 })
  for (const key of ['a', 'b', 'c', 'd', 'e']) await write([windowEvent({ key })])
  expect(readdirSync(dir).sort()).toEqual(['mood.ndjson', 'mood.ndjson.1', 'mood.ndjson.2'])
  expect(['', '.1', '.2'].map(end => keysIn(join(dir, `mood.ndjson${end}`)))).toEqual([['e'], ['d'], ['c']])
})

test('with format text, reports and alerts are written as text, and windows are not written', async () => {
  const dir = folder()
  const { write } = await output(dir, { format: 'text' })
  const report = reportEvent()
  expect(await write([windowEvent()])).toMatchObject({ retried: [] })
  await write([report, alertEvent()])
  const text = readFileSync(join(dir, 'mood.ndjson'), 'utf8')
  expect(text.startsWith(`${report.text}\n---`)).toBe(true)
  expect(text).toContain('[FIRING:1] MoodTurnsNegative galaxy')
})

test('events that cannot be written are kept', async () => {
  const dir = folder()
  const { write } = await output(dir, { path: 'no/such/folder/mood.ndjson' })
  const event = windowEvent()
  const { retried, error } = await write([event])
  expect(retried).toEqual([event.key])
  expect((error as Error).message).toMatch(/^the file cannot be written: .*ENOENT/)
  expect(existsSync(join(dir, 'no'))).toBe(false)
})

test('rejects a pipe, because a write to an unread pipe would not end', async () => {
  const dir = folder()
  execFileSync('mkfifo', [join(dir, 'mood.ndjson')])
  const { write } = await output(dir)
  const event = windowEvent()
  const { retried, error } = await write([event])
  expect(retried).toEqual([event.key])
  expect((error as Error).message).toContain('mood.ndjson is a pipe')
})

test.skipIf(!existsSync('/dev/full'))('a full disk is an error, and not a loss', async () => {
  const { write } = await output('/', { path: '/dev/full' })
  const event = windowEvent()
  expect(await write([event])).toMatchObject({ retried: [event.key] })
})
