import {
  Disconnect,
  encodingNamed,
  httpDisconnect,
  NotText,
  type RateLimit,
  rateLimitOf,
  responseBytes,
  textStream,
} from 'mood-exporter/plugin'

/** Maximum of redirects in a row. */
const MAX_REDIRECTS = 5

/** How much of an error answer is shown; characters. */
const LAST_WORDS = 200

const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface PageRequest {
  url: URL
  /** Headers of every request. */
  headers: Readonly<Record<string, string>>
  /** Headers of requests to the configured service only. */
  secrets: Readonly<Record<string, string>>
  /** The URL of the configuration. */
  configured: URL
  hasCredentials: boolean
  maxBytes: number
  encoding: string | undefined
  /** Called before each request, redirections included. */
  spend(): Promise<void>
}

/** An answer as UTF-8; null if nothing has changed. */
export interface Page {
  text: string | null
  etag: string | null
  modified: string | null
  link: string | null
  /** The final URL after redirects. */
  url: URL
  limit: RateLimit | undefined
}

/**
 * Fetches a page.
 *
 * @throws Disconnect if the answer is not a success, is too large or is not text. Its message contains only the host
 *   of the URL
 */
export async function fetchPage(request: PageRequest, signal: AbortSignal): Promise<Page> {
  let url = request.url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    await request.spend()
    const isOwn = isSameService(url, request.configured)
    const headers = { ...request.headers, ...(isOwn ? request.secrets : {}) }
    const response = await fetch(url, { headers, redirect: 'manual', signal })
    const { status } = response
    if (REDIRECTS.has(status)) {
      await response.body?.cancel()
      url = targetOf(response, url)
      continue
    }
    const limit = rateLimitOf(response.headers)
    const get = (name: string) => response.headers.get(name)
    const answer = { etag: get('etag'), modified: get('last-modified'), link: get('link'), url, limit }
    if (status === 304) {
      await response.body?.cancel()
      return { ...answer, text: null }
    }
    if (!response.ok) {
      const detail = await lastWords(response)
      throw httpDisconnect(response, { hasCredentials: request.hasCredentials && isOwn, detail })
    }
    return { ...answer, text: await textOf(response, request) }
  }
  throw new Disconnect('server', `it redirected more than ${MAX_REDIRECTS} times`)
}

/** Whether a URL belongs to the configured service, or to the same one over https. */
export function isSameService(url: URL, configured: URL): boolean {
  if (url.origin === configured.origin) return true
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    configured.port === '' &&
    url.hostname === configured.hostname
  )
}

function targetOf({ status, headers }: Response, from: URL): URL {
  const location = headers.get('location')
  if (location === null || !URL.canParse(location, from.href))
    throw new Disconnect('server', `it answered ${status} without a place to go`)
  const to = new URL(location, from)
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    throw new Disconnect(
      'server',
      `it redirected from https to ${to.protocol.slice(0, -1)}, which is not followed`,
    )
  return to
}

async function textOf(response: Response, { maxBytes, encoding }: PageRequest): Promise<string> {
  const body = await bytesOf(response, maxBytes)
  const named = charsetOf(response.headers.get('content-type')) ?? declaredIn(body) ?? encoding
  const chunks: Buffer[] = []
  const all = async function* () {
    yield body
  }
  try {
    for await (const chunk of textStream(all(), { encoding: named })) chunks.push(chunk)
  } catch (error) {
    if (error instanceof NotText)
      throw new Disconnect('server', `its answer ${error.message}`, { cause: error })
    throw error
  }
  return Buffer.concat(chunks).toString('utf8')
}

const bytesOf = (response: Response, maxBytes: number): Promise<Buffer> =>
  responseBytes(
    response,
    maxBytes,
    () => new Disconnect('server', `its answer is longer than ${maxBytes} bytes (max_body)`),
  )

const CHARSET = /;\s*charset\s*=\s*["']?([^"'\s;]+)/i

function charsetOf(contentType: string | null): string | undefined {
  const label = CHARSET.exec(contentType ?? '')?.[1]
  return label === undefined ? undefined : encodingNamed(label)
}

/** The encoding in an XML declaration, used if the Content-Type has none (RFC 7303, 3.2). */
function declaredIn(body: Buffer): string | undefined {
  const start = body.toString('latin1', 0, 200)
  const label = /^\s*<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]
  return label === undefined ? undefined : encodingNamed(label)
}

async function lastWords(response: Response): Promise<string> {
  try {
    const text = (await bytesOf(response, 65_536)).toString('utf8')
    // An HTML page has no useful one-line message.
    if (/^\s*</.test(text)) return ''
    return text.slice(0, LAST_WORDS).replace(/\s+/g, ' ').trim()
  } catch {
    return ''
  }
}

/** The header limit of the HTTP client, in characters. */
const MAX_HEADER = 16_384

/**
 * The target of the first link with a relation in a `Link` header (RFC 8288): `<https://x/?page=2>; rel="next"`.
 * Undefined if there is none.
 */
export function linkIn(header: string | null, relation: string): string | undefined {
  for (const [, target, parameters] of (header ?? '')
    .slice(0, MAX_HEADER)
    .matchAll(/<([^>]*)>((?:\s*;\s*[^;,"]+(?:"[^"]*")?)*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters as string) ?? []
    const relations = (quoted ?? bare ?? '').toLowerCase().split(/\s+/)
    if (relations.includes(relation)) return target
  }
  return undefined
}

/** Replaces the date placeholders of a URL by the date (UTC) of a time in Unix milliseconds. */
export function datedUrl(url: string, time: number): string {
  const [, yyyy = '', mm = '', dd = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(new Date(time).toISOString()) ?? []
  return url.replaceAll('{yyyy}', yyyy).replaceAll('{mm}', mm).replaceAll('{dd}', dd)
}
