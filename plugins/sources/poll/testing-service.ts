import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A received request. */
export interface Seen {
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
}

export type Handler = (seen: Seen, response: ServerResponse, n: number) => void

/** A service on loopback that answers with a handler, and stores the requests. */
export async function service(handler: Handler) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const one = { path: pathname, query: searchParams, headers: request.headers }
    seen.push(one)
    handler(one, response, seen.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await once(server.close(), 'close')
  }
  onTestFinished(close)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, seen, close }
}

/** Answers with text. */
export const text =
  (body: string, headers: Record<string, string> = {}, status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

/**
 * A feed that supports conditional requests (RFC 9110, 13): 304 without body and Content-Type if the tag or date is
 * current.
 */
export class Feed {
  body = 'one\ntwo\n'
  etag: string | null = '"1"'
  modified: string | null = null

  readonly handle: Handler = ({ headers }, response) => {
    const isKnown =
      (this.etag !== null && headers['if-none-match'] === this.etag) ||
      (headers['if-none-match'] === undefined &&
        this.modified !== null &&
        headers['if-modified-since'] === this.modified)
    if (this.etag !== null) response.setHeader('etag', this.etag)
    if (this.modified !== null) response.setHeader('last-modified', this.modified)
    response.writeHead(isKnown ? 304 : 200)
    response.end(isKnown ? undefined : this.body)
  }
}

/**
 * A timeline like Mastodon's (https://docs.joinmastodon.org/methods/timelines/#tag): newest first, `limit` 20 by
 * default, `min_id` for what directly follows an id, `max_id` for what precedes one; a `Link` with `next` and `prev`;
 * a limit of 300 requests in five minutes, in headers with an ISO time
 * (https://docs.joinmastodon.org/api/rate-limits/); 401 with `{"error"}` for an unknown token.
 */
export class Timeline {
  readonly ids: number[] = []
  remaining = 300
  text = (id: number): string => `<p>post ${id}</p>`

  readonly handle: Handler = ({ path, query, headers }, response) => {
    if (headers.authorization !== 'Bearer good') {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end('{"error":"The access token is invalid"}')
      return
    }
    const limit = Number(query.get('limit') ?? 20)
    const [min, max] = [query.get('min_id'), query.get('max_id')]
    const among = this.ids.filter(
      id => (min === null || id > Number(min)) && (max === null || id < Number(max)),
    )
    const page = (min === null ? among.slice(-limit) : among.slice(0, limit)).toReversed()
    const to = (name: string, id: number | undefined) =>
      `<http://${headers.host}${path}?limit=${limit}&${name}=${id}>`
    const links = [`${to('max_id', page.at(-1))}; rel="next"`, `${to('min_id', page[0])}; rel="prev"`]
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-limit': '300',
      'x-ratelimit-remaining': `${--this.remaining}`,
      'x-ratelimit-reset': new Date(Date.now() + 300_000).toISOString(),
      ...(page.length > 0 ? { link: links.join(', ') } : {}),
    })
    response.end(JSON.stringify(page.map(id => ({ id: String(id), content: this.text(id) }))))
  }
}
