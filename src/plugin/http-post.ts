import { DeliveryError } from './delivery.ts'
import { isObject, type JsonObject } from './json.ts'
import { messageOf } from './message-of.ts'
import type { HttpAnswer } from './outage.ts'
import { retryAfter } from './retry-after.ts'

/** How much of a receiver's error text is shown, in characters. */
const DETAIL = 200

/** How much of an answer is read, so that its connection can be reused; bytes. */
const MOST_READ = 65_536

/** Statuses below 500 after which the same request may succeed: timeout, too early, too many requests. */
const RETRIED = new Set([408, 425, 429])

/** Statuses for a request that is itself invalid or too large, whatever the address and the credentials. */
const INVALID = new Set([400, 413])

/** The minimum time between attempts while credentials or an address are wrong, in milliseconds. */
const MISCONFIGURED_RETRY_MS = 10 * 60_000

/** A request of {@link httpPost}. */
export interface HttpPost {
  url: string
  headers: Record<string, string>
  body: string
}

/** A receiver's answer to {@link httpPost}. */
export interface HttpPostAnswer extends HttpAnswer {
  headers: Headers
  /** Whether the status is 2xx. */
  ok: boolean
  /** The beginning of the body in one line, for messages: up to 200 characters. */
  detail: string
  /** The body as a JSON object; an empty one if it is anything else, or longer than 64 KiB. */
  json: JsonObject
}

/**
 * Posts a body for an output. Resolves to any answer of the receiver; redirects are not followed.
 *
 * @throws DeliveryError if it cannot be reached. Its message contains no path of the URL and no header: both may be
 *   secrets
 * @throws the signal's reason when it is aborted
 */
export async function httpPost(
  { url, headers, body }: HttpPost,
  signal: AbortSignal,
): Promise<HttpPostAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'user-agent': 'mood-exporter', ...headers },
      body,
      signal,
      // Following a redirect would turn it into a GET or send the token to another host.
      redirect: 'manual',
    })
    const text = await beginning(response)
    return {
      status: response.status,
      headers: response.headers,
      ok: response.ok,
      detail: text.slice(0, DETAIL).replace(/\s+/g, ' ').trim(),
      get json() {
        return objectIn(text)
      },
    }
  } catch (error) {
    signal.throwIfAborted()
    const { cause } = error as Error
    // Without a cause, the request could not be made, and the message quotes the URL or the header.
    if (!(cause instanceof Error)) throw new DeliveryError('the URL or a header of the request is invalid')
    throw new DeliveryError(`the receiver cannot be reached: ${messageOf(cause)}`, { cause: error })
  }
}

export interface HttpDeliveryErrorOptions {
  /** The wait that the receiver asks for in another way than `Retry-After`, in milliseconds. The longer one counts. */
  retryAfter?: number
  /**
   * Whether events are kept that are rejected for the address or the credentials, which the operator can correct. The
   * next attempt is then ten minutes later.
   */
  keepMisconfigured?: boolean
}

/**
 * Makes a DeliveryError for an HTTP answer other than success. Statuses from 400 to 499 are permanent, except 408, 425
 * and 429; with `keepMisconfigured`, only 400 and 413 are. The message has the status and the beginning of the answer.
 */
export function httpDeliveryError(
  { status, headers, detail }: Pick<HttpPostAnswer, 'status' | 'headers' | 'detail'>,
  { retryAfter: otherWait = 0, keepMisconfigured = false }: HttpDeliveryErrorOptions = {},
): DeliveryError {
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location !== null) {
    // Without the path, which may be a secret.
    const to = URL.canParse(location) ? new URL(location).origin : 'another path'
    return new DeliveryError(`it answered ${status}, a redirection to ${to}, which is not followed`)
  }
  const isRejected = status >= 400 && status < 500 && !RETRIED.has(status)
  const isMisconfigured = keepMisconfigured && isRejected && !INVALID.has(status)
  const wait = Math.max(otherWait, retryAfter(headers.get('retry-after')) ?? 0)
  return new DeliveryError(`it answered ${status}${detail && `: ${detail}`}`, {
    permanent: isRejected && !isMisconfigured,
    retryAfter: isMisconfigured ? Math.max(wait, MISCONFIGURED_RETRY_MS) : wait,
  })
}

function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** The beginning of an answer. The status is what matters, so a truncated body is not a failure. */
async function beginning({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk)
      bytes += chunk.length
      // Leaving the loop cancels the rest.
      if (bytes >= MOST_READ) break
    }
  } catch {
    // It was truncated, or the write has taken too long.
  }
  return Buffer.concat(chunks).toString('utf8')
}
