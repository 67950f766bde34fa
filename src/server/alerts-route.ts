import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ExporterView } from '../runtime/view.ts'
import { sendLine } from './answer.ts'
import { LIMITS } from './limits.ts'
import { isFromOwnPage } from './own-page.ts'

export const ALERTS_PATH = '/api/v1/alertmanager'

/** Whether a request is a notification with the token of the section `alertmanager`: it then needs no user. */
export const hasAlertsToken = (view: ExporterView, { raw, headers }: FastifyRequest): boolean =>
  raw.url === ALERTS_PATH && view.admitsAlerts(headers.authorization) === 'token'

/** The route for notifications from Alertmanager, if configured. */
export function addAlertsRoute(app: FastifyInstance, view: ExporterView, hosts: readonly string[]): void {
  // In a scope of its own: no other route reads a body.
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: LIMITS.alertsBytes } as const
    scope.addContentTypeParser('*', options, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async (request, reply) => {
      const admission = view.admitsAlerts(request.headers.authorization)
      if (admission === 'absent') return sendLine(reply, 404, 'Not Found')
      if (admission === 'refused')
        return sendLine(reply.header('WWW-Authenticate', 'Bearer'), 401, 'Unauthorized')
      // Otherwise a page of another site could make its reader's browser send this.
      if (admission === 'open' && !isFromOwnPage(request, hosts))
        return sendLine(reply, 403, 'A page of another site may not do this.')
    })
    scope.post(ALERTS_PATH, async ({ body }, reply) => {
      const { status, line } = await view.alerts(typeof body === 'string' ? body : '')
      return sendLine(reply, status, line)
    })
  })
}
