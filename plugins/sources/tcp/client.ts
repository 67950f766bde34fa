import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  Disconnect,
  type Emitter,
  type Log,
  type ReconnectOptions,
  ReconnectPolicy,
  reconnecting,
  textStream,
} from 'mood-exporter/plugin'
import { pump } from './pump.ts'

/** When TCP keep-alive first probes a silent peer, in milliseconds. */
const KEEP_ALIVE_MS = 30_000

export interface ClientSettings {
  host: string
  port: number
  /** TLS options; undefined for a plain connection. */
  tls: { ca?: string } | undefined
  connectTimeoutMs: number
  idleMs: number
  backoff: ReconnectOptions
  /** By its name in the Encoding Standard; undefined if it is not configured. */
  encoding: string | undefined
  log: Log
}

/** Reads from a server, and reconnects whenever the connection is lost, until the signal is aborted. */
export async function runClient(
  settings: ClientSettings,
  emitter: Emitter,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, idleMs, encoding, log } = settings
  const policy = new ReconnectPolicy(settings.backoff)
  await reconnecting({ policy, emitter, signal, log, peer: `${host}:${port}` }, async connection => {
    const socket = await connect(settings, connection.signal)
    connection.up()
    const chunks = textStream(socket, { encoding })
    throw await pump(socket, chunks, emitter.lines(), { idleMs, signal: connection.signal })
  })
}

async function connect(
  { host, port, tls, connectTimeoutMs }: ClientSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const options = { host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  const socket = tls
    ? connectTls({ ...options, ...tls, servername: serverName(host) })
    : connectPlain(options)
  const timer = setTimeout(() => {
    socket.destroy(new Disconnect('network', `no connection within ${connectTimeoutMs / 1000} s`))
  }, connectTimeoutMs)
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** A certificate names hosts; an IP address cannot be sent as a server name. */
const serverName = (host: string) => (/^[\d.]+$|:/.test(host) ? '' : host)
