/** Sampled posts from a source through the whole exporter to the output `loki`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DashboardJson, dataPanels, readsLoki } from '../grafana/check/dashboard-json.ts'
import { receiver } from '../plugins/outputs/webhook/testing-receiver.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { ROOT } from './support/package.ts'
import { STATED_SCORER } from './support/posts.ts'

interface Stream {
  stream: Record<string, string>
  values: [nanoseconds: string, line: string, metadata: Record<string, string>][]
}

/** What the panels of posts ask Loki for: labels of streams, and fields of a line, which are labels and metadata. */
async function askedFor(): Promise<{ labels: Map<string, string>; fields: Set<string> }> {
  const mood: DashboardJson = JSON.parse(await readFile(join(ROOT, 'grafana/generated/mood.json'), 'utf8'))
  const queries = dataPanels(mood)
    .filter(readsLoki)
    .flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr))
  const [, selector = ''] = /^\{([^}]*)\}/.exec(queries.join()) ?? []
  return {
    labels: new Map(
      Array.from(selector.matchAll(/(\w+)=~?"([^"]*)"/g), ([, name = '', value = '']) => [name, value]),
    ),
    fields: new Set(Array.from(queries.join().matchAll(/(?<=\{\{[^}]*)\.(\w+)/g), ([, name = '']) => name)),
  }
}

test('a sample of posts reaches Loki, limited a minute for each topic and sentiment', {
  timeout: 180_000,
}, async () => {
  const { url, received } = await receiver((_, response) => response.writeHead(204).end())
  await using exporter = await startExporter(
    {
      sources: [{ use: 'http', listen: '127.0.0.1:0', format: 'post' }],
      topics: { galaxy: ['galaxy'] },
      scorers: [{ use: './stated.ts' }],
      outputs: [{ use: 'loki', url: new URL(url).origin, posts: { per_minute: 3, text: true } }],
      languages: { detect: false },
      log: { format: 'json' },
      state: { dir: 'state', interval: '100ms' },
    },
    { files: { 'stated.ts': STATED_SCORER } },
  )
  await exporter.push(
    Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({
        id: `${i}`,
        url: `https://posts.example/${i}`,
        text: `galaxy ${i} [${i % 2 === 0 ? '0.5' : '-0.5'}]`,
        createdAt: new Date(),
      }),
    ),
  )
  const streams = () => received.flatMap(({ body }) => JSON.parse(body).streams as Stream[])
  const values = () =>
    streams().flatMap(({ stream, values }) => values.map(([, line]) => `${stream.sentiment} ${line}`))
  await expect.poll(() => values().length, { timeout: 60_000, interval: 100 }).toBeGreaterThanOrEqual(4)
  await exporter.until(samples => samples.sum('mood_output_queue_events') === 0)
  const count = (sentiment: string) => values().filter(value => value.startsWith(sentiment)).length
  // Half of them at once, or more where the minute was further on. Another minute may have begun in between.
  for (const sentiment of ['positive', 'negative']) {
    expect(count(sentiment)).toBeGreaterThanOrEqual(2)
    expect(count(sentiment)).toBeLessThanOrEqual(6)
  }
  expect(values()[0]).toMatch(/^(positive|negative) galaxy \d+ \[/)

  // The dashboard asks for what is there.
  const { labels, fields } = await askedFor()
  expect([...labels.keys()]).toEqual(['service_name', 'topic', 'source'])
  expect([...fields].toSorted()).toEqual(['id', 'score', 'sentiment', 'url'])
  for (const { stream, values } of streams()) {
    expect(stream).toMatchObject({
      service_name: labels.get('service_name'),
      topic: 'galaxy',
      source: 'http',
    })
    for (const [, , metadata] of values)
      expect(Object.keys({ ...stream, ...metadata })).toEqual(expect.arrayContaining([...fields]))
  }
})
