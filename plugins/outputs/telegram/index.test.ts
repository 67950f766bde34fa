import { alertEvent, MemoryStore, reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { type Reply, receiver } from '../webhook/testing-receiver.ts'
import telegram from './index.ts'
import { TOKEN, telegramServer } from './testing-telegram.ts'

async function output(reply: Reply, options: Record<string, unknown> = {}, store = new MemoryStore()) {
  const { url, received } = await receiver(reply)
  const { write, logged } = await testOutput(
    telegram,
    { token: TOKEN, chat: 42, api: new URL(url).origin, ...options },
    { store },
  )
  return { write, logged, store, messages: () => received.map(({ body }) => JSON.parse(body)) }
}

test('a report is plain text without previews, and a long one is split into several messages without loss', async () => {
  const { write, messages } = await output(telegramServer)
  const report = reportEvent({
    topics: Array.from({ length: 60 }, (_, i) => reportTopic({ topic: `토픽${i} ${'🎉'.repeat(20)}` })),
  })
  expect(await write([report])).toMatchObject({ delivered: [report.key] })
  expect(messages().length).toBeGreaterThan(1)
  expect(messages()[0]).toMatchObject({ chat_id: '42', link_preview_options: { is_disabled: true } })
  const said = messages()
    .map(({ text }) => text)
    .join('\n')
  expect(said.replaceAll(/\n+/g, '\n')).toBe(report.text.replaceAll(/\n+/g, '\n'))
})

test('waits as Telegram requests', async () => {
  const body =
    '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 34","parameters":{"retry_after":34}}'
  const { write } = await output((_, response) => response.writeHead(429).end(body))
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ retried: [alert.key], retryAfter: 34_000 })
})

test('messages to a group are three seconds apart, for at most 20 a minute', async () => {
  const { write } = await output(telegramServer, { chat: -1001 })
  const began = performance.now()
  await write([alertEvent()])
  await write([alertEvent()])
  expect(performance.now() - began).toBeGreaterThan(2990)
})

test('writes to a supergroup under its new id, also after a restart', async () => {
  const migrate: Reply = (received, response, count) =>
    JSON.parse(received.body).chat_id === '-5'
      ? response
          .writeHead(400)
          .end(
            '{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1005}}',
          )
      : telegramServer(received, response, count)
  const first = await output(migrate, { chat: -5 })
  const alert = alertEvent()
  expect(await first.write([alert], AbortSignal.timeout(20_000))).toMatchObject({ delivered: [alert.key] })
  expect(first.logged.map(({ level }) => level)).toEqual(['warn'])
  const second = await output(migrate, { chat: -5 }, first.store as MemoryStore)
  await second.write([alertEvent()])
  expect(second.messages().map(({ chat_id }) => chat_id)).toEqual(['-1005'])
})

test('with a wrong token events are kept, with a missing chat they are dropped', async () => {
  const alert = alertEvent()
  const wrong = await output(telegramServer, { token: '1:wrong' })
  expect(await wrong.write([alert])).toMatchObject({ retried: [alert.key], retryAfter: 600_000 })
  const nowhere = await output(telegramServer, { chat: '404' })
  expect(await nowhere.write([alert])).toMatchObject({ rejected: [alert.key] })
})

test('an error never shows the token', async () => {
  const { write } = await testOutput(telegram, { token: TOKEN, chat: 42, api: 'http://127.0.0.1:9' })
  const { error } = await write([alertEvent()])
  expect((error as Error).message).not.toContain('ABC-DEF')
})
