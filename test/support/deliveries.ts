import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { OutputSpec } from '../../src/runtime/outputs/output-spec.ts'
import { Outputs, type StoredEvent } from '../../src/runtime/outputs/outputs.ts'
import { ROOT } from './package.ts'

/** What a receiver was sent. */
export interface Delivery {
  headers: IncomingMessage['headers']
  body: Buffer
  keys: string[]
}

export type Answer = (response: ServerResponse, delivery: Delivery) => unknown

/** A receiver of webhooks on loopback until the test has finished, whose answers the test sets. */
export async function receiver(answer: Answer) {
  const deliveries: Delivery[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const keys = JSON.parse(body.toString()).events.map(({ key }: { key: string }) => key)
    const delivery = { headers: request.headers, body, keys }
    deliveries.push(delivery)
    await answer(response, delivery)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, deliveries }
}

/** The built-in webhook as the exporter runs it, and what it acknowledged and counted. */
export async function runWebhook(options: Record<string, unknown>, more: Partial<OutputSpec> = {}) {
  const acknowledged: number[] = []
  const counts: Record<string, number> = {}
  const spec: OutputSpec = {
    use: 'webhook',
    name: 'hook',
    options,
    windows: null,
    events: null,
    posts: null,
    queue: 1000,
    batch: 8,
    timeout: 3000,
    retry: { initial: 1, max: 20, giveUp: 3_600_000 },
    ...more,
  }
  const outputs = await Outputs.create([spec], {
    baseDir: ROOT,
    limits: { queue_bytes: 2 ** 24, worker_memory: 2 ** 28, log_lines: 100, create_timeout: 60_000 },
    threaded: true,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    counters(metric, labels, n) {
      const key = [metric, ...labels].join(' ')
      counts[key] = (counts[key] ?? 0) + n
    },
    recorded: () => {},
    store: async ({ id }) => ({ type: 'stored', id }),
    acknowledged: (_, ids) => void acknowledged.push(...ids),
  })
  onTestFinished(() => outputs.close(1000))
  outputs.start([])
  return { outputs, acknowledged, counts }
}

/** A minute, by its number. */
export function storedMinute(n: number): StoredEvent {
  const [window, start] = ['1m', n * 60_000]
  const posts = { positive: n, neutral: 0, negative: 0, unknown: 0 }
  const rows = [{ topic: '갤럭시', scorer: 'afinn', posts, score: 0.5 }]
  const key = `window/${window}/${start}`
  return { id: n, event: { kind: 'window', key, window, start, end: start + 60_000, rows } }
}
