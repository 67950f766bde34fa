import { reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { type Reply, receiver } from '../webhook/testing-receiver.ts'
import discord from './index.ts'
import { discordServer } from './testing-discord.ts'

async function output(reply: Reply) {
  const { url, received } = await receiver(reply)
  const { write } = await testOutput(discord, { url })
  return { write, contents: () => received.map(({ body }) => JSON.parse(body).content as string) }
}

const LONG = reportEvent({
  topics: Array.from({ length: 40 }, (_, i) =>
    reportTopic({
      topic: `t${i}`,
      terms: [
        { extractor: 'hashtags', term: `@everyone ${'x'.repeat(80)}`, posts: 3, score: null, before: null },
      ],
    }),
  ),
})

test('a report is Markdown, and a long one is split into several messages without loss', async () => {
  const { write, contents } = await output(discordServer)
  expect(await write([LONG])).toMatchObject({ delivered: [LONG.key] })
  expect(contents().length).toBeGreaterThan(3)
  // Where a message ends, an empty line may be left out.
  const linesOf = (text: string) => text.split('\n').filter(line => line !== '')
  expect(contents().flatMap(linesOf)).toEqual(linesOf(LONG.markdown))
  expect(contents()[0]).toContain('**Mood report: daily**')
})

test('waits as Discord requests in the body, and does not repeat delivered messages', async () => {
  let requests = 0
  const { write, contents } = await output((received, response, count) =>
    requests++ === 1
      ? response
          .writeHead(429, { 'retry-after': '1' })
          .end('{"message":"You are being rate limited.","retry_after":1.337,"global":false}')
      : discordServer(received, response, count),
  )
  expect(await write([LONG])).toMatchObject({ retried: [LONG.key], retryAfter: 1337 })
  expect(await write([LONG])).toMatchObject({ delivered: [LONG.key] })
  const all = contents()
  expect(all[1]).toBe(all[2])
  expect(new Set(all).size).toBe(all.length - 1)
})

test('waits for an empty rate limit bucket before the next message', async () => {
  const { write } = await output((received, response, count) => {
    response.setHeader('x-ratelimit-remaining', '0')
    response.setHeader('x-ratelimit-reset-after', '0.4')
    discordServer(received, response, count)
  })
  await write([reportEvent()])
  const began = performance.now()
  await write([reportEvent()])
  expect(performance.now() - began).toBeGreaterThan(390)
})

test('a removed webhook gets few requests, and its events are kept', async () => {
  const { write } = await output((_, response) =>
    response.writeHead(404).end('{"message":"Unknown Webhook","code":10015}'),
  )
  const report = reportEvent()
  expect(await write([report])).toMatchObject({ retried: [report.key], retryAfter: 600_000 })
})
