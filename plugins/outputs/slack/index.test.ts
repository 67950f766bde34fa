import { alertEvent, reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { type Reply, receiver, status } from '../webhook/testing-receiver.ts'
import slack from './index.ts'
import { slackServer } from './testing-slack.ts'

async function sent(
  reply: Reply,
  ...events: Parameters<Awaited<ReturnType<typeof testOutput>>['write']>[0][]
) {
  const { url, received } = await receiver(reply)
  const output = await testOutput(slack, { url })
  const outcomes = []
  for (const event of events.flat()) outcomes.push(await output.write([event as never]))
  return { outcomes, bodies: received.map(({ body }) => JSON.parse(body)) }
}

test('a report is a message with a header, the period, and a section for each topic', async () => {
  const report = reportEvent({
    topics: [
      reportTopic({
        terms: [{ extractor: 'hashtags', term: '<!channel> & *co*', posts: 3, score: null, before: null }],
        links: [{ url: 'https://x.com/a?b=1&c=2', score: -0.5, at: 0 }],
      }),
    ],
  })
  const { outcomes, bodies } = await sent(slackServer, [report])
  expect(outcomes).toMatchObject([{ delivered: [report.key] }])
  const [{ text, blocks }] = bodies
  expect(text).toBe('Mood report: daily')
  expect(blocks[0]).toEqual({
    type: 'header',
    text: { type: 'plain_text', text: 'Mood report: daily', emoji: false },
  })
  const topic = blocks[2].text.text
  expect(topic).toMatch(/^\*galaxy\*\n• 75 posts\n• Net sentiment \+27%; negative 27%/)
  expect(topic).toContain('&lt;!channel&gt; &amp; *co* 3')
  expect(topic).toContain('<https://x.com/a?b=1&amp;c=2|x.com>')
})

test('alerts are one section, those that are resolved included', async () => {
  const { bodies } = await sent(slackServer, [alertEvent({ status: 'resolved' })])
  expect(bodies[0].blocks).toHaveLength(1)
  expect(bodies[0].blocks[0].text.text).toMatch(/^\*\[RESOLVED\] MoodTurnsNegative galaxy\*\n• galaxy: more/)
})

test('a long report is split into several messages, and no section is too long', {
  timeout: 60_000,
}, async () => {
  const long = Array.from({ length: 40 }, (_, i) => ({
    extractor: 'hashtags',
    term: `${'갤럭시'.repeat(30)}${i}`,
    posts: 3,
    score: null,
    before: null,
  }))
  const topics = Array.from({ length: 30 }, (_, i) => reportTopic({ topic: `t${i}`, terms: long }))
  const { outcomes, bodies } = await sent(slackServer, [reportEvent({ topics })])
  expect(outcomes[0]?.error).toBeUndefined()
  expect(bodies.length).toBeGreaterThan(1)
  for (let i = 0; i < 30; i++) expect(JSON.stringify(bodies)).toContain(`*t${i}*`)
})

test('after a partial failure, sending continues with the message that failed', {
  timeout: 60_000,
}, async () => {
  const topics = Array.from({ length: 60 }, (_, i) => reportTopic({ topic: `t${i}` }))
  const report = reportEvent({ topics })
  let requests = 0
  const { bodies, outcomes } = await sent(
    (received, response, count) =>
      requests++ === 1 ? status(500)(received, response, count) : slackServer(received, response, count),
    [report],
    [report],
  )
  expect(outcomes).toMatchObject([{ retried: [report.key] }, { delivered: [report.key] }])
  expect(bodies.map(({ blocks }) => blocks.length)).toEqual([50, 13, 13])
})

test('waits as Slack requests, and sends messages a second apart', async () => {
  const { outcomes } = await sent(status(429, { 'retry-after': '30' }), [reportEvent()])
  expect(outcomes).toMatchObject([{ delivered: [], rejected: [], retryAfter: 30_000 }])
  const began = performance.now()
  await sent(slackServer, [alertEvent()], [alertEvent()])
  expect(performance.now() - began).toBeGreaterThan(990)
})

test.for([
  [400, 'invalid_payload', { rejected: 1, wait: 0 }],
  [404, 'no_service', { rejected: 0, wait: 600_000 }],
  [410, 'channel_is_archived', { rejected: 0, wait: 600_000 }],
  [500, 'rollup_error', { rejected: 0, wait: 0 }],
] as const)(
  '%i %s drops the event only if the message is invalid',
  async ([code, text, { rejected, wait }]) => {
    const { outcomes } = await sent(status(code, {}, text), [reportEvent()])
    expect(outcomes[0]?.rejected).toHaveLength(rejected)
    expect(outcomes[0]?.retryAfter).toBe(wait)
    expect(outcomes[0]?.error).toMatchObject({ message: `it answered ${code}: ${text}` })
  },
)
