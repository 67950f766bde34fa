import { createHash, createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * The key that a secret encodes: what follows `whsec_` is Base64, any other text is its bytes in UTF-8.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const keyOf = (secret: string): Buffer =>
  secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8')

/** The header `webhook-signature`: HMAC-SHA256 over the id, the time (Unix seconds) and the body as it is sent. */
export const signatureOf = (key: Buffer, id: string, timestamp: number, body: string): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`

/** An id may not hold a full stop, which separates what is signed, nor what no header can. */
const PLAIN = /^[\w/:-]{1,200}$/

/** The header `webhook-id`: the key of a single event, a hash over the keys of several. The same when they come again. */
export function idOf(keys: readonly string[]): string {
  const [key = ''] = keys
  if (keys.length === 1 && PLAIN.test(key)) return key
  return `batch/${createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32)}`
}
