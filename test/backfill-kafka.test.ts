import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { sharedBroker } from './support/kafka-tests.ts'
import { asRecord, knownPosts, STATED_SCORER, sentimentOf, TOPICS, tallied } from './support/posts.ts'

const BIN = fileURLToPath(new URL('../bin/mood-exporter.mjs', import.meta.url))
const run = promisify(execFile)
const PARTITIONS = 3
const DAY_MS = 86_400_000
const FROM = Date.UTC(2025, 2, 1)

const brokerOf = sharedBroker()

/** Where the counters of the scorer end: what the last file says last. */
async function totalsIn(out: string): Promise<Record<string, number>> {
  const names = (await readdir(out)).filter(name => name.endsWith('.om')).sort()
  const totals: Record<string, number> = {}
  for (const name of names) {
    const text = await readFile(join(out, name), 'utf8')
    const samples = text.matchAll(
      /^mood_posts_total\{.*topic="(\w+)".*lang="(\w+)".*sentiment="(\w+)"\} (\d+) \d+$/gm,
    )
    for (const [, topic, lang, sentiment, count] of samples)
      totals[`${topic} ${lang} ${sentiment}`] = Number(count)
  }
  return totals
}

test('a topic of Kafka is read until nothing comes for --idle, and later from where it was', {
  timeout: 400_000,
}, async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], PARTITIONS)
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-backfill-kafka-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [config, out] = [join(folder, 'mood.yml'), join(folder, 'past')]
  await writeFile(join(folder, 'stated.ts'), STATED_SCORER)
  await writeFile(
    config,
    stringify({
      sources: [
        {
          use: 'kafka',
          brokers: [kafka.brokers],
          topics: [topic],
          format: 'post',
          partitions: { share: 0, of: 1 },
        },
      ],
      topics: TOPICS,
      scorers: [{ use: './stated.ts' }],
      languages: { labels: ['en', 'ko', 'fr'] },
      extractors: [],
      windows: [{ size: '1h' }],
    }),
  )
  const args = [BIN, 'backfill', '--config', config, '--out', out, '--idle', '8s']
  const backfill = () => run(process.execPath, args)
  const first = knownPosts('first', 3000, FROM, 20 * DAY_MS)
  await client.send(topic, first.map(asRecord), { partitions: PARTITIONS })
  const offTopic = first.filter(({ topics }) => topics.length === 0).length
  const { stdout, stderr } = await backfill()
  expect(stdout).toMatch(/^Read 3,000 posts, written from 2025-03-01 to 2025-03-20\.\n/)
  expect(stdout).toContain(`Not counted: ${offTopic} of kafka (off_topic)`)
  expect(stderr).toContain('nothing came for a while: the source is held to be read')

  const expected = (posts: typeof first) =>
    tallied(posts, ({ topics, lang, score }) => topics.map(name => `${name} ${lang} ${sentimentOf(score)}`))
  expect(await totalsIn(out)).toEqual(expect.objectContaining(expected(first)))

  // What is there is not read again, and what came since is.
  const second = knownPosts('second', 500, FROM + 25 * DAY_MS, DAY_MS / 2)
  await client.send(topic, second.map(asRecord), { partitions: PARTITIONS })
  const again = await backfill()
  expect(again.stdout).toMatch(/^Read 3,500 posts, written from 2025-03-01 to 2025-03-26\.\n/)
  expect(await totalsIn(out)).toEqual(expect.objectContaining(expected([...first, ...second])))
})
