import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A received request. */
interface Asked {
  id: string | undefined
  secret: string | undefined
  form: Record<string, string>
}

/**
 * A server on loopback that issues tokens by RFC 6749: section 2.3.1 for the login, 4.4 for the request, 5 for the
 * answers.
 */
export class TokenServer {
  readonly asked: Asked[] = []
  /** An answer instead of a token: a status, and a body. */
  answer: { status: number; body: string } | null = null
  readonly #server: Server

  private constructor(tokenOf: () => string | null, seconds: number) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
      const [id, secret] = Buffer.from(scheme === 'Basic' ? credentials : '', 'base64')
        .toString('utf8')
        .split(':')
        .map(part => new URLSearchParams(`=${part}`).get('') ?? '')
      this.asked.push({
        id,
        secret,
        form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      })
      const token = tokenOf()
      const body = token
        ? { access_token: token, token_type: 'bearer', expires_in: seconds }
        : { error: 'invalid_client', error_description: 'no such client' }
      const { status, body: text } = this.answer ?? { status: token ? 200 : 401, body: JSON.stringify(body) }
      response.writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(status >= 300 && status < 400 ? { location: '/elsewhere' } : {}),
      })
      response.end(text)
    })
  }

  /** @param tokenOf a token that is valid for a number of seconds; null rejects the client */
  static async start(tokenOf: () => string | null, seconds: number): Promise<TokenServer> {
    const server = new TokenServer(tokenOf, seconds)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
