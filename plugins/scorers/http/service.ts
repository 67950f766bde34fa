import { messageOf, retryAfter } from 'mood-exporter/plugin'
import { responseBytes } from '../../shared/response-bytes.ts'

/** How many characters of an error response are reported. */
const LAST_WORDS = 200

/** Statuses that tell more of the request than of the service: another request may do. */
const BLAMES_REQUEST = new Set([400, 413, 422])

/** Why a service did not answer, or not as it should. */
export class ServiceError extends Error {
  override name = 'ServiceError'
  /** Whether the same request may do a moment later: 429, 5xx and broken connections. */
  readonly retriable: boolean
  /** How long the service asks to be left alone; milliseconds. */
  readonly restMs: number | undefined
  /** Whether it is this request alone that the service will not have. */
  readonly blamesRequest: boolean

  constructor(
    message: string,
    { retriable = false, restMs, blamesRequest = false }: Partial<Omit<ServiceError, keyof Error>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.retriable = retriable
    this.restMs = restMs
    this.blamesRequest = blamesRequest
  }
}

export interface Service {
  url: string
  headers: Record<string, string>
  /** The largest answer, unpacked; bytes. */
  maxResponse: number
}

/**
 * Posts JSON and gives the JSON that is answered.
 *
 * @throws ServiceError, or the signal's reason once it is aborted
 */
export async function ask(service: Service, body: string, signal: AbortSignal): Promise<unknown> {
  let bytes: Buffer
  try {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: service.headers,
      body,
      signal,
      // Followed, it would become a GET or take the token to another host.
      redirect: 'manual',
    })
    if (!response.ok) throw await errorOf(response)
    bytes = await read(response, service.maxResponse)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ServiceError) throw error
    throw new ServiceError(
      `cannot reach ${service.url}: ${messageOf(error)}`,
      { retriable: true },
      { cause: error },
    )
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new ServiceError(`expected JSON, got ${JSON.stringify(bytes.toString('utf8', 0, LAST_WORDS))}`)
  }
}

async function errorOf(response: Response): Promise<ServiceError> {
  const { status, headers } = response
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location) {
    await response.body?.cancel()
    return new ServiceError(`it answered ${status}, a redirection to ${location}: set \`url\` to that`)
  }
  const words = (await beginning(response)).replace(/\s+/g, ' ').trim()
  return new ServiceError(`it answered ${status}${words === '' ? '' : `: ${words}`}`, {
    retriable: status === 429 || status >= 500,
    restMs: retryAfter(headers.get('retry-after')),
    blamesRequest: BLAMES_REQUEST.has(status),
  })
}

async function beginning(response: Response): Promise<string> {
  for await (const chunk of response.body ?? []) {
    return Buffer.from(chunk).toString('utf8', 0, LAST_WORDS)
  }
  return ''
}

const read = (response: Response, most: number): Promise<Buffer> =>
  responseBytes(
    response,
    most,
    () => new ServiceError(`its answer is larger than max_response (${most} bytes)`),
  )
