import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'

/** Ends its thread over a post that says so, and, while a file `broken` is there, as soon as it is made. */
const MORTAL = `
import { existsSync } from 'node:fs'
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'mortal',
  description: 'Dies.',
  options: z.object({ broken: z.string() }),
  create: ({ broken }) => {
    if (existsSync(broken)) process.exit(3)
    return {
      score: ({ text }) => {
        if (text.includes('die')) process.exit(4)
        return 1
      },
    }
  },
})
`

/** Takes its time over each post, and ends its thread over one that says so. */
const SLOW = `
import { setTimeout as sleep } from 'node:timers/promises'
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'slow',
  description: 'Takes its time.',
  options: z.object({}),
  create: () => ({
    batchSize: 1,
    async scoreBatch(posts) {
      await sleep(20)
      if (posts[0].text.includes('die')) process.exit(4)
      return posts.map(() => 1)
    },
  }),
})
`

const PLAIN = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'plain',
  description: 'Likes all.',
  options: z.object({}),
  create: () => ({ score: () => 1 }),
})
`

const QUICK = { languages: { detect: false }, workers: 1, extractors: [] }
const HTTP = { use: 'http', listen: '127.0.0.1:0' }

let lastId = 0
const posts = (...texts: string[]) => texts.map(text => JSON.stringify({ id: `${lastId++}`, text }))

/** An exporter whose only worker has died, and cannot be started while the file \`broken\` is there. */
async function bereft() {
  const config = { ...QUICK, sources: [HTTP], scorers: [{ use: './mortal.ts', broken: 'broken' }] }
  const exporter = await startExporter(config, {
    files: { 'mortal.ts': MORTAL, 'plain.ts': PLAIN },
    args: ['--web.enable-lifecycle'],
  })
  await writeFile(join(exporter.folder, 'broken'), '')
  // Not answered before another worker has taken it up.
  void exporter.push(posts('die')).catch(() => {})
  return { exporter, config }
}

const failedStarts = (exporter: RunningExporter) =>
  exporter.log.filter(line => line.includes('a worker could not be started')).length

async function untilFailedStarts(exporter: RunningExporter, times: number): Promise<void> {
  while (failedStarts(exporter) < times) await sleep(20)
}

test('a worker that dies as it starts is tried again one at a time, until it lives', async () => {
  const { exporter } = await bereft()
  await using _ = exporter
  await untilFailedStarts(exporter, 3)
  const samples = await exporter.samples()
  // The one that had been ready. Were those that never were replaced too, each would leave two behind it.
  expect(samples.sum('mood_worker_restarts_total')).toBe(1)
  expect(samples.sum('mood_workers')).toBe(0)

  const pushed = exporter.push(posts('a', 'b', 'c'))
  await rm(join(exporter.folder, 'broken'))
  await pushed
  const after = await exporter.until(seen => seen.sum('mood_posts_total', { sentiment: 'positive' }) === 3)
  expect(after.sum('mood_workers')).toBe(1)
  expect(after.sum('mood_worker_restarts_total')).toBe(1)
})

test('what waits for a worker that cannot be started goes to those of the next configuration', async () => {
  const { exporter, config } = await bereft()
  await using _ = exporter
  await untilFailedStarts(exporter, 1)
  const pushed = exporter.push(posts('a', 'b', 'c'))
  await exporter.until(seen => seen.sum('mood_queue_batches') > 1)
  await exporter.configure({ ...config, scorers: [{ use: './plain.ts' }] })
  const { status } = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
  expect(status).toBe(200)
  await pushed
  // The one that a worker died over does not affect another scorer.
  const samples = await exporter.until(
    seen => seen.sum('mood_posts_total', { scorer: 'plain', sentiment: 'positive' }) === 4,
  )
  expect(samples.sum('mood_posts_dropped_total')).toBe(0)
})

test('what waits for it from a source that goes is given up, and counted', async () => {
  const { exporter, config } = await bereft()
  await using _ = exporter
  await untilFailedStarts(exporter, 1)
  const refused = exporter.push(posts('a', 'b', 'c')).catch(() => 'cut off')
  await exporter.until(seen => seen.sum('mood_queue_batches') > 1)
  const demo = { use: 'demo', count: 1 }
  await exporter.configure({ ...config, sources: [demo], scorers: [{ use: './plain.ts' }] })
  const { status } = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
  expect(status).toBe(200)
  await refused
  const { detail } = await exporter.logged(({ msg }) => msg === 'records were dropped')
  expect(detail).toMatch(/no worker/)
})

test('a delta never counts part of a batch that it does not cover', async () => {
  const config = { ...QUICK, sources: [HTTP], scorers: [{ use: './slow.ts' }] }
  await using exporter = await startExporter(config, { files: { 'slow.ts': SLOW } })
  const rounds = 4
  for (let round = 0; round < rounds; round++) {
    // The first one's delta is handed over at once, as none was for long; the second one's waits for more to come. It
    // must not be handed over in the middle of the third, of which a worker that dies reported nothing.
    await exporter.push(posts('a'))
    await exporter.push(posts('b'))
    await exporter.push(posts('c', 'd', 'e', 'f', 'g', 'die', 'h'))
  }
  const samples = await exporter.until(seen => seen.sum('mood_posts_total') >= 9 * rounds)
  expect(samples.sum('mood_posts_total', { sentiment: 'positive' })).toBe(8 * rounds)
  expect(samples.sum('mood_posts_total', { sentiment: 'unknown' })).toBe(rounds)
  expect(samples.sum('mood_worker_restarts_total')).toBe(rounds)
})
