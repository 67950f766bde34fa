import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { namedBlocks } from './support/markdown.ts'
import { ROOT } from './support/package.ts'

type Chat = { model: string; messages: { role: string; content: string }[] }

/** A server that speaks chat completions. `content` is the answer of its model. */
async function languageModel(content: (posts: string[]) => string | number) {
  const asked: { authorization: string | undefined; chat: Chat }[] = []
  const server = createServer(async (request, response) => {
    const chat: Chat = JSON.parse(Buffer.concat(await request.toArray()).toString())
    asked.push({ authorization: request.headers.authorization, chat })
    const said = content(JSON.parse(chat.messages.at(-1)?.content ?? '[]'))
    if (typeof said === 'number') response.writeHead(said).end()
    else response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: said } }] }))
  })
  await listen(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`, asked }
}

async function listen(server: ReturnType<typeof createServer>) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
}

/** The service of the README, unchanged, in front of a model. Resolves to its URL. */
async function documentedService(env: Record<string, string>): Promise<string> {
  const readme = readFileSync(join(ROOT, 'plugins/scorers/http/README.md'), 'utf8')
  const { text = '' } = namedBlocks(readme).find(({ name }) => name === 'service.mjs') ?? {}
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-service-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'service.mjs'), text)
  const child: ChildProcess = spawn(process.execPath, [join(folder, 'service.mjs')], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const [port] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
  return `http://127.0.0.1:${port}/`
}

const config = (url: string, more = {}) => ({
  sources: [{ use: 'stdin', format: 'text' }],
  scorers: [{ name: 'llm', use: 'http', url, timeout: '20s', ...more }],
  limits: { plugin_timeout: '25s' },
  workers: 1,
})

test("a language model behind the README's service scores posts", async () => {
  const model = await languageModel(posts =>
    JSON.stringify({
      scores: posts.map(post => (/love/.test(post) ? 0.9 : /^I hate/.test(post) ? -0.8 : null)),
    }),
  )
  const url = await documentedService({ LLM_URL: model.url, LLM_MODEL: 'tiny', LLM_KEY: 'abc' })
  await using exporter = await startExporter(config(url), { stdin: 'pipe' })
  exporter.process.stdin?.end('I love it\nI hate it\nwhatever\nlove, "love"}]\n')
  const samples = await exporter.until(seen => seen.sum('mood_posts_total', { scorer: 'llm' }) === 4)
  const counts = ['positive', 'negative', 'unknown'].map(sentiment =>
    samples.sum('mood_posts_total', { scorer: 'llm', sentiment }),
  )
  expect(counts).toEqual([2, 1, 1])
  expect(samples.sum('mood_plugin_errors_total')).toBe(0)
  expect(model.asked[0]).toMatchObject({ authorization: 'Bearer abc', chat: { model: 'tiny' } })
  expect(model.asked[0]?.chat.messages.map(({ role }) => role)).toEqual(['system', 'user'])
})

test('a model that answers in prose leaves posts unknown, which is counted', async () => {
  const model = await languageModel(() => 'Sure! Here are the scores: 1, 2, 3')
  const url = await documentedService({ LLM_URL: model.url })
  await using exporter = await startExporter(config(url, { batch_size: 1, breaker_failures: 2 }), {
    stdin: 'pipe',
  })
  exporter.process.stdin?.end('a\nb\nc\nd\ne\n')
  const samples = await exporter.until(seen => seen.sum('mood_posts_total', { sentiment: 'unknown' }) === 5)
  expect(samples.sum('mood_plugin_errors_total', { kind: 'scorer', plugin: 'llm', reason: 'threw' })).toBe(5)
  await exporter.logged(({ msg }) => msg === 'the service failed; no requests for a while')
})

test('the limits of a hosted API reach the scorer as such', async () => {
  const model = await languageModel(() => 429)
  const url = await documentedService({ LLM_URL: model.url })
  const response = await fetch(url, { method: 'POST', body: '{"posts":[{"text":"a"}]}' })
  expect(response.status).toBe(429)
})
