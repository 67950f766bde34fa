import type { IncomingMessage } from 'node:http'
import { createGunzip, type Gunzip } from 'node:zlib'
import { encodingNamed, NotText, textStream } from 'mood-exporter/plugin'
import { HttpError } from './http-error.ts'

/** How long a client may continue sending a rejected body, so that it reads the answer instead of a reset. */
const LINGER_MS = 2_000

/** The declared type of a body. */
export interface BodyType {
  /** How its records are separated: as JSON whatever the format, or as the format declares. */
  readonly kind: 'json' | 'format'
  /** The encoding by its name in the Encoding Standard; undefined if it does not say. */
  readonly encoding: string | undefined
  /** Whether it is the type that `curl -d` sends, which strips line ends. */
  readonly isForm: boolean
}

const JSON_TYPE = /^(application|text)\/(json|[\w.-]+\+json)$/
const OTHER_THAN_TEXT = /^application\/(x-)?(gzip|zip|zstd|bzip2|tar|pdf)$/
const FORM_TYPE = 'application/x-www-form-urlencoded'
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;]+))/i

/** @throws HttpError 415 for a type that cannot contain records, or an unknown encoding */
export function bodyType(contentType = ''): BodyType {
  const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase()
  const encoding = encodingIn(contentType)
  if (JSON_TYPE.test(type)) return { kind: 'json', encoding, isForm: false }
  if (type === '' || (/^(application|text)\//.test(type) && !OTHER_THAN_TEXT.test(type)))
    return { kind: 'format', encoding, isForm: type === FORM_TYPE }
  throw new HttpError(
    415,
    'content_type',
    `expected application/json for a record or an array of them, or application/x-ndjson or text/plain for a record a line, got "${type.slice(0, 100)}"`,
  )
}

function encodingIn(contentType: string): string | undefined {
  const [, quoted, single, bare] = CHARSET.exec(contentType) ?? []
  const charset = quoted ?? single ?? bare
  if (charset === undefined || charset === '') return undefined
  const encoding = encodingNamed(charset)
  if (encoding !== undefined) return encoding
  throw new HttpError(
    415,
    'content_type',
    `the charset ${JSON.stringify(charset.slice(0, 100))} is not taken; send UTF-8`,
  )
}

/**
 * The text of a body as UTF-8, as it arrives.
 *
 * @param encoding of the body, unless it begins with a byte order mark
 * @throws HttpError as {@link chunksOf} does, and 415 if the first bytes are not those of text
 */
export async function* textOf(
  request: IncomingMessage,
  limit: number,
  encoding: string | undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* textStream(chunksOf(request, limit), { encoding })
  } catch (error) {
    if (!(error instanceof NotText)) throw error
    const isGzip = error.message.startsWith('is gzip,') && request.headers['content-encoding'] === undefined
    const message = isGzip ? 'is gzip: send it with Content-Encoding: gzip' : error.message
    throw new HttpError(415, 'content_type', `the body ${message}`)
  }
}

/**
 * The bytes of a body as they arrive, decompressed if needed. The whole body is never in memory.
 *
 * @param limit the maximum size of the body, both as sent and decompressed
 * @throws HttpError 413 beyond the limit; 415 for an encoding other than gzip; 400 for invalid data
 */
export async function* chunksOf(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit)
  const unpacked = isCompressed(request) ? gunzipped(request, limit) : request
  let bytes = 0
  try {
    // Destroying the stream would close the connection without an answer.
    for await (const chunk of unpacked.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > limit) throw tooLarge(limit)
      yield chunk
    }
  } catch (error) {
    throw asHttpError(error)
  } finally {
    if (unpacked !== request) {
      request.unpipe()
      unpacked.destroy()
    }
  }
}

/** Reads the rest of an answered body for a moment, and then closes the connection. */
export function drain(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  const enough = setTimeout(() => request.socket.destroy(), LINGER_MS)
  request.once('close', () => clearTimeout(enough))
  request.on('error', () => {})
  request.resume()
}

function isCompressed(request: IncomingMessage): boolean {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'gzip' || encoding === 'x-gzip') return true
  if (encoding === 'identity') return false
  throw new HttpError(
    415,
    'content_encoding',
    `expected Content-Encoding gzip or none, got "${encoding.slice(0, 100)}"`,
    { 'Accept-Encoding': 'gzip' },
  )
}

function gunzipped(request: IncomingMessage, limit: number): Gunzip {
  const gunzip = createGunzip()
  let packed = 0
  // A stream of empty gzip members is long and decompresses to nothing.
  request.on('data', (chunk: Buffer) => {
    packed += chunk.length
    if (packed > limit) gunzip.destroy(tooLarge(limit))
  })
  request.on('error', error => gunzip.destroy(error))
  return request.pipe(gunzip)
}

function tooLarge(limit: number): HttpError {
  return new HttpError(
    413,
    'body_too_large',
    `the body is longer than ${limit} bytes (max_body); send it in parts`,
  )
}

function asHttpError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code.startsWith('Z_')) return new HttpError(400, 'gzip', 'the body cannot be unpacked as gzip')
  if (code === 'ECONNRESET') return new HttpError(400, 'aborted', 'the request broke off before its end')
  return error
}
