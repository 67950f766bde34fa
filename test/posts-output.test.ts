/** Sampled posts from a source through the whole exporter to the output `loki`. */
import { expect, test } from 'vitest'
import { receiver } from '../plugins/outputs/webhook/testing-receiver.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { STATED_SCORER } from './support/posts.ts'

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
        text: `galaxy ${i} [${i % 2 === 0 ? '0.5' : '-0.5'}]`,
        createdAt: new Date(),
      }),
    ),
  )
  const values = () =>
    received.flatMap(({ body }) =>
      (JSON.parse(body).streams as { stream: Record<string, string>; values: [string, string][] }[]).flatMap(
        ({ stream, values }) => values.map(([, line]) => `${stream.sentiment} ${line}`),
      ),
    )
  await expect.poll(() => values().length, { timeout: 60_000, interval: 100 }).toBeGreaterThanOrEqual(6)
  await exporter.until(samples => samples.sum('mood_output_queue_events') === 0)
  const count = (sentiment: string) => values().filter(value => value.startsWith(sentiment)).length
  // A minute may have ended in between.
  for (const sentiment of ['positive', 'negative']) expect([3, 6]).toContain(count(sentiment))
  expect(values()[0]).toMatch(/^(positive|negative) galaxy \d+ \[/)
})
