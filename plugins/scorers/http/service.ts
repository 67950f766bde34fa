import { messageOf, responseBytes, retryAfter } from 'mood-exporter/plugin'

/** How many characters of an error response are reported. */
const LAST_WORDS = 200

/** Statuses that concern the request rather than the service: another request may succeed. */
const BLAMES_REQUEST = new Set([400, 413, 422])

/** Why a service gave no valid answer. */
export class ServiceError extends Error {
  override name = 'ServiceError'
  /** Whether the same request may succeed later: 429, 5xx and broken connections. */
  readonly retriable: boolean
  /** The pause that the service asks for; milliseconds. */
  readonly restMs: number | undefined
  /** Whether the service rejects only this request. */
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
  /** Maximum size of an answer, decompressed; bytes. */
  maxResponse: number
}

/**
 * Posts JSON and returns the JSON answer.
 *
 * @throws ServiceError, or the signal's reason when it is aborted
 */
export async function ask(service: Service, body: string, signal: AbortSignal): Promise<unknown> {
  let bytes: Buffer
  try {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: service.headers,
      body,
      signal,
      // Following a redirect would turn it into a GET or send the token to another host.
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
