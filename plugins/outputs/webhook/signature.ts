import { createHash, createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * The key in a secret: Base64 after `whsec_`; any other text is used as UTF-8 bytes.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const keyOf = (secret: string): Buffer =>
  secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8')

/** The header `webhook-signature`: HMAC-SHA256 over the id, the time (Unix seconds) and the body. */
export const signatureOf = (key: Buffer, id: string, timestamp: number, body: string): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`

/**
 * An id must not contain a full stop, which separates the signed parts, or characters that are invalid in headers.
 */
const PLAIN = /^[\w/:-]{1,200}$/

/**
 * The header `webhook-id`: the key of a single event, or a hash over the keys of several. It stays the same for a
 * retry.
 */
export function idOf(keys: readonly string[]): string {
  const [key = ''] = keys
  if (keys.length === 1 && PLAIN.test(key)) return key
  return `batch/${createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32)}`
}
