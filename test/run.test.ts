import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { ROOT } from './support/package.ts'

test('the demo is served within moments, every record accounted for', async () => {
  await using exporter = await startExporter({
    sources: [{ use: 'demo', count: 500, rate: 1000 }],
    topics: {
      nova: ['nova phone', '노바폰'],
      lumen: ['lumen', '루멘'],
      moonlit: ['moonlit', '달빛'],
      starfarm: ['starfarm', '스타팜'],
    },
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags' }],
  })
  const samples = await exporter.until(
    seen =>
      seen.sum('mood_source_records_total') === 500 &&
      seen.sum('mood_posts_total') + seen.sum('mood_posts_dropped_total') >= 500,
  )
  expect(samples.sum('mood_posts_dropped_total', { reason: 'invalid' })).toBeGreaterThan(0)
  expect(samples.sum('mood_posts_total', { scorer: 'afinn', sentiment: 'positive' })).toBeGreaterThan(0)
  expect(samples.sum('mood_topic_alert_threshold', { topic: 'nova', scorer: 'afinn', parameter: 'z' })).toBe(
    4.6,
  )
  expect(await exporter.stop()).toBe(0)
})

test('a topic for everything has every post, beside those of the others', async () => {
  await using exporter = await startExporter({
    sources: [{ use: 'demo', count: 500, rate: 1000 }],
    topics: { nova: ['nova phone', '노바폰'], everything: { any: 'all' } },
    scorers: [{ use: 'afinn' }],
  })
  const samples = await exporter.until(
    seen =>
      seen.sum('mood_source_records_total') === 500 &&
      seen.sum('mood_posts_total', { topic: 'everything' }) + seen.sum('mood_posts_dropped_total') >= 500,
  )
  const posts = samples.sum('mood_posts_total', { topic: 'everything' })
  expect(posts).toBe(
    samples.sum('mood_source_posts_total') - samples.sum('mood_posts_dropped_total', { reason: 'duplicate' }),
  )
  expect(samples.sum('mood_posts_total', { topic: 'nova' })).toBeGreaterThan(0)
  expect(samples.sum('mood_posts_dropped_total', { reason: 'off_topic' })).toBe(0)
})

test('options that other exporters have work by those names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-run-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'other.yml')
  await writeFile(file, JSON.stringify({ server: { listen: '127.0.0.1:1' }, sources: ['demo'] }))
  const named = [`--config.file=${file}`, '--web.listen-address=127.0.0.1:0']
  const args = [join(ROOT, 'bin/mood-exporter.mjs'), 'run', ...named, '--log.level=warn', '--log.format=json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const log = child.stderr.toArray()
  let address: string | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    address ??= /Status page +(http\S+)/.exec(line)?.[1]
    if (/^ +Stop +Ctrl-C/.test(line)) {
      expect((await fetch(`${address}-/healthy`)).status).toBe(200)
      child.kill('SIGINT')
    }
  }
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,}\/$/)
  // Nothing of the level info, such as that it stops.
  expect(Buffer.concat(await log).toString()).not.toContain('"level":"info"')
})

test('standard output is left to an output that writes to it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-run-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const config = {
    server: { listen: '127.0.0.1:0' },
    sources: [{ use: 'demo' }],
    outputs: [{ use: 'stdout' }],
  }
  await writeFile(join(folder, 'mood.yml'), JSON.stringify(config))
  const args = [join(ROOT, 'bin/mood-exporter.mjs'), 'run', '--config', join(folder, 'mood.yml')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = child.stdout.toArray()
  for await (const line of createInterface({ input: child.stderr }))
    if (/^ +Stop +Ctrl-C/.test(line)) child.kill('SIGINT')
  const lines = Buffer.concat(await output)
    .toString()
    .split('\n')
    .filter(Boolean)
  expect(lines.map(line => JSON.parse(line).kind)).toEqual(lines.map(() => 'window'))
})
