import type { IncomingMessage } from 'node:http'
import { createGunzip, type Gunzip } from 'node:zlib'
import { Refusal } from './refusal.ts'

/** How long a client may go on sending a body that was refused, so that it reads the answer instead of a reset. */
const LINGER_MS = 2_000

/** How the records of a body are told apart. */
export type BodyKind = 'json' | 'lines'

const JSON_TYPE = /^(application|text)\/(json|[\w.-]+\+json)$/
const OTHER_THAN_TEXT = /^application\/(x-)?(gzip|zip|zstd|bzip2|tar|pdf)$/

/** @throws Refusal 415 for what cannot hold records */
export function bodyKind(contentType = ''): BodyKind {
  const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase()
  if (JSON_TYPE.test(type)) return 'json'
  if (type === '' || (/^(application|text)\//.test(type) && !OTHER_THAN_TEXT.test(type))) return 'lines'
  throw new Refusal(
    415,
    'content_type',
    `expected application/json for a record or an array of them, or application/x-ndjson or text/plain for a record a line, got "${type.slice(0, 100)}"`,
  )
}

/**
 * The bytes of a body as they arrive, unpacked where it is compressed. Neither the body nor what it unpacks to is ever
 * held whole.
 *
 * @param limit bytes that the body may have, as sent and unpacked
 * @throws Refusal 413 beyond the limit; 415 for an encoding other than gzip; 400 for a body that is not what it says
 */
export async function* chunksOf(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit)
  const unpacked = isCompressed(request) ? gunzipped(request, limit) : request
  let bytes = 0
  try {
    // A stream destroyed would be a connection closed, and nobody left to answer.
    for await (const chunk of unpacked.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > limit) throw tooLarge(limit)
      yield chunk
    }
  } catch (error) {
    throw asRefusal(error)
  } finally {
    if (unpacked !== request) {
      request.unpipe()
      unpacked.destroy()
    }
  }
}

/** Reads what is left of a body that has been answered, for a moment, and then closes the connection. */
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
  throw new Refusal(
    415,
    'content_encoding',
    `expected Content-Encoding gzip or none, got "${encoding.slice(0, 100)}"`,
    { 'Accept-Encoding': 'gzip' },
  )
}

function gunzipped(request: IncomingMessage, limit: number): Gunzip {
  const gunzip = createGunzip()
  let packed = 0
  // A stream of empty gzip members is long and unpacks to nothing.
  request.on('data', (chunk: Buffer) => {
    packed += chunk.length
    if (packed > limit) gunzip.destroy(tooLarge(limit))
  })
  request.on('error', error => gunzip.destroy(error))
  return request.pipe(gunzip)
}

function tooLarge(limit: number): Refusal {
  return new Refusal(
    413,
    'body_too_large',
    `the body is longer than ${limit} bytes (max_body); send it in parts`,
  )
}

function asRefusal(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code.startsWith('Z_')) return new Refusal(400, 'gzip', 'the body cannot be unpacked as gzip')
  if (code === 'ECONNRESET') return new Refusal(400, 'aborted', 'the request broke off before its end')
  return error
}
