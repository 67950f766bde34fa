import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import {
  address,
  addressText,
  defineSource,
  duration,
  type Emitter,
  encoding,
  isLoopback,
  type ListenAddress,
  listenError,
  listenOn,
  type Source,
  type SourceContext,
  secret,
  size,
  TOKEN_REQUIRED,
  z,
} from 'mood-exporter/plugin'
import { createListener, type ListenerOptions } from './listener.ts'
import { readTls } from './tls.ts'

/** How long running requests may take to finish when the source stops. */
const GRACE_MS = 3_000
const SWEEP_MS = 50

const options = z
  .object({
    listen: address().prefault('127.0.0.1:19748').describe('The address to listen on.'),
    path: z
      .string()
      .regex(/^\/[\w./-]*$/, { error: 'expected a path such as "/posts"' })
      .default('/posts')
      .describe('The path to POST to.'),
    token: secret()
      .regex(/^\S+$/, { error: 'expected a token without white space' })
      .optional()
      .describe(
        'The token that clients send as `Authorization: Bearer TOKEN`. Required unless `listen` is loopback.',
      ),
    tls_cert: z.string().min(1).optional().describe('A file with the certificate (PEM), for HTTPS.'),
    tls_key: z.string().min(1).optional().describe('A file with the key of that certificate (PEM).'),
    encoding: encoding()
      .optional()
      .describe(
        'The encoding of bodies whose Content-Type names no charset; by default UTF-8. A byte order mark takes precedence.',
      ),
    answer: z
      .enum(['committed', 'decoded'])
      .default('committed')
      .describe(
        'When a request is answered: once its records are `committed`, or as soon as they are `decoded`. Without a `state` directory both are the same.',
      ),
    max_body: size()
      .prefault('10MiB')
      .describe('The maximum size of a body, both compressed and decompressed.'),
    rate: z.int().min(1).default(1000).describe('Requests a second from one address.'),
    max_connections: z
      .int()
      .min(1)
      .default(1000)
      .describe(
        'Connections at once. Beyond that, the connection that was idle for longest is closed; if none is idle, the new one is closed.',
      ),
    idle_timeout: duration()
      .prefault('30s')
      .describe('How long a client may take for the head of a request, and be silent within its body.'),
  })
  .refine(({ listen, token }) => token !== undefined || isLoopback(listen.host), {
    path: ['token'],
    error: TOKEN_REQUIRED,
  })

export default defineSource({
  name: 'http',
  description:
    'Receives posts by HTTP POST: one, a JSON array, or a line each, and responds with the result of each.',
  live: true,
  format: 'post',
  errors: {
    ERR_HTTP_TLS:
      'The certificate or its key cannot be used. Give both `tls_cert` and `tls_key`, as PEM files that belong together.',
  },
  options,
  create: (options, context) => new HttpSource(options, context),
})

type Options = z.output<typeof options>

class HttpSource implements Source {
  readonly #listen: Options['listen']
  readonly #listener: ListenerOptions
  readonly #context: SourceContext

  constructor(options: Options, context: SourceContext) {
    const { listen, token } = options
    this.#listen = listen
    this.#context = context
    this.#listener = {
      path: options.path,
      token,
      tls: readTls(options.tls_cert, options.tls_key, context.baseDir),
      maxBody: options.max_body,
      maxRecordBytes: context.maxRecordBytes,
      encoding: options.encoding,
      answer: options.answer,
      rate: options.rate,
      maxConnections: options.max_connections,
      idleTimeout: options.idle_timeout,
    }
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { log } = this.#context
    const { tls, token, path } = this.#listener
    const { host } = this.#listen
    const app = await createListener(this.#listener, emitter, log)
    await listen(app, this.#listen)
    const bound = app.server.address() as AddressInfo
    log.info('listening for posts', {
      url: `${tls ? 'https' : 'http'}://${addressText({ host: bound.address, port: bound.port })}${path}`,
    })
    if (token && !tls && !isLoopback(host))
      log.warn(
        'tokens cross the network in the clear: set tls_cert and tls_key, or put a proxy with TLS before it',
      )
    emitter.up()
    if (!signal.aborted) await once(signal, 'abort')
    await close(app)
  }
}

async function listen(app: FastifyInstance<Server>, where: ListenAddress): Promise<void> {
  try {
    await listenOn(where, at => app.listen(at))
  } catch (error) {
    await app.close()
    throw listenError(error, where, 'listen')
  }
}

/** Waits for running requests, but not for idle connections. */
async function close(app: FastifyInstance<Server>): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS)
  const impatience = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  await app.close()
  clearInterval(sweep)
  clearTimeout(impatience)
}
