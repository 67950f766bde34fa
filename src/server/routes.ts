import type { FastifyInstance } from 'fastify'
import type { ExporterView } from '../runtime/view.ts'
import { metricsFormat, sendBody, sendLine, sendText } from './answer.ts'
import { LIMITS } from './limits.ts'
import type { ServerLog } from './log.ts'
import { isFromOwnPage } from './own-page.ts'
import type { Scrapes } from './scrapes.ts'
import { statusPage } from './status-page.ts'

export interface RouteOptions {
  enableLifecycle: boolean
  /** Allowed host names of the exporter; empty for any. */
  hosts: readonly string[]
  /** The documentation link of the page; none if absent. */
  docsUrl?: string | undefined
  log: ServerLog
}

/** The routes. GET includes HEAD. */
export function addRoutes(
  app: FastifyInstance,
  view: ExporterView,
  scrapes: Scrapes,
  { enableLifecycle, hosts, docsUrl, log }: RouteOptions,
): void {
  app.get('/metrics', async (request, reply) => {
    // Prometheus and compatible scrapers send this header with each scrape.
    const isPrometheus = request.headers['x-prometheus-scrape-timeout-seconds'] !== undefined
    const delivered = scrapes.begin(isPrometheus)
    const body = await view.metrics(metricsFormat(request.headers.accept))
    if (request.method === 'GET') reply.raw.once('finish', delivered)
    return sendBody(request, reply, body)
  })

  app.get('/', (request, reply) => {
    const { refresh } = request.query as { refresh?: unknown }
    const page = statusPage(view.status(), { refresh: refresh !== undefined, docsUrl })
    return sendText(request, reply, 'text/html; charset=utf-8', page)
  })

  app.get('/api/v1/status', (request, reply) =>
    sendText(request, reply, 'application/json; charset=utf-8', `${JSON.stringify(view.status())}\n`),
  )

  app.get('/-/healthy', (_request, reply) => sendLine(reply, 200, 'mood-exporter is healthy.'))

  app.get('/-/ready', (_request, reply) => {
    const reasons = view.notReady()
    if (reasons.length === 0) return sendLine(reply, 200, 'mood-exporter is ready.')
    return sendLine(reply, 503, ['mood-exporter is not ready.', ...reasons].join('\n'))
  })

  app.route({
    method: ['POST', 'PUT'],
    url: '/-/reload',
    handler: async (request, reply) => {
      if (!enableLifecycle) return sendLine(reply, 403, 'Lifecycle API is not enabled.')
      // Otherwise a page of another site could make its reader's browser send this.
      if (!isFromOwnPage(request, hosts))
        return sendLine(
          reply,
          403,
          'Rejected: the request comes from a page of another site, or its Host is not in server.hosts.',
        )
      const { socket } = request.raw
      // Nothing is sent while plugins are created: with thousands of topics that may exceed the idle limit of connections.
      socket.setTimeout(0)
      const result = await view.reload().finally(() => socket.setTimeout(LIMITS.stalledMs))
      log.debug({ ok: result.ok, client: request.ip }, 'reload over HTTP')
      if (result.ok) return sendLine(reply, 200, 'Configuration reloaded.')
      return sendLine(
        reply,
        500,
        ['The configuration was not reloaded; the running configuration is kept.', ...result.problems].join(
          '\n',
        ),
      )
    },
  })
}
