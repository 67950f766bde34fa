import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A received request. */
export interface Received {
  method: string | undefined
  path: string | undefined
  headers: IncomingMessage['headers']
  /** The raw body. */
  body: string
}

export type Reply = (received: Received, response: ServerResponse, count: number) => unknown

/** A server on loopback until the test has finished. `count` is the number of previous requests. */
export async function receiver(reply: Reply = (_, response) => response.end('ok')) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request
    const body = Buffer.concat(await request.toArray()).toString()
    const one = { method, path, headers, body }
    await reply(one, response, received.push(one) - 1)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  onTestFinished(async () => {
    if (server.listening) await close()
  })
  return { url: `http://127.0.0.1:${port}/hook`, received, close }
}

/** Answers with a status and optional headers. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Reply =>
  (_, response) =>
    response.writeHead(code, headers).end(body)
