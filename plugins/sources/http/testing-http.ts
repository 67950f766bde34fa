import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { testSource } from 'mood-exporter/plugin/testing'
import { onTestFinished } from 'vitest'
import http from './index.ts'

type Options = Parameters<typeof testSource<typeof http.options>>[1]

/** The source, listening on a free port of loopback until the test has finished. */
export async function listening(options: Options = {}, more: { maxRecordBytes?: number } = {}) {
  const running = await testSource(http, { listen: '127.0.0.1:0', ...options }, more)
  onTestFinished(() => running.stop())
  await running.emitter.until(({ ups }) => ups === 1)
  const url = String(running.logged.find(({ message }) => message === 'listening for posts')?.fields.url)
  return { ...running, url }
}

/** An answer with its parsed JSON. */
export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  body: any
}

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/x-ndjson',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** A POST with a body that is written in pieces. */
export function posting(url: string, headers: Record<string, string> = {}) {
  const sent: ClientRequest = request(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson', ...headers },
  })
  const answered = answer(sent)
  answered.catch(() => {})
  return { sent, answered }
}

async function answer(sent: ClientRequest) {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks = await response.toArray()
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }
}
