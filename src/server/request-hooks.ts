import type { FastifyError, FastifyInstance } from 'fastify'
import type { ExporterView } from '../runtime/view.ts'
import { hasAlertsToken } from './alerts-route.ts'
import { sendLine } from './answer.ts'
import { BasicAuth } from './basic-auth.ts'
import { STATUS_CODES } from './http.ts'
import { LIMITS } from './limits.ts'
import type { ServerLog } from './log.ts'
import { hostOf, isOwnHost } from './own-page.ts'
import type { WebConfig } from './web-settings.ts'

/**
 * Checks every request before its route: the rate limit, headers and users of the web configuration, and the allowed
 * host names. As in other exporters, this includes /metrics and /-/healthy.
 */
export function addRequestHooks(
  app: FastifyInstance,
  view: ExporterView,
  webConfig: WebConfig,
  hosts: readonly string[],
): void {
  const auth = new BasicAuth()
  let limit: ReturnType<WebConfig['settings']>['rateLimit'] = null
  let bucket: TokenBucket | null = null

  app.addHook('onRequest', async (request, reply) => {
    reply.header('Cache-Control', 'no-store')
    const { headers, rateLimit, users } = webConfig.settings()
    for (const [name, value] of headers) {
      if (value === '') reply.removeHeader(name).raw.removeHeader(name)
      else reply.header(name, value)
    }
    if (rateLimit !== limit) {
      limit = rateLimit
      bucket = rateLimit && new TokenBucket(rateLimit.intervalMs, rateLimit.burst)
    }
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      return sendLine(reply, 400, 'Bad Request')
    if (hosts.length > 0 && !isOwnHost(hostOf(request.headers.host), hosts))
      return sendLine(reply, 421, 'Misdirected Request')
    if (bucket && !bucket.take()) return sendLine(reply, 429, 'Too many requests.')
    if ((request.raw.url ?? '').length > LIMITS.urlBytes) return sendLine(reply, 414, 'URI Too Long')
    if (users.size === 0 || hasAlertsToken(view, request)) return

    const outcome = await auth.check(users, request.headers.authorization)
    if (outcome === 'busy') return sendLine(reply.header('Retry-After', '1'), 429, 'Too many requests.')
    if (outcome === 'refused') {
      reply.header('WWW-Authenticate', 'Basic realm="mood-exporter", charset="UTF-8"')
      return sendLine(reply, 401, 'Unauthorized')
    }
  })
}

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

/** Allows `burst` requests at once, and one more every `intervalMs` milliseconds. */
export class TokenBucket {
  readonly #intervalMs: number
  readonly #burst: number
  #tokens: number
  #filledAt: number

  constructor(intervalMs: number, burst: number, now = performance.now()) {
    this.#intervalMs = intervalMs
    this.#burst = burst
    this.#tokens = burst
    this.#filledAt = now
  }

  /** Takes a token; returns whether there was one. Milliseconds of a monotonic clock. */
  take(now = performance.now()): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) / this.#intervalMs)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
