import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'

/** A slow scorer: a number of milliseconds for each post. */
const SLOW_SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'slow',
  description: 'Takes its time.',
  options: z.object({ ms: z.number() }),
  create: ({ ms }) => ({
    score: () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
      return 0.5
    },
  }),
})
`

/** A source that emits a hundred batches at once, and records the commits. */
const EAGER_SOURCE = `
import { appendFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'eager',
  description: 'Hands over all it has at once.',
  options: z.object({ posts: z.number() }),
  create: ({ posts }, { baseDir }) => {
    const note = what => appendFileSync(join(baseDir, 'notes.txt'), what + '\\n')
    return {
      async run(emitter, signal) {
        const createdAt = Date.now()
        const batch = Array.from({ length: posts / 100 }, () => ({ text: 'post', createdAt }))
        for (let i = 1; i <= 100; i++) await emitter.write(batch, { position: i, partition: String(i % 7) })
        emitter.up()
        await once(signal, 'abort')
        note('stopped')
      },
      commit: (partition, position) => note(partition + ' ' + position),
      close: () => note('closed'),
    }
  },
})
`

const FILES = { 'slow.ts': SLOW_SCORER, 'eager.ts': EAGER_SOURCE }

/** An exporter with a backlog of 1,000 posts, each of which takes this number of milliseconds. */
async function withBacklog(ms: number, shutdownTimeout: string): Promise<RunningExporter> {
  return await startExporter(
    {
      server: { shutdown_timeout: shutdownTimeout },
      languages: { detect: false },
      workers: 1,
      sources: [{ use: './eager.ts', posts: 1000 }],
      scorers: [{ use: './slow.ts', ms }],
      extractors: [],
    },
    { files: FILES },
  )
}

/** Scrapes until there is no answer any more. Resolves to the last answer. */
async function lastScrape(exporter: RunningExporter): Promise<Samples> {
  let last = await exporter.samples()
  for (;;) {
    try {
      last = await exporter.samples()
    } catch {
      return last
    }
    await sleep(50)
  }
}

const allHandedOver = (samples: Samples) => samples.sum('mood_source_up') === 1

test('emitted records are counted and scraped before the exit', async () => {
  await using exporter = await withBacklog(3, '25s')
  const before = await exporter.until(allHandedOver)
  expect(before.sum('mood_posts_total')).toBeLessThan(1000)
  const exit = once(exporter.process, 'exit')
  exporter.process.kill('SIGTERM')
  const last = await lastScrape(exporter)
  expect(last.sum('mood_posts_total', { sentiment: 'positive' })).toBe(1000)
  expect(last.sum('mood_source_records_total')).toBe(1000)
  expect(last.sum('mood_queue_batches')).toBe(0)
  expect(await exit).toEqual([0, null])
  const notes = (await readFile(join(exporter.folder, 'notes.txt'), 'utf8')).trim().split('\n')
  // The source saw each partition move up to its last position, and then had the time to close.
  const commits = notes.flatMap(note =>
    /^\d/.test(note) ? [note.split(' ').map(Number) as [number, number]] : [],
  )
  for (const [partition, moves] of Map.groupBy(commits, ([partition]) => partition)) {
    const positions = moves.map(([, position]) => position)
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
    expect(positions.at(-1)).toBe(100 - ((100 - partition) % 7))
  }
  expect(notes).toContain('stopped')
  expect(notes.at(-1)).toBe('closed')
})

test('it waits no longer than server.shutdown_timeout', async () => {
  await using exporter = await withBacklog(100, '1s')
  await exporter.until(allHandedOver)
  const begun = performance.now()
  expect(await exporter.stop()).toBe(0)
  // It would take 100 s to count all; far from that, however busy the machine.
  expect(performance.now() - begun).toBeLessThan(15_000)
})

test('without scrapes it does not wait for one', async () => {
  const config = { server: { shutdown_timeout: '60s' }, sources: [{ use: 'demo' }] }
  await using exporter = await startExporter(config)
  const begun = performance.now()
  expect(await exporter.stop()).toBe(0)
  expect(performance.now() - begun).toBeLessThan(20_000)
})

test('a second signal ends it at once', async () => {
  await using exporter = await withBacklog(100, '60s')
  await exporter.until(allHandedOver)
  const exit = once(exporter.process, 'exit')
  exporter.process.kill('SIGTERM')
  await exporter.logged(({ msg }) => msg === 'stopping')
  exporter.process.kill('SIGINT')
  expect(await exit).toEqual([1, null])
})
