import helmet from '@fastify/helmet'
import { type FastifyReply, fastify } from 'fastify'
import { PAGE_POLICY } from '../html/style.ts'
import type { ListenAddress } from '../plugin/listen.ts'
import type { ExporterView } from '../runtime/view.ts'
import { addAlertsRoute } from './alerts-route.ts'
import { sendLine } from './answer.ts'
import { STATUS_CODES } from './http.ts'
import { LIMITS } from './limits.ts'
import { close, listen, urlOf } from './listening.ts'
import type { ServerLog } from './log.ts'
import { answerClientError, createNodeServer } from './node-server.ts'
import { addRequestHooks, countRefusedRequests } from './request-hooks.ts'
import { addRoutes } from './routes.ts'
import { Scrapes } from './scrapes.ts'
import { NO_WEB_CONFIG, type WebConfig } from './web-settings.ts'

export interface ServerOptions {
  /** Port 0 is any free one. */
  listen: ListenAddress
  /** The file of `--web.config.file`: TLS, users, headers. */
  webConfigFile?: string | undefined
  /** Whether `POST /-/reload` may reload (`--web.enable-lifecycle`). */
  enableLifecycle: boolean
  /** Allowed host names of the exporter (`server.hosts`), in lower case; any if absent or empty. */
  hosts?: readonly string[]
  /** The documentation link of the status page; none if absent. */
  docsUrl?: string | undefined
  log: ServerLog
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:19747`; `localhost` for every address of the machine. */
  readonly address: string
  /** When the last scrape of /metrics was delivered, in Unix milliseconds; null before the first. */
  readonly lastScrapeAt: number | null
  /** The time within which the next scrape is expected, in milliseconds; 0 without regular scrapes. */
  readonly nextScrapeWithin: number
  /** Resolves once a scrape that began after this call has been delivered; rejects when `signal` is aborted. */
  scraped(signal: AbortSignal): Promise<void>
  /** Stops listening; running answers get a second to finish. */
  close(): Promise<void>
}

/** No route has a schema. With this, fastify does not load its schema compiler of 4 MB. */
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } }

function noSchema(): never {
  throw new Error('a route has a schema')
}

/**
 * Serves the metrics, the status page and the management endpoints.
 * @throws {MoodError} ERR_LISTEN if it cannot listen, ERR_WEB_CONFIG_… if the web configuration is not valid
 */
export async function startServer(view: ExporterView, options: ServerOptions): Promise<RunningServer> {
  const { log } = options
  const webConfig = await webConfigOf(options.webConfigFile, log)
  const scrapes = new Scrapes()
  const refused = (status: number) => view.refused(status)
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.bodyBytes,
    connectionTimeout: LIMITS.stalledMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    requestTimeout: LIMITS.requestMs,
    serverFactory: listener => createNodeServer(listener, webConfig, log, refused),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, refused),
    schemaController: NO_SCHEMAS,
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400
      refused(status)
      sendLine(reply as unknown as FastifyReply, status, STATUS_CODES[status] ?? 'Error')
    },
  })

  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    xFrameOptions: { action: 'deny' },
    // Not set: it would bind the whole host, including other services, to TLS. That is for the operator to decide.
    strictTransportSecurity: false,
  })
  const { hosts = [] } = options
  addRequestHooks(app, view, webConfig, hosts)
  countRefusedRequests(app, view, log)
  // Bodies are read up to the limit and ignored, whatever their type.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
  addRoutes(app, view, scrapes, { ...options, hosts })
  addAlertsRoute(app, view, hosts)

  await listen(app, options.listen)
  return {
    address: urlOf(app.server, webConfig.settings().tls !== null, options.listen),
    get lastScrapeAt() {
      return scrapes.lastAt
    },
    get nextScrapeWithin() {
      return scrapes.nextWithin()
    },
    scraped: signal => scrapes.next(signal),
    close: () => close(app),
  }
}

/** Without a file, nothing is loaded that could read one. */
async function webConfigOf(file: string | undefined, log: ServerLog): Promise<WebConfig> {
  if (file === undefined) return { settings: () => NO_WEB_CONFIG }
  const { WebConfigWatch } = await import('./web-config-watch.ts')
  return new WebConfigWatch(file, log)
}
