import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zstdCompressSync } from 'node:zlib'
import { type WebSocket, WebSocketServer } from 'ws'
import { DICTIONARY, DICTIONARY_ID } from './testing-dictionary.ts'

const NSID = 'network.bsky.jetstream.subscribeEvents'
/** From here on a cursor is a time in microseconds. */
const LEAST_TIME = 1e15

/** An event, independent of the wire version. */
export interface TestEvent {
  seq: number
  /** In microseconds. */
  at: number
  kind: 'commit' | 'identity' | 'account' | 'sync'
  did: string
  operation: 'create' | 'update' | 'delete'
  collection: string
  rkey: string
  record?: unknown
}

export interface JetstreamOptions {
  /** The first sequence number: each instance has its own. */
  firstSeq?: number
  /** Whether it has a dictionary. */
  dictionary?: boolean
  /** Its port; any free one where absent. */
  port?: number
}

/**
 * A Jetstream instance on loopback. It behaves as documented, and as the service's source code does
 * (https://github.com/bluesky-social/jetstream, read as of August 2026):
 *
 * - `GET /xrpc/network.bsky.jetstream.subscribeEvents`: a WebSocket whose text frames are `{"$type":"message",
 *   "payload":{"$type":"…#commit","seq","did","time","witnessedAt",…}}`, with the subprotocol `xrpc.v1.json` echoed
 *   (lexicons/network/bsky/jetstream/subscribeEvents.json; internal/subscribe/handler.go).
 * - `cursor` is inclusive. Below 1e15 it is a sequence number of this instance, otherwise a time in microseconds. A
 *   number below the floor is rejected with 400 and `CursorTooOld` before the upgrade; a time below it is moved up,
 *   and a first frame `#info` `OutdatedCursor` says so; a number beyond the end starts live after `#info`
 *   `FutureCursor`.
 * - Unknown parameters of the other wire and unknown kinds are rejected with 400 and `InvalidRequest`
 *   (handler_v2_protocol_test.go). Errors before the upgrade are `{"error","message"}`; before it is ready, 503.
 * - `zstdDictionary=ID`: binary frames, one zstd frame each; another ID is 400 `UnknownZstdDictionary`.
 *   `network.bsky.jetstream.getZstdDictionary` has the dictionary. permessage-deflate is never negotiated.
 * - A frame of a client closes the connection with 1008. A shutdown closes with 1001. Errors in the stream are a last frame
 *   `{"$type":"error","error","message"}`.
 * - `GET /subscribe`, the wire v1: frames `{"did","time_us","kind","commit":{…}}`; identity and account events come whatever
 *   `wantedCollections` says; a cursor that is too old is moved up in silence; permessage-deflate is negotiated
 *   (internal/subscribe/doc.go).
 */
export class Jetstream {
  readonly events: TestEvent[] = []
  /** The lowest sequence number that it can still replay. */
  floor = 0
  /** Answers each handshake with this status, and does not upgrade. */
  refuse: { status: number; headers?: Record<string, string>; body?: string } | null = null
  /** Accepts connections and sends nothing. */
  isSilent = false
  /** The query of each requested connection, in order. */
  readonly queries: URLSearchParams[] = []
  readonly #server = createServer()
  readonly #sockets = new Set<{
    socket: WebSocket
    wants: (event: TestEvent) => boolean
    send: (event: TestEvent) => void
  }>()
  readonly #wss: { v1: WebSocketServer; v2: WebSocketServer }
  #port: number
  #nextSeq: number
  isStopped = false

  constructor(options: JetstreamOptions = {}) {
    this.#port = options.port ?? 0
    this.#nextSeq = options.firstSeq ?? 1
    this.floor = this.#nextSeq
    const base = { noServer: true } as const
    this.#wss = {
      v1: new WebSocketServer({ ...base, perMessageDeflate: true }),
      v2: new WebSocketServer({
        ...base,
        perMessageDeflate: false,
        handleProtocols: offered => (offered.has('xrpc.v1.json') ? 'xrpc.v1.json' : false),
      }),
    }
    this.#server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://x')
      if (pathname !== '/xrpc/network.bsky.jetstream.getZstdDictionary' || options.dictionary === false) {
        response.writeHead(404, { 'content-type': 'application/json' })
        response.end('{"error":"MethodNotImplemented"}')
      } else response.end(DICTIONARY)
    })
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {})
      const url = new URL(request.url ?? '', 'http://x')
      this.queries.push(url.searchParams)
      const wire = url.pathname === '/subscribe' ? 'v1' : 'v2'
      const problem = this.refuse ?? (wire === 'v2' ? this.#problemOf(url.searchParams) : null)
      if (problem) {
        const { status, headers = {}, body = '' } = problem
        const lines = Object.entries({
          ...headers,
          'content-length': Buffer.byteLength(body),
          connection: 'close',
        })
        socket.end(
          `HTTP/1.1 ${status} Refused\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n${body}`,
        )
        return
      }
      this.#wss[wire].handleUpgrade(request, socket, head, client =>
        this.#serve(client, wire, url.searchParams),
      )
    })
  }

  static async start(options: JetstreamOptions = {}): Promise<Jetstream> {
    const instance = new Jetstream(options)
    await instance.listen()
    return instance
  }

  /** Listens. After `stop`, listens again on the same port with the same events. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    this.isStopped = false
  }

  get host(): string {
    return `ws://127.0.0.1:${this.#port}`
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** Makes an event and sends it to all connections that requested its kind. */
  publish(event: Partial<TestEvent> = {}): TestEvent {
    const seq = event.seq ?? this.#nextSeq
    this.#nextSeq = seq + 1
    const whole: TestEvent = {
      seq,
      at: Date.now() * 1000 + (seq % 1000),
      kind: 'commit',
      did: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz',
      operation: 'create',
      collection: 'app.bsky.feed.post',
      rkey: `r${seq}`,
      ...event,
    }
    this.events.push(whole)
    if (!this.isSilent) for (const { wants, send } of this.#sockets) if (wants(whole)) send(whole)
    return whole
  }

  /** A post with this text. */
  post(text: string, { record, ...event }: Partial<TestEvent> = {}): TestEvent {
    const createdAt = new Date().toISOString()
    const more = typeof record === 'object' ? record : {}
    return this.publish({
      ...event,
      record: { $type: 'app.bsky.feed.post', createdAt, langs: ['en'], text, ...more },
    })
  }

  /** Sends a frame as it is to all connections. */
  sendRaw(frame: string | Buffer): void {
    for (const { socket } of this.#sockets) socket.send(frame)
  }

  /** Ends all connections, with or without a close frame. */
  hangUp(code?: number, reason?: string): void {
    for (const { socket } of this.#sockets) {
      if (code === undefined) socket.terminate()
      else socket.close(code, reason)
    }
  }

  async stop(): Promise<void> {
    if (this.isStopped) return
    this.isStopped = true
    this.hangUp()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #problemOf(query: URLSearchParams): Jetstream['refuse'] {
    const invalid = (error: string, message: string) => ({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error, message }),
    })
    for (const name of ['wantedCollections', 'wantedDids', 'requireHello', 'compress'])
      if (query.has(name)) return invalid('InvalidRequest', `${name} is a parameter of /subscribe`)
    const kinds = query.getAll('kinds')
    if (kinds.some(kind => !['commit', 'identity', 'account', 'sync'].includes(kind)))
      return invalid('InvalidRequest', 'unknown kind')
    const dictionary = query.get('zstdDictionary')
    if (dictionary !== null && Number(dictionary) !== DICTIONARY_ID)
      return invalid(
        'UnknownZstdDictionary',
        `unknown zstd dictionary id; current dictionary id is ${DICTIONARY_ID}`,
      )
    const cursor = Number(query.get('cursor') ?? Number.NaN)
    if (cursor < LEAST_TIME && cursor < this.floor)
      return invalid('CursorTooOld', `cursor ${cursor} is below the retention floor ${this.floor}`)
    return null
  }

  #serve(socket: WebSocket, wire: 'v1' | 'v2', query: URLSearchParams): void {
    const collections = query.getAll(wire === 'v2' ? 'collections' : 'wantedCollections')
    const kinds = query.getAll('kinds')
    const isZstd = wire === 'v2' && query.has('zstdDictionary')
    const frame = (value: unknown) => {
      const text = JSON.stringify(value)
      if (isZstd) socket.send(zstdCompressSync(text, { dictionary: DICTIONARY }))
      else socket.send(text)
    }
    const wants = ({ kind, collection }: TestEvent) => {
      if (kind === 'commit') return collections.length === 0 || collections.includes(collection)
      return wire === 'v1' ? kind !== 'sync' : kinds.length === 0 || kinds.includes(kind)
    }
    const send = (event: TestEvent) => frame(wire === 'v2' ? frameV2(event) : frameV1(event))
    if (wire === 'v2') socket.on('message', () => socket.close(1008, 'server-push only'))
    socket.on('error', () => {})
    const entry = { socket, wants, send }
    this.#sockets.add(entry)
    socket.on('close', () => this.#sockets.delete(entry))
    if (this.isSilent) return
    const cursor = query.get('cursor')
    if (cursor === null) return
    const at = Number(cursor)
    const isTime = at >= LEAST_TIME
    const kept = this.events.filter(({ seq }) => seq >= this.floor)
    const isOutdated = isTime
      ? at < (kept[0]?.at ?? 0) && (this.events[0] as TestEvent).seq < this.floor
      : false
    if (wire === 'v2' && isOutdated)
      frame(info('OutdatedCursor', 'requested timestamp cursor below retention floor'))
    if (!isTime && at >= this.#nextSeq) {
      if (wire === 'v2') frame(info('FutureCursor', 'starting at the live tip'))
      return
    }
    for (const event of kept) if ((isTime ? event.at : event.seq) >= at && wants(event)) send(event)
  }
}

const isoMicroseconds = (at: number) =>
  `${new Date(Math.floor(at / 1000)).toISOString().slice(0, -1)}${String(at % 1000).padStart(3, '0')}Z`

const info = (name: string, message: string) => ({
  $type: 'message',
  payload: { $type: `${NSID}#info`, name, message },
})

function frameV2({ seq, at, kind, did, operation, collection, rkey, record }: TestEvent) {
  const time = isoMicroseconds(at)
  const head = { $type: `${NSID}#${kind}`, seq, did, time, witnessedAt: time }
  const body =
    kind === 'commit'
      ? {
          rev: '3l3qo2vutsw2b',
          operation,
          collection,
          rkey,
          ...(operation === 'delete' ? {} : { record, cid: 'bafy' }),
        }
      : { [kind]: { did, seq, time } }
  return { $type: 'message', payload: { ...head, ...body } }
}

function frameV1({ at, kind, did, operation, collection, rkey, record }: TestEvent) {
  const head = { did, time_us: at, kind }
  if (kind !== 'commit') return { ...head, [kind]: { did } }
  const commit = { rev: '3l3qo2vutsw2b', operation, collection, rkey }
  return { ...head, commit: operation === 'delete' ? commit : { ...commit, record, cid: 'bafy' } }
}
