import type { RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { boundConnections } from '../plugin/bound-connections.ts'
import { createServer, STATUS_CODES } from './http.ts'
import { LIMITS } from './limits.ts'
import type { ServerLog } from './log.ts'
import type { TlsSettings } from './tls.ts'
import type { WebConfig } from './web-settings.ts'

const OPTIONS = {
  maxHeaderSize: LIMITS.headerBytes,
  headersTimeout: LIMITS.requestMs,
  requestTimeout: LIMITS.requestMs,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: LIMITS.keepAliveMs,
  // The request hooks refuse a request without one, and count it.
  requireHostHeader: false,
}

/** Node's HTTP or HTTPS server, bounded by {@link LIMITS}, with certificates that follow the web configuration. */
export function createNodeServer(
  listener: RequestListener,
  webConfig: WebConfig,
  log: ServerLog,
  refused: (status: number) => void,
): Server {
  const { tls } = webConfig.settings()
  const bounded = boundPipelining(listener, refused)
  const server = tls
    ? (createTlsServer(
        {
          ...OPTIONS,
          ...tls.context,
          handshakeTimeout: LIMITS.handshakeMs,
          requestCert: tls.clientAuth !== 'NoClientCert',
          // Certificates are checked below, for every client_auth_type.
          rejectUnauthorized: false,
        },
        bounded,
      ) as unknown as Server)
    : createServer(OPTIONS, bounded)
  server.setTimeout(LIMITS.stalledMs)
  boundConnections(server, LIMITS.connections, () => refused(503))
  // Node.js answers these itself, before the request is visible.
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    refused(417)
    response.writeHead(417, { Connection: 'close' }).end()
  })
  server.on('connect', (_request, socket: Socket) => {
    refused(405)
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  if (tls) followTls(server, webConfig, log)
  return server
}

function followTls(server: Server, webConfig: WebConfig, log: ServerLog): void {
  const tlsServer = server as unknown as import('node:tls').Server
  let served = webConfig.settings().tls
  // Before Node's own listeners, so that the current handshake uses the current files.
  tlsServer.prependListener('connection', () => {
    const { tls } = webConfig.settings()
    if (!tls || tls === served) return
    tlsServer.setSecureContext(tls.context)
    served = tls
  })
  tlsServer.prependListener('secureConnection', (socket: TLSSocket) => {
    const problem = served && clientCertificateProblem(socket, served)
    if (!problem) return
    log.debug({ client: socket.remoteAddress, problem }, 'connection refused')
    socket.destroy()
  })
  tlsServer.on('tlsClientError', (error, socket) => {
    log.debug({ client: socket.remoteAddress, problem: error.message }, 'TLS handshake failed')
  })
}

/** The status for a request that Node's parser rejected. */
function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return 400
}

/** Answers and counts data that is not HTTP. A broken connection is neither answered nor counted. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  refused: (status: number) => void,
): void {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statusOf(error.code)
  refused(status)
  const text = `${STATUS_CODES[status]}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    () => socket.destroy(),
  )
}

/**
 * Passes requests on, and closes a connection with more unanswered requests than any normal client sends. One packet
 * can contain a thousand requests, and all would be answered before the next scrape, even if the client reads
 * nothing.
 *
 * @param refused called with the status to count for a closed connection
 */
function boundPipelining(listener: RequestListener, refused: (status: number) => void): RequestListener {
  const unanswered = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    // The rest of the packet after the request that closed the connection.
    if (socket.destroyed) return
    const waiting = unanswered.get(socket) ?? 0
    if (waiting >= LIMITS.pipelined) {
      refused(429)
      socket.destroy()
      return
    }
    unanswered.set(socket, waiting + 1)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    listener(request, response)
  }
}

const PREFIX = /^(?:DNS|IP Address|URI|email):/

/**
 * The alternative names of a certificate: host names, IP and mail addresses, URIs.
 * @param text in the format of `X509Certificate.subjectAltName`. A name that Node.js put in quotes contains unusual
 *   characters: it is left out, so that it cannot imitate another name (CVE-2021-44532).
 */
export function alternativeNames(text: string | undefined): string[] {
  if (!text || text.includes('"')) return []
  return text
    .split(', ')
    .filter(name => PREFIX.test(name))
    .map(name => name.replace(PREFIX, ''))
}

/** Why a client's certificate, or its absence, is rejected; null if it is accepted. Call it after the handshake. */
function clientCertificateProblem(socket: TLSSocket, tls: TlsSettings): string | null {
  if (tls.clientAuth === 'NoClientCert' || tls.clientAuth === 'RequestClientCert') return null
  const certificate = socket.getPeerX509Certificate()
  if (!certificate)
    return tls.clientAuth === 'VerifyClientCertIfGiven' ? null : 'the client sent no certificate'
  if (tls.clientAuth !== 'RequireAnyClientCert' && !socket.authorized)
    return `the client's certificate was not accepted: ${socket.authorizationError}`
  if (
    tls.allowedSans &&
    !alternativeNames(certificate.subjectAltName).some(name => tls.allowedSans?.has(name))
  )
    return "none of the client certificate's alternative names is in client_allowed_sans"
  return null
}
