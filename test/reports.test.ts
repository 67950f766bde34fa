/** A report through the whole exporter, with a kill in between. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { ReportEvent } from '../src/plugin/events/report.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { ROOT, run } from './support/package.ts'
import { STATED_SCORER } from './support/posts.ts'

const MINUTE = 60_000

/** A receiver of the output `webhook`. */
async function reportsReceiver() {
  const reports: ReportEvent[] = []
  const server = createServer(async (request, response) => {
    const { events } = (await json(request)) as { events: ReportEvent[] }
    reports.push(...events)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, reports }
}

test('a report that was due while the exporter was killed comes after its start, and once', {
  timeout: 240_000,
}, async () => {
  const { url, reports } = await reportsReceiver()
  const config = {
    sources: [{ use: 'http', listen: '127.0.0.1:0', format: 'post' }],
    topics: { galaxy: ['galaxy'], nova: ['nova'] },
    scorers: [{ use: './stated.ts' }],
    extractors: [{ use: 'hashtags' }],
    outputs: [{ use: 'webhook', url, events: ['reports'] }],
    reports: [{ every: '1m', time_zone: 'Africa/Cairo', few: 3 }],
    languages: { detect: false },
    log: { format: 'json' },
    workers: 1,
    state: { dir: 'state', interval: '100ms' },
  }
  const files = { 'stated.ts': STATED_SCORER }
  await using first = await startExporter(config, { files })
  // All of it has to be in one minute.
  while (Date.now() % MINUTE > 40_000) await sleep(100)
  const posts = ['1', '0.5', '-1', '0'].map((score, i) =>
    JSON.stringify({ id: `${i}`, text: `galaxy #launch [${score}]`, createdAt: new Date() }),
  )
  await first.push([...posts, '{ "no": "post" }'])
  const sentAt = Date.now()
  await first.until(samples => samples.sum('mood_posts_total', { topic: 'galaxy' }) === 4)
  await first.stop('SIGKILL')
  const due = Math.floor(sentAt / MINUTE) * MINUTE + MINUTE
  while (Date.now() < due + 1000) await sleep(100)
  const dueBefore = reports.length

  await using second = await startExporter(config, { files, folder: first.folder })
  await expect.poll(() => reports.some(({ at }) => at === due), { timeout: 60_000, interval: 100 }).toBe(true)
  await second.stop('SIGKILL')
  await using third = await startExporter(config, { files, folder: first.folder })
  await third.until(samples => samples.sum('mood_report_last_timestamp_seconds') * 1000 >= due)
  const of = reports.filter(({ at }) => at === due)
  // Delivery is at least once: what was sent again has the same key.
  expect(new Set(of.map(({ key }) => key))).toEqual(new Set([`report/report/${due}`]))
  expect(dueBefore).toBeLessThanOrEqual(1)
  const [report] = of as [ReportEvent]
  expect(report).toMatchObject({
    kind: 'report',
    schema: 1,
    period: { start: due - MINUTE, end: due },
    topics: [
      {
        topic: 'galaxy',
        total: 4,
        posts: { positive: 2, neutral: 1, negative: 1, unknown: 0 },
        net: 0.25,
        share: 1,
      },
      { topic: 'nova', total: 0, net: null },
    ],
  })
  expect(report.topics[0]?.terms.map(({ term, posts }) => [term, posts])).toEqual([['#launch', 4]])
  expect(report.coverage.sources).toContainEqual({ source: 'http', down: 0, dropped: { invalid: 1 } })

  // The command reads what the exporter stored, while it runs.
  const bin = `${ROOT}/bin/mood-exporter.mjs`
  const { stdout, stderr } = await run(
    process.execPath,
    [bin, 'report', '-c', 'mood.yml', '--format', 'json'],
    first.folder,
  )
  expect(JSON.parse(stdout || stderr)).toMatchObject({
    kind: 'report',
    topics: [{ topic: 'galaxy' }, { topic: 'nova' }],
  })
  const now = await run(process.execPath, [bin, 'report', '--now', '--config', 'mood.yml'], first.folder)
  expect(now.stdout).toContain('Mood report: report')
})
