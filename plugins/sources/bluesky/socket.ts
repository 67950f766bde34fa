import type { IncomingMessage } from 'node:http'
import { Disconnect, httpDisconnect, isObject } from 'mood-exporter/plugin'
import { WebSocket } from 'ws'
import { MAX_FRAME } from './dictionary.ts'

/** The subprotocol of the wire v2. */
const SUBPROTOCOL = 'xrpc.v1.json'

/** How much of the answer to a failed handshake is read; bytes. */
const MAX_ANSWER = 4096

const GOING_AWAY = 1001
const ABNORMAL = 1006
const TRY_AGAIN_LATER = 1013

export interface SocketSettings {
  wire: 'v1' | 'v2'
  /** Whether frames may be compressed by the WebSocket itself. */
  deflate: boolean
  connectTimeoutMs: number
}

/** An error of XRPC: the instance rejected the connection and named the reason. */
export class XrpcError extends Error {
  override readonly name = 'XrpcError'
  /** Such as `CursorTooOld`. */
  readonly reason: string
  readonly disconnect: Disconnect

  constructor(reason: string, disconnect: Disconnect) {
    super(disconnect.message)
    this.reason = reason
    this.disconnect = disconnect
  }
}

/**
 * Opens a WebSocket. It is paused, and terminated when the signal is aborted.
 *
 * @throws XrpcError if the instance answers with an error of XRPC
 * @throws Disconnect for any other answer, and an error of the network
 */
export async function openSocket(
  url: URL,
  { wire, deflate, connectTimeoutMs }: SocketSettings,
  signal: AbortSignal,
): Promise<WebSocket> {
  const socket = new WebSocket(url, wire === 'v2' ? [SUBPROTOCOL] : [], {
    perMessageDeflate: deflate,
    handshakeTimeout: connectTimeoutMs,
    maxPayload: MAX_FRAME,
    headers: { 'user-agent': 'mood-exporter' },
  })
  const abort = () => socket.terminate()
  signal.addEventListener('abort', abort, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', abort))
  return await new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('unexpected-response', (_, response) => {
      void answerOf(response)
        .then(reject, reject)
        .finally(() => socket.terminate())
    })
    socket.once('open', () => {
      // Otherwise, frames before a listener is added would be lost.
      socket.pause()
      resolve(socket)
    })
    if (signal.aborted) abort()
  })
}

/** The reason why there is no WebSocket: `{ "error": "CursorTooOld", "message": "…" }`, or text on v1. */
async function answerOf(response: IncomingMessage): Promise<XrpcError | Disconnect> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk
      if (text.length >= MAX_ANSWER) break
    }
  } catch {
    // The answer was truncated: the status is informative enough.
  }
  const { statusCode: status = 0, headers } = response
  const get = (name: string) => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }
  const { error, message } = errorOf(text)
  const detail = [error, message].filter(Boolean).join(': ').slice(0, 200)
  const disconnect = httpDisconnect({ status, headers: { get } }, { detail })
  return error === '' ? disconnect : new XrpcError(error, disconnect)
}

function errorOf(text: string): { error: string; message: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body) && typeof body.error === 'string')
      return { error: body.error, message: typeof body.message === 'string' ? body.message : '' }
  } catch {
    // Not JSON.
  }
  return { error: '', message: text.replace(/\s+/g, ' ').trim() }
}

/** Why a WebSocket ended, by its close code (RFC 6455, 7.4). */
export function disconnectOfClose(code: number, reason: Buffer): Disconnect {
  const said = reason.toString('utf8').slice(0, 200)
  const message = `closed with ${code}${said && `: ${said}`}`
  if (code <= GOING_AWAY) return new Disconnect('closed', message)
  if (code === ABNORMAL) return new Disconnect('network', 'the connection was lost')
  return new Disconnect(code === TRY_AGAIN_LATER ? 'slow_down' : 'server', message)
}
