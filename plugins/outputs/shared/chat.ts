import { DeliveryError, isObject, type JsonObject, retryAfter, secret } from 'mood-exporter/plugin'
import { type Answer, lastWords } from './post.ts'

/** The minimum time between attempts while credentials or an address are wrong, in milliseconds. */
const MISCONFIGURED_RETRY_MS = 10 * 60_000

/** The URL of a webhook, which is a secret. */
export const webhookUrl = (example: string) =>
  secret().refine(url => /^https?:\/\//i.test(url) && URL.canParse(url), {
    error: `expected a URL such as "${example}"`,
  })

/** The body of an answer as a JSON object; an empty object if it is not one. */
export function jsonOf({ text }: Answer): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/**
 * The error for an answer other than 2xx. An invalid message is dropped. A message that is rejected because the
 * channel does not exist or credentials are wrong is kept, as the operator can fix that.
 *
 * @param wait the wait that the channel asks for in another way, in milliseconds, if there is no header
 */
export function chatError(answer: Answer, wait = 0): DeliveryError {
  const { status, headers, text } = answer
  const message = `it answered ${status}${lastWords(text)}`
  const asked = Math.max(wait, retryAfter(headers.get('retry-after')) ?? 0)
  if (status === 400 || status === 413) return new DeliveryError(message, { permanent: true })
  if (status >= 401 && status < 500 && status !== 408 && status !== 425 && status !== 429)
    return new DeliveryError(message, { retryAfter: Math.max(asked, MISCONFIGURED_RETRY_MS) })
  return new DeliveryError(message, { retryAfter: asked })
}

export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300
