import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What passed between a client and a server: the head of a request, and of its answer. */
export interface Exchange {
  path: string
  asked: IncomingHttpHeaders
  status: number
  answered: IncomingHttpHeaders
  /** Bytes of the answer's body as they crossed the wire, packed where they were. */
  bytes: number
}

/** A proxy between a client and a server that passes on every byte, and records it. */
export class Recorder {
  readonly exchanges: Exchange[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** A recorder before that server, such as `http://127.0.0.1:9747`. */
  static async before(url: string): Promise<Recorder> {
    const recorder: Recorder = new Recorder(
      createServer((asked, answer) => {
        const path = asked.url ?? '/'
        const passedOn = request(new URL(path, url), { method: asked.method, headers: asked.headers })
        passedOn.on('response', answered => {
          const exchange = {
            path,
            asked: asked.headers,
            status: answered.statusCode ?? 0,
            answered: answered.headers,
            bytes: 0,
          }
          answered.on('data', (chunk: Buffer) => {
            exchange.bytes += chunk.length
          })
          answered.on('end', () => recorder.exchanges.push(exchange))
          answer.writeHead(exchange.status, answered.headers)
          answered.pipe(answer)
        })
        passedOn.on('error', () => answer.destroy())
        asked.pipe(passedOn)
      }),
    )
    recorder.#server.listen(0, '127.0.0.1')
    await once(recorder.#server, 'listening')
    return recorder
  }

  /** `host:port`, as Prometheus takes it for a target. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
