import { postEvent, testOutput } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { type Reply, receiver, status } from '../webhook/testing-receiver.ts'
import loki from './index.ts'

interface Push {
  streams: { stream: Record<string, string>; values: [string, string, Record<string, string>?][] }[]
}

/**
 * A server that takes what Loki takes: labels by valid names, values of nanoseconds as text, a line and metadata of texts.
 * Answers 204, and 400 with the reason for what is not so, or older than a week.
 *
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
const lokiServer =
  (now: number): Reply =>
  ({ body, path }, response) => {
    const refuse = (why: string) => response.writeHead(400, { 'content-type': 'text/plain' }).end(why)
    if (path !== '/loki/api/v1/push') return response.writeHead(404).end()
    const { streams } = JSON.parse(body) as Push
    for (const { stream, values } of streams) {
      if (Object.keys(stream).length === 0)
        return refuse('error at least one label pair is required per stream')
      if (!Object.keys(stream).every(name => /^[a-zA-Z_]\w*$/.test(name)))
        return refuse('error parsing labels')
      for (const [time, line, metadata = {}] of values) {
        if (typeof time !== 'string' || !/^\d{19}$/.test(time) || typeof line !== 'string')
          return refuse('bad value')
        if (!Object.values(metadata).every(value => typeof value === 'string')) return refuse('bad metadata')
        if (Number(time) / 1e6 < now - 7 * 86_400_000) return refuse('entry has timestamp too old')
      }
    }
    response.writeHead(204).end()
  }

const NOW = Date.parse('2026-11-27T00:00Z')

async function output(reply: Reply, options: Record<string, unknown> = {}) {
  const { url, received } = await receiver(reply)
  const { write } = await testOutput(loki, { url: `${new URL(url).origin}/`, ...options })
  return { write, received, pushes: () => received.map(({ body }) => JSON.parse(body) as Push) }
}

test('posts are in streams by topic, sentiment and source, with their other fields as structured metadata', async () => {
  const { write, pushes } = await output(lokiServer(NOW))
  const events = [
    postEvent({ at: NOW, text: '갤럭시 😡', id: '1', url: 'https://x.com/1', score: -0.51 }),
    postEvent({ at: NOW + 1, id: '2' }),
    postEvent({ at: NOW + 2, sentiment: 'unknown', score: null }),
  ]
  expect(await write(events)).toMatchObject({ delivered: events.map(({ key }) => key) })
  const [{ streams }] = pushes() as [Push]
  expect(streams.map(({ stream, values }) => [stream.sentiment, values.length])).toEqual([
    ['negative', 2],
    ['unknown', 1],
  ])
  expect(streams[0]).toEqual({
    stream: { service_name: 'mood-exporter', topic: 'galaxy', sentiment: 'negative', source: 'tcp' },
    values: [
      [
        `${NOW}000000`,
        '갤럭시 😡',
        { key: events[0]?.key, lang: 'en', scorer: 'auto', score: '-0.510', id: '1', url: 'https://x.com/1' },
      ],
      [`${NOW + 1}000000`, 'https://example.com/2', expect.objectContaining({ id: '2' })],
    ],
  })
  expect(streams[1]?.values[0]?.[2]).not.toHaveProperty('score')
})

test('a tenant and credentials go with each request', async () => {
  const { write, received } = await output(lokiServer(NOW), { tenant: 'mood', user: 'me', password: 'pw' })
  await write([postEvent({ at: NOW })])
  expect(received[0]?.headers).toMatchObject({
    'x-scope-orgid': 'mood',
    authorization: `Basic ${Buffer.from('me:pw').toString('base64')}`,
  })
  const bearer = await output(lokiServer(NOW), { token: 'abc' })
  await bearer.write([postEvent({ at: NOW })])
  expect(bearer.received[0]?.headers.authorization).toBe('Bearer abc')
})

test('only posts that are too old are dropped, and a rate limit is waited for', async () => {
  const { write } = await output(lokiServer(NOW))
  const [old, fresh] = [postEvent({ at: NOW - 8 * 86_400_000 }), postEvent({ at: NOW })]
  expect(await write([old, fresh])).toMatchObject({ delivered: [], rejected: [] })
  expect(await write([old])).toMatchObject({ rejected: [old.key] })
  const limited = await output(status(429, { 'retry-after': '3' }))
  expect(await limited.write([fresh])).toMatchObject({ retried: [fresh.key], retryAfter: 3000 })
})
