import type { RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { boundConnections } from '../plugin/bound-connections.ts'
import { clientCertificateProblem } from './client-certificate.ts'
import { createServer, STATUS_CODES } from './http.ts'
import { LIMITS } from './limits.ts'
import type { ServerLog } from './log.ts'
import { boundPipelining } from './pipelining.ts'
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
