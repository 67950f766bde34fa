import { DeliveryError, retryAfter } from 'mood-exporter/plugin'

/** How much of a receiver's error text is shown. */
const LAST_WORDS = 200

/** How much of an answer is read, so that its connection can be reused; bytes. */
const MOST_READ = 65_536

/** Statuses below 500 after which the same request may succeed: timeout, too early, too many requests. */
const RETRIED = new Set([408, 425, 429])

export interface PostRequest {
  url: string
  headers: Record<string, string>
  body: string
}

/** A receiver's answer. */
export interface Answer {
  status: number
  headers: Headers
  /** The beginning of the body. */
  text: string
}

/**
 * Posts a body. Resolves if the receiver answers 2xx.
 *
 * @throws DeliveryError: permanent for statuses from 400 to 499, except 408, 425 and 429. Its message never contains
 *   the URL, which may be a secret
 * @throws the signal's reason when it is aborted
 */
export async function post(request: PostRequest, signal: AbortSignal): Promise<void> {
  const answer = await send(request, signal)
  if (answer.status < 200 || answer.status > 299) throw errorOfAnswer(request.url, answer)
}

/**
 * Posts a body. Resolves to any answer of the receiver.
 *
 * @throws DeliveryError if it cannot be reached
 * @throws the signal's reason when it is aborted
 */
export async function send({ url, headers, body }: PostRequest, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'user-agent': 'mood-exporter', ...headers },
      body,
      signal,
      // Following a redirect would turn it into a GET or send the token to another host.
      redirect: 'manual',
    })
    return { status: response.status, headers: response.headers, text: await beginning(response) }
  } catch (error) {
    signal.throwIfAborted()
    throw new DeliveryError(`the receiver cannot be reached: ${reasonOf(error)}`, { cause: error })
  }
}

/** The error for an answer other than 2xx. */
export function errorOfAnswer(url: string, { status, headers, text }: Answer): DeliveryError {
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location !== null) {
    // Without the path, which may be a secret.
    const to = URL.canParse(location, url) ? new URL(location, url).origin : 'elsewhere'
    return new DeliveryError(`it answered ${status}, a redirection to ${to}, which is not followed`)
  }
  return new DeliveryError(`it answered ${status}${lastWords(text)}`, {
    permanent: status >= 400 && status < 500 && !RETRIED.has(status),
    retryAfter: retryAfter(headers.get('retry-after')),
  })
}

/** A receiver's error text, to show after the status. */
export function lastWords(text: string): string {
  const words = text.slice(0, LAST_WORDS).replace(/\s+/g, ' ').trim()
  return words === '' ? '' : `: ${words}`
}

/** The cause of a failed `fetch`, whose own message has no details. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  if (!(cause instanceof Error)) return message
  const { code } = cause as NodeJS.ErrnoException
  return cause.message || code || message
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
