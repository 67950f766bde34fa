import { Disconnect, disconnectOf, httpDisconnect, isObject, messageOf } from 'mood-exporter/plugin'
import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2'
import { LEAST_WAITS } from './policy.ts'

/** How much of X's message is shown, in characters: it repeats parts of the request. */
const SHOWN = 300

/** X allows no further connection of this app: others use them all, or X has not noticed the end of one of ours. */
export class TooManyConnections extends Disconnect {}

/** Problems that no request will solve: no credits, or the app's own cap is reached. */
const UNPAID = new Set(['CreditsDepleted', 'SpendCapReached', 'UsageCapExceeded'])

/** The wait after a problem with billing, in milliseconds. */
const UNPAID_MS = 15 * 60_000

interface Hidden {
  _options?: { error?: unknown }
}

interface Problem {
  title?: unknown
  detail?: unknown
  connection_issue?: unknown
  errors?: unknown
}

/**
 * The reason for a disconnect, from an error of twitter-api-v2.
 *
 * @param note called with the headers of an answer
 */
export function failureOf(error: unknown, note: (headers: NodeHeaders) => void = () => {}): Disconnect {
  if (error instanceof ApiResponseError) {
    note(error.headers)
    return responseDisconnect(error)
  }
  if (error instanceof ApiPartialResponseError) {
    const { statusCode: status = 0 } = error.response
    // A proxy may answer with something other than JSON. Below 400, the connection was lost during the answer.
    if (status >= 400) return waited(httpDisconnect({ status, headers: headersOf(error.response.headers) }))
    return new Disconnect('network', `its answer was cut off: ${error.responseError.message}`, {
      cause: error,
    })
  }
  if (error instanceof ApiRequestError) {
    // The library declares `requestError` but does not set it. There was no answer in any case.
    const cause = (error as unknown as Hidden)._options?.error ?? error
    return new Disconnect('network', messageOf(cause), { cause })
  }
  return disconnectOf(error)
}

function responseDisconnect(error: ApiResponseError): Disconnect {
  const { code: status } = error
  const problem: Problem = isObject(error.data) ? error.data : {}
  const detail = problemText(problem)
  const message = `it answered ${status}${detail && `: ${detail}`}`
  if (problem.connection_issue === 'TooManyConnections')
    return new TooManyConnections('slow_down', message, { retryAfter: LEAST_WAITS.slow_down })
  if (status === 402 || UNPAID.has(String(problem.title)))
    return new Disconnect('slow_down', message, { retryAfter: UNPAID_MS })
  const disconnect = waited(
    httpDisconnect({ status, headers: headersOf(error.headers) }, { hasCredentials: true, detail }),
  )
  return new Disconnect(disconnect.outage, message, { retryAfter: disconnect.retryAfter, cause: error })
}

/** Adds the minimum wait that X documents, if the answer asked for none. */
function waited({ outage, message, retryAfter }: Disconnect): Disconnect {
  const least = outage === 'slow_down' || outage === 'server' ? LEAST_WAITS[outage] : undefined
  return new Disconnect(outage, message, { retryAfter: retryAfter ?? least })
}

/** A problem of X in one line: title, detail, and messages about parameters. */
export function problemText({ title, detail, errors }: Problem): string {
  const messages = (Array.isArray(errors) ? errors : []).map(error =>
    isObject(error) ? (error.message ?? error.detail ?? error.title) : undefined,
  )
  const parts = [title, detail === title ? undefined : detail, ...messages].filter(
    part => typeof part === 'string' && part !== '',
  )
  const text = parts.join(': ')
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** Headers in the form of Node.js. */
export type NodeHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The same with the interface of `fetch`. */
export const headersOf = (headers: NodeHeaders): Pick<Headers, 'get'> => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  },
})
