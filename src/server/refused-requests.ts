import type { FastifyError, FastifyInstance } from 'fastify'
import type { ExporterView } from '../runtime/view.ts'
import { sendLine } from './answer.ts'
import { STATUS_CODES } from './http.ts'
import type { ServerLog } from './log.ts'

/**
 * Answers requests without a route and errors in one line without internal details, and counts every refused request.
 * Call it before routes are added, since it records the methods of each path.
 */
export function countRefusedRequests(app: FastifyInstance, view: ExporterView, log: ServerLog): void {
  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, (methods.get(url) ?? []).concat(method))
  })

  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split('?', 1)[0] as string)
    if (!allowed) return sendLine(reply, 404, 'Not Found')
    return sendLine(reply.header('Allow', allowed.join(', ')), 405, 'Method Not Allowed')
  })

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500
    if (status === 500) log.error({ err: error, path: request.url.slice(0, 100) }, 'a request failed')
    return sendLine(reply, status, STATUS_CODES[status] ?? 'Error')
  })

  app.addHook('onResponse', (_request, reply, done) => {
    if (reply.statusCode >= 400 && reply.statusCode < 500) view.refused(reply.statusCode)
    done()
  })
  // A client that disconnects before its request is complete gets no answer.
  app.addHook('onRequestAbort', (request, done) => {
    if (!request.raw.complete) view.refused(400)
    done()
  })
}
