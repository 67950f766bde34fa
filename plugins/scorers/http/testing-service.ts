import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A received request. */
export interface Asked {
  headers: IncomingMessage['headers']
  posts: { id?: string; text: string; lang?: string }[]
}

export type Reply = (asked: Asked, response: ServerResponse, count: number) => unknown

/**
 * A scoring service on loopback until the test has finished. `reply` returns the JSON answer, or writes the response
 * itself and returns undefined; `count` is the number of previous requests.
 */
export async function service(reply: Reply) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const one = { headers: request.headers, posts: JSON.parse(body).posts }
    const answer = await reply(one, response, asked.push(one) - 1)
    if (answer !== undefined) response.end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  onTestFinished(async () => {
    if (server.listening) await close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`, asked, close }
}

/** The scores are the numbers in the texts. */
export const numbers: Reply = ({ posts }) => ({ scores: posts.map(({ text }) => Number(text)) })

export function status(
  response: ServerResponse,
  code: number,
  headers: Record<string, string> = {},
  body = '',
) {
  response.writeHead(code, headers).end(body)
}
