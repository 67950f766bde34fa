import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { boundConnections, type Emitter, type Log } from 'mood-exporter/plugin'
import { accessCheck } from './access.ts'
import { bodyType, drain, textOf } from './body.ts'
import { HttpError } from './http-error.ts'
import { Intake } from './intake.ts'

export interface ListenerOptions {
  path: string
  token: string | undefined
  tls: { cert: Buffer; key: Buffer } | undefined
  /** Maximum size of a body, decompressed. */
  maxBody: number
  maxRecordBytes: number
  /** The encoding of bodies whose Content-Type names none, by its name in the Encoding Standard. */
  encoding: string | undefined
  /** When a request is answered: after its records are decoded, or committed. */
  answer: 'committed' | 'decoded'
  /** Requests per second of one client. */
  rate: number
  maxConnections: number
  /** Milliseconds: for the head of a request, and between two pieces of its body. */
  idleTimeout: number
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

/**
 * The HTTP server: checks who may post, where and how fast, and passes records to the emitter. It does not listen
 * yet.
 */
export async function createListener(
  options: ListenerOptions,
  emitter: Emitter,
  log: Log,
): Promise<FastifyInstance<Server>> {
  const app = createApp(options, emitter)
  boundConnections(app.server, options.maxConnections, () => {
    emitter.refused('connections')
    log.warn('a connection was closed: max_connections are open, all with a request under way')
  })

  await app.register(rateLimit, {
    global: false,
    max: options.rate,
    // A reset connection has no address any more.
    keyGenerator: ({ ip }) => ip ?? '',
    timeWindow: 1000,
    errorResponseBuilder: () =>
      new HttpError(429, 'rate', `more than ${options.rate} requests a second from one address (rate)`),
  })
  const checkAccess = accessCheck(options.token)
  app.addHook('onRequest', async (_request, reply) => void reply.headers(HEADERS))
  // Before the token is checked, so that this also limits guesses.
  app.addHook('onRequest', app.rateLimit())
  app.addHook('onRequest', async ({ headers }) => checkAccess(headers))
  app.addHook('onResponse', async ({ raw }) => drain(raw))

  // The handler reads bodies as they arrive.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post(options.path, (request, reply) => take(request, reply, options, emitter, log))
  app.setNotFoundHandler(request => {
    if (request.url.split('?', 1)[0] === options.path)
      throw new HttpError(405, 'method', `expected POST, got ${request.method}`, { Allow: 'POST' })
    throw new HttpError(404, 'not_found', `posts are taken at ${options.path}`)
  })
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answerError(error, request, reply, emitter, log),
  )
  return app
}

function createApp({ tls, idleTimeout }: ListenerOptions, emitter: Emitter): FastifyInstance<Server> {
  const http = {
    headersTimeout: idleTimeout,
    // How often Node checks for such connections.
    connectionsCheckingInterval: Math.min(1000, Math.max(100, idleTimeout)),
  }
  const common = {
    connectionTimeout: idleTimeout,
    forceCloseConnections: 'idle' as const,
    schemaController: NO_SCHEMAS,
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) =>
      answerClientError(error, socket, emitter),
  }
  const app = tls ? fastify({ ...common, https: { ...http, ...tls } }) : fastify({ ...common, http })
  return app as unknown as FastifyInstance<Server>
}

/** An `import` would also load undici, because of `WebSocket`: 5 MB. */
const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** No route has a schema. With this, fastify does not load its schema compiler of 4 MB. */
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } }

function noSchema(): never {
  throw new Error('a route has a schema')
}

const CLIENT_ERRORS: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers and counts data that is not a request. A broken connection is neither answered nor counted. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket, emitter: Emitter): void {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = CLIENT_ERRORS[error.code ?? ''] ?? 400
  emitter.refused(String(status))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`
  socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

/** Submits the records of a request, and answers with the results. */
async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  { maxBody, maxRecordBytes, encoding, answer, idleTimeout }: ListenerOptions,
  emitter: Emitter,
  log: Log,
) {
  const { header } = emitter
  const type = bodyType(request.headers['content-type'])
  if (header && type.kind === 'json')
    throw new HttpError(415, 'content_type', 'expected lines after a header, got JSON')
  const intake = new Intake(emitter, { maxRecordBytes, header, acknowledge: answer })
  // While the client waits for workers it is not idle: its connection must not be closed.
  const { socket } = request.raw
  intake.onWait = waits => socket.setTimeout(waits ? 0 : idleTimeout)
  try {
    await intake.read(type, textOf(request.raw, maxBody, type.encoding ?? encoding))
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    // Unreadable records will not become readable when they are sent again. The client still has all others.
    if (error.statusCode === 400 && error.code !== 'aborted') emitter.drop('invalid')
    logError(log, emitter, request, error)
    const report = await intake.report()
    return reply
      .code(error.statusCode)
      .headers(error.headers)
      .send({ error: error.code, message: error.message, ...report, next: intake.next })
  }
  return intake.report()
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  emitter: Emitter,
  log: Log,
): void {
  const { statusCode = 500, message } = error
  logError(log, emitter, request, error)
  const headers = error instanceof HttpError ? error.headers : {}
  const refused = statusCode < 500
  void reply
    .code(statusCode)
    .headers(headers)
    .send({
      error: refused ? String(error.code ?? 'refused').toLowerCase() : 'failed',
      message: refused ? message : 'the exporter failed on this request; its log says why',
    })
}

function logError(
  log: Log,
  emitter: Emitter,
  request: FastifyRequest,
  { statusCode = 500, message }: FastifyError | HttpError,
) {
  emitter.refused(String(statusCode))
  const fields = { status: statusCode, client: request.ip, reason: message }
  if (statusCode >= 500) log.error('a request failed', fields)
  else log.warn('a request was refused', fields)
}
