import { Disconnect, disconnectOf, httpDisconnect, isObject, messageOf } from 'mood-exporter/plugin'
import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2'
import { headersOf, type NodeHeaders } from './headers.ts'
import { LEAST_WAITS } from './policy.ts'

/** Characters of what X says that are shown: its messages repeat what they were sent. */
const SHOWN = 300

/** X has no connection left for this app: others hold all that it may have, or one of ours that X has not noticed is gone. */
export class TooManyConnections extends Disconnect {}

/** What X says that no request will change: there are no credits, or the app's own cap is reached. */
const UNPAID = new Set(['CreditsDepleted', 'SpendCapReached', 'UsageCapExceeded'])

/** How long to leave X alone that wants to be paid first, in milliseconds. */
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
 * What an error of the library means to a source.
 *
 * @param note called with the headers of an answer
 */
export function failureOf(error: unknown, note: (headers: NodeHeaders) => void = () => {}): Disconnect {
  if (error instanceof ApiResponseError) {
    note(error.headers)
    return refusal(error)
  }
  if (error instanceof ApiPartialResponseError) {
    const { statusCode: status = 0 } = error.response
    // A gateway in between may answer with what is no JSON; else the connection ended before the answer did.
    if (status >= 400) return waited(httpDisconnect({ status, headers: headersOf(error.response.headers) }))
    return new Disconnect('network', `its answer was cut off: ${error.responseError.message}`, {
      cause: error,
    })
  }
  if (error instanceof ApiRequestError) {
    // What the library says it has as `requestError` it has not. Whatever it was, there was no answer.
    const cause = (error as unknown as Hidden)._options?.error ?? error
    return new Disconnect('network', messageOf(cause), { cause })
  }
  return disconnectOf(error)
}

function refusal(error: ApiResponseError): Disconnect {
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

/** The same, with the least wait that X documents where it asked for none. */
function waited({ outage, message, retryAfter }: Disconnect): Disconnect {
  const least = outage === 'slow_down' || outage === 'server' ? LEAST_WAITS[outage] : undefined
  return new Disconnect(outage, message, { retryAfter: retryAfter ?? least })
}

/** A problem of X in one line: its title and detail, and what it says of parameters. */
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
