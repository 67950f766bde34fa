import {
  type Connection,
  Disconnect,
  disconnectOf,
  type Emitter,
  type Log,
  messageOf,
  type PluginMetrics,
  type Post,
} from 'mood-exporter/plugin'
import type { WebSocket } from 'ws'
import { type Cursor, cursorFor, positionOf } from './cursor.ts'
import { type Dictionary, fetchDictionary } from './dictionary.ts'
import { frameOfV1, frameOfV2, type Notice, POSTS, type StreamEvent } from './frames.ts'
import type { METRICS } from './metrics.ts'
import { type BlueskyOptions, originOf } from './options.ts'
import { postOf, type Selection } from './post.ts'
import { disconnectOfClose, openSocket, XrpcError } from './socket.ts'

/** With this many collected posts, the socket is paused until they are taken. */
const MAX_BATCH = 500

/** How often a position is emitted while there are no posts, in milliseconds. */
const POSITION_MS = 1000

/** If a stream resumes this much later than requested, events are missing; milliseconds. */
const JUMP_MS = 60_000

export interface StreamSettings extends BlueskyOptions {
  hosts: string[]
  selection: Selection
  metrics: PluginMetrics<typeof METRICS>
  log: Log
}

/** The stream over all connections: its position, and the next instance. */
export class Stream {
  readonly #settings: StreamSettings
  readonly #emitter: Emitter
  readonly #dictionaries = new Map<string, Dictionary>()
  #cursor: Cursor | null
  #place: number

  constructor(settings: StreamSettings, emitter: Emitter, cursor: Cursor | null) {
    this.#settings = settings
    this.#emitter = emitter
    this.#cursor = cursor
    this.#place = Math.max(0, settings.hosts.indexOf(cursor?.host ?? ''))
  }

  /** The instance for the next connection. */
  get host(): string {
    return this.#settings.hosts[this.#place] as string
  }

  /** Runs one connection until it ends. Rejects with the reason. */
  async connect(connection: Connection): Promise<void> {
    let wasUp = false
    try {
      const { socket, unpack, isLate } = await this.#open(connection.signal)
      connection.up()
      wasUp = true
      const resumed = this.#cursor
      // If it ends before the first event, the next one resumes here. By time, as no instance has given a sequence
      // number.
      this.#cursor ??= { host: '', seq: null, at: Date.now() * 1000 }
      await new Reading(this.#settings, this.#emitter, connection, socket, unpack, {
        host: this.host,
        resumed,
        isLate,
        moved: cursor => {
          this.#cursor = cursor
        },
      }).run()
    } catch (error) {
      const disconnect = error instanceof XrpcError ? error.disconnect : disconnectOf(error)
      // The frame may have used another dictionary.
      if (disconnect.outage === 'other') this.#dictionaries.delete(originOf(this.host))
      // A restarted instance is soon back, with the same sequence numbers. An instance that stalls or is unreachable
      // is replaced.
      const isBack = wasUp && (disconnect.outage === 'closed' || disconnect.outage === 'network')
      if (!isBack || connection.signal.aborted) this.#place = (this.#place + 1) % this.#settings.hosts.length
      throw disconnect
    }
  }

  /** Connects. `isLate`: the instance cannot resume at the requested position. */
  async #open(signal: AbortSignal): Promise<{ socket: WebSocket; unpack: Unpack; isLate: boolean }> {
    const { wire, compression, connect_timeout: connectTimeoutMs } = this.#settings
    const origin = originOf(this.host)
    const dictionary = wire === 'v2' && compression ? await this.#dictionary(origin, signal) : null
    const unpack: Unpack = (data, isBinary) =>
      isBinary && dictionary ? dictionary.unpack(data) : data.toString('utf8')
    const settings = { wire, deflate: wire === 'v1' && compression, connectTimeoutMs }
    const url = (cursor: Cursor | null) => this.#url(origin, cursor, dictionary)
    try {
      return { socket: await openSocket(url(this.#cursor), settings, signal), unpack, isLate: false }
    } catch (error) {
      if (!(error instanceof XrpcError)) throw error
      if (error.reason === 'UnknownZstdDictionary') this.#dictionaries.delete(origin)
      if (error.reason !== 'CursorTooOld' || this.#cursor === null) throw error
      // With a time it begins with the oldest available event.
      const byTime = { ...this.#cursor, host: '' }
      return { socket: await openSocket(url(byTime), settings, signal), unpack, isLate: true }
    }
  }

  async #dictionary(origin: string, signal: AbortSignal): Promise<Dictionary | null> {
    const known = this.#dictionaries.get(origin)
    if (known) return known
    try {
      const timeout = AbortSignal.timeout(this.#settings.connect_timeout)
      const dictionary = await fetchDictionary(origin, AbortSignal.any([signal, timeout]))
      this.#dictionaries.set(origin, dictionary)
      return dictionary
    } catch (error) {
      const disconnect = disconnectOf(error)
      if (signal.aborted || disconnect.outage === 'network') throw disconnect
      // A private instance may have no dictionary.
      this.#settings.log.info('the stream is not compressed', { reason: messageOf(error) })
      return null
    }
  }

  #url(origin: string, cursor: Cursor | null, dictionary: Dictionary | null): URL {
    const { wire, rewind } = this.#settings
    const url = new URL(wire === 'v2' ? '/xrpc/network.bsky.jetstream.subscribeEvents' : '/subscribe', origin)
    if (wire === 'v2') {
      url.searchParams.append('kinds', 'commit')
      url.searchParams.append('collections', POSTS)
      if (dictionary) url.searchParams.append('zstdDictionary', `${dictionary.id}`)
    } else url.searchParams.append('wantedCollections', POSTS)
    if (cursor) url.searchParams.append('cursor', `${cursorFor(cursor, this.host, rewind)}`)
    return url
  }
}

type Unpack = (data: Buffer, isBinary: boolean) => string

interface Beginning {
  host: string
  /** Where the stream was asked to resume; null for the live end. */
  resumed: Cursor | null
  isLate: boolean
  moved(cursor: Cursor): void
}

/** Reads one connection to its end. */
class Reading {
  readonly #settings: StreamSettings
  readonly #emitter: Emitter
  readonly #connection: Connection
  readonly #socket: WebSocket
  readonly #unpack: Unpack
  readonly #beginning: Beginning
  readonly #ended = Promise.withResolvers<never>()
  /** The requested position, until it is compared with the first event. */
  #resumed: Cursor | null
  #isLate: boolean
  #cursor: Cursor | null = null
  #batch: Post[] = []
  #isWriting = false
  #written = Promise.resolve()
  #positionAt = 0

  constructor(
    settings: StreamSettings,
    emitter: Emitter,
    connection: Connection,
    socket: WebSocket,
    unpack: Unpack,
    beginning: Beginning,
  ) {
    this.#settings = settings
    this.#emitter = emitter
    this.#connection = connection
    this.#socket = socket
    this.#unpack = unpack
    this.#beginning = beginning
    this.#resumed = beginning.resumed
    this.#isLate = beginning.isLate
    // It is awaited below.
    this.#ended.promise.catch(() => {})
  }

  /** Rejects with the reason for the end of the connection, once everything is emitted. */
  async run(): Promise<never> {
    const socket = this.#socket
    socket.on('message', (data, isBinary) => {
      this.#connection.heard()
      try {
        this.#take(this.#unpack(data as Buffer, isBinary))
      } catch (error) {
        this.#ended.reject(error)
        socket.terminate()
      }
    })
    socket.on('error', error => this.#ended.reject(error))
    socket.on('close', (code, reason) => this.#ended.reject(disconnectOfClose(code, reason)))
    socket.resume()
    try {
      return await this.#ended.promise
    } finally {
      socket.terminate()
      await this.#written
    }
  }

  #take(text: string): void {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      this.#invalid(text)
      return
    }
    const frame = this.#settings.wire === 'v2' ? frameOfV2(json) : frameOfV1(json)
    if (frame === null) this.#invalid(text)
    else if (frame.kind === 'event') this.#event(frame, text)
    else this.#notice(frame)
  }

  #event(event: StreamEvent, text: string): void {
    const { host } = this.#beginning
    const { at, seq } = event
    this.#resume(at)
    const last = this.#cursor ?? this.#beginning.resumed
    // The event at a cursor is repeated, as cursors are inclusive.
    if (seq !== null && last !== null && last.host === host && last.seq !== null && seq <= last.seq) return
    this.#cursor = { host, seq, at }
    const post = postOf(event, this.#settings.selection)
    if (typeof post === 'string') {
      this.#settings.metrics.events.add(1, { result: post })
      if (post === 'invalid') this.#emitter.drop('invalid', 1, text)
    } else {
      this.#settings.metrics.events.add(1, { result: 'post' })
      this.#batch.push(post)
    }
    if (this.#batch.length >= MAX_BATCH) this.#socket.pause()
    this.#write()
  }

  /** Compares the first event with the requested position, and counts the gap. */
  #resume(at: number): void {
    const resumed = this.#resumed
    if (resumed === null) return
    this.#resumed = null
    const skippedMs = (at - resumed.at) / 1000
    if (this.#isLate || skippedMs > JUMP_MS) {
      this.#emitter.gap('lost', Math.max(0, skippedMs))
      this.#settings.log.warn('the stream resumed after the requested position: posts are missing', {
        seconds: Math.round(skippedMs / 1000),
      })
    } else this.#emitter.gap('filled', Math.max(0, Date.now() - resumed.at / 1000))
  }

  #notice({ kind, name, message }: Notice): void {
    const said = `${name}${message && `: ${message}`}`
    if (kind === 'error') throw new Disconnect('server', said)
    this.#settings.log.info(`the instance says: ${said}`)
    if (name === 'OutdatedCursor') this.#isLate = true
    if (name === 'FutureCursor' && this.#beginning.resumed) {
      // The sequence numbers belong to another archive. It can resume by time.
      this.#beginning.moved({ ...this.#beginning.resumed, host: '' })
      throw new Disconnect('server', said)
    }
  }

  #invalid(text: string): void {
    this.#settings.metrics.events.add(1, { result: 'invalid' })
    this.#emitter.drop('invalid', 1, text)
  }

  /** Emits collected posts soon, and again until there are none. */
  #write(): void {
    if (this.#isWriting) return
    this.#isWriting = true
    // Includes posts that have arrived meanwhile.
    this.#written = new Promise(resolve => setImmediate(resolve)).then(() => this.#writeAll())
    this.#written.catch(error => this.#ended.reject(error))
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#cursor !== null) {
        const [batch, cursor] = [this.#batch, this.#cursor]
        const now = performance.now()
        if (batch.length === 0 && now - this.#positionAt < POSITION_MS) break
        this.#positionAt = now
        this.#batch = []
        await this.#connection.own(this.#emitter.write(batch, { position: positionOf(cursor) }))
        if (this.#connection.signal.aborted) break
        this.#beginning.moved(cursor)
        if (this.#cursor === cursor) break
      }
    } finally {
      this.#isWriting = false
      this.#socket.resume()
    }
  }
}
