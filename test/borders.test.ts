import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

const scorer = (name: string, create: string) => `
import { defineScorer, z } from 'mood-exporter/plugin'
import * as threads from 'node:worker_threads'
export default defineScorer({
  name: '${name}', description: 'A test.', options: z.object({}),
  create: () => { ${create} },
})`

/** A source that hands its emitter what is wrong, then what is right, and then throws if nothing was refused. */
const SOURCE = `
import { once } from 'node:events'
import * as threads from 'node:worker_threads'
import { defineSource, z } from 'mood-exporter/plugin'
export default defineSource({
  name: 'wrong', description: 'A test.', options: z.object({}),
  create: () => ({
    async run(sink, signal) {
      threads.parentPort.postMessage(null)
      threads.parentPort.postMessage({ type: 'batch', batch: null })
      threads.parentPort.postMessage({ type: 'drop' })
      if (threads.workerData.port) throw new Error('the port is there')
      const faults = [
        () => sink.drop('invalid', '12'), () => sink.drop('invalid', -5), () => sink.drop('invalid', NaN),
        () => sink.drop('reason 1'), () => sink.lag(NaN), () => sink.lag('7'),
        () => sink.drop('invalid', 1, '', { partition: {} }),
        () => sink.write(['x'], { partition: 7 }),
      ]
      let refused = 0
      for (const fault of faults) try { await fault() } catch (error) { if (error instanceof TypeError) refused++ }
      if (refused !== faults.length) throw new Error('refused ' + refused)
      sink.drop('invalid', 3)
      sink.lag(-1)
      await sink.write([{ text: 'a good day', createdAt: Date.now() }])
      sink.up()
      await once(signal, 'abort')
    },
  }),
})`

const BASE = { languages: { detect: false }, workers: 1, extractors: [] }

test('what crosses from a source is checked, and its own port is not there for it', async () => {
  await using exporter = await startExporter(
    { ...BASE, sources: [{ use: './wrong.ts' }] },
    { files: { 'wrong.ts': SOURCE } },
  )
  const samples = await exporter.until(samples => samples.sum('mood_posts_total') === 1)
  expect(samples.sum('mood_posts_dropped_total', { reason: 'invalid' })).toBe(3)
  expect(samples.sum('mood_source_failures_total')).toBe(0)
  expect(samples.sum('mood_source_lag_records')).toBe(0)
})

test('a scorer cannot change what the next one reads, and a failure to do so is its own', async () => {
  const writes = scorer('writes', `return { score: post => { post.text = 'terrible'; return 1 } }`)
  const reads = scorer('reads', `return { score: post => (post.text === 'a good day' ? 1 : -1) }`)
  await using exporter = await startExporter(
    { ...BASE, sources: [{ use: './wrong.ts' }], scorers: [{ use: './writes.ts' }, { use: './reads.ts' }] },
    { files: { 'wrong.ts': SOURCE, 'writes.ts': writes, 'reads.ts': reads } },
  )
  const samples = await exporter.until(samples => samples.sum('mood_posts_total', { scorer: 'reads' }) === 1)
  expect(samples.sum('mood_posts_total', { scorer: 'reads', sentiment: 'positive' })).toBe(1)
  expect(samples.sum('mood_posts_total', { scorer: 'writes', sentiment: 'unknown' })).toBe(1)
  expect(samples.sum('mood_plugin_errors_total', { plugin: 'writes', reason: 'threw' })).toBe(1)
})

test.each([
  'JSON.parse',
  'globalThis.setTimeout',
  'globalThis.setImmediate',
  'Date.now',
  'Map.prototype.get',
])('a plugin that replaces %s is refused, and is named', async what => {
  const replaces = scorer('replaces', `${what} = () => 1; return { score: () => 0 }`)
  const starting = startExporter(
    { ...BASE, sources: [{ use: './wrong.ts' }], scorers: [{ use: './replaces.ts' }] },
    { files: { 'wrong.ts': SOURCE, 'replaces.ts': replaces } },
  )
  await expect(starting).rejects.toThrow(/scorer replaces.*read only property/)
})

test('a limit that a scorer declares too high is lowered, with one line for a configuration', async () => {
  const greedy = scorer(
    'greedy',
    'return { concurrency: 1e9, scoreBatch: async posts => posts.map(() => 1) }',
  )
  const config = {
    ...BASE,
    workers: 2,
    sources: [{ use: 'demo', rate: 50 }],
    scorers: [{ use: './greedy.ts' }],
  }
  await using exporter = await startExporter(config, {
    files: { 'greedy.ts': greedy },
    args: ['--web.enable-lifecycle'],
  })
  const warned = () => exporter.log.filter(line => line.includes('`concurrency` is 1000000000: 1000 is used'))
  await exporter.until(samples => samples.sum('mood_posts_total', { sentiment: 'positive' }) > 0)
  expect(warned()).toEqual([expect.stringContaining('"cause":"scorer greedy"')])
  const reload = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
  expect(reload.status).toBe(200)
  expect(warned()).toHaveLength(2)
})

test('what a plugin writes to its console is logged, with a limit a second', async () => {
  const talks = scorer(
    'talks',
    `return { score: () => { for (let i = 0; i < 99; i++) console.log('hello', i); return 0 } }`,
  )
  await using exporter = await startExporter(
    { ...BASE, sources: [{ use: './wrong.ts' }], scorers: [{ use: './talks.ts' }] },
    { files: { 'wrong.ts': SOURCE, 'talks.ts': talks } },
  )
  await exporter.logged(({ msg, line }) => msg === 'a plugin wrote to its console' && line === 'hello 0')
  await exporter.until(samples => samples.sum('mood_posts_total') === 1)
  expect(exporter.log.filter(line => line.includes('wrote to its console')).length).toBeLessThan(60)
})

/** Many bad records, each of which has a line in the log. */
const NOISY = {
  ...BASE,
  limits: { log_lines: 10_000 },
  sources: [{ use: 'stdin', format: 'post' }],
}
const NOISE = `${'{"text": 1, "more": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\n'.repeat(9000)}`
const allRead = (samples: { sum(name: string): number }) => samples.sum('mood_source_records_total') === 9000

test('a log that is an unread pipe holds up nothing: lines are lost and counted', async () => {
  await using exporter = await startExporter(NOISY, { stdin: 'pipe' })
  exporter.process.stderr?.pause()
  exporter.process.stdin?.end(NOISE)
  const samples = await exporter.until(allRead, 60_000)
  expect(samples.sum('mood_log_lines_lost_total')).toBeGreaterThan(0)
  expect(samples.sum('mood_posts_dropped_total')).toBe(9000)
  exporter.process.stderr?.resume()
  expect(await exporter.stop()).toBe(0)
})

test('a log on a full disk holds up nothing either', async () => {
  const full = openSync('/dev/full', 'w')
  try {
    await using exporter = await startExporter(NOISY, { stdin: 'pipe', stderr: full })
    exporter.process.stdin?.end(NOISE)
    const samples = await exporter.until(allRead, 60_000)
    expect(samples.sum('mood_log_lines_lost_total')).toBeGreaterThan(1000)
    expect(await exporter.stop()).toBe(0)
  } finally {
    closeSync(full)
  }
})
