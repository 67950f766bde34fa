import {
  DeliveryError,
  type HttpPostAnswer,
  httpDeliveryError,
  httpPost,
  isObject,
  type JsonObject,
} from 'mood-exporter/plugin'
import { endOfDay, endOfMonth } from './quota.ts'

/** The result of a message. */
export interface SendResult {
  /** Recipients who received it. */
  delivered: string[]
  /** Recipients that permanently reject it: they are no longer friends, or accept no messages. */
  refused: string[]
  /** The error for the others; null if there are none. */
  error: DeliveryError | null
}

/** Thrown if the access token is not valid; another one may be. */
export class InvalidToken extends DeliveryError {}

/** Kakao's code for an invalid access token. */
const INVALID_TOKEN = -401

/** Codes of recipients that permanently reject messages. */
const RECIPIENT_CODES = new Set([-502, -530])

/** The recipient for the user who logged in. */
export const ME = 'me'

/**
 * Sends a message to the user who logged in, or to up to five friends.
 *
 * @see https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api
 * @throws DeliveryError if no recipient received it
 */
export async function sendMessage(
  { api, access }: { api: string; access: string },
  recipients: readonly string[],
  template: object,
  signal: AbortSignal,
): Promise<SendResult> {
  const isToMe = recipients.includes(ME)
  const path = isToMe ? '/v2/api/talk/memo/default/send' : '/v1/api/talk/friends/message/default/send'
  const form = new URLSearchParams({ template_object: JSON.stringify(template) })
  if (!isToMe) form.set('receiver_uuids', JSON.stringify(recipients))
  const answer = await httpPost(
    {
      url: `${api}${path}`,
      headers: {
        authorization: `Bearer ${access}`,
        'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      },
      body: form.toString(),
    },
    signal,
  )
  const body = answer.json
  if (!answer.ok) throw errorOf(answer)
  if (isToMe) {
    if (body.result_code !== 0) throw new DeliveryError(`it answered result_code ${String(body.result_code)}`)
    return { delivered: [ME], refused: [], error: null }
  }
  return friendsResult(body, recipients)
}

/** Some friends may have received the message and others not. */
function friendsResult(body: JsonObject, recipients: readonly string[]): SendResult {
  const { successful_receiver_uuids: successful, failure_info: failures } = body
  const delivered = Array.isArray(successful)
    ? recipients.filter(recipient => successful.includes(recipient))
    : []
  const refused: string[] = []
  let error: DeliveryError | null = null
  for (const failure of Array.isArray(failures) ? failures : []) {
    if (!isObject(failure)) continue
    const { code, msg, receiver_uuids: uuids } = failure
    const of = Array.isArray(uuids) ? recipients.filter(recipient => uuids.includes(recipient)) : []
    if (RECIPIENT_CODES.has(Number(code))) refused.push(...of)
    else error = errorOfCode(Number(code), String(msg ?? ''), {})
  }
  const known = new Set([...delivered, ...refused])
  if (!error && recipients.some(recipient => !known.has(recipient)))
    error = new DeliveryError('the answer does not name every recipient')
  return { delivered, refused, error }
}

function errorOf(answer: HttpPostAnswer): DeliveryError {
  const body = answer.json
  const { code, msg } = body
  if (typeof code !== 'number') return httpDeliveryError(answer)
  return errorOfCode(code, typeof msg === 'string' ? msg : answer.detail, body)
}

/** @see https://developers.kakao.com/docs/latest/ko/rest-api/reference#response-code */
function errorOfCode(code: number, text: string, { required_scopes: scopes }: JsonObject): DeliveryError {
  const now = Date.now()
  const message = `Kakao answered ${code}: ${text}`
  switch (code) {
    case INVALID_TOKEN:
      return new InvalidToken(message)
    case -402: {
      const named = Array.isArray(scopes) ? ` It needs the scopes ${scopes.join(', ')}:` : ''
      return new DeliveryError(`${message}.${named} switch them on for the app, and log in again`, {
        permanent: true,
      })
    }
    case -531:
      return new DeliveryError(message, { retryAfter: endOfMonth(now) - now })
    case -10:
    case -532:
    case -533:
    // The two are not documented, and lie among the quotas: an event that waits is not lost.
    case -534:
    case -535:
    case -536:
      return new DeliveryError(message, { retryAfter: endOfDay(now) - now })
    // An error at Kakao, or too many requests at once.
    case -1:
    case -7:
    case -9798:
      return new DeliveryError(message)
    default:
      return new DeliveryError(message, { permanent: true })
  }
}
