import type { Reply } from '../webhook/testing-receiver.ts'

/** The token that the server below takes. */
export const TOKEN = '123456:ABC-DEF'

/**
 * A server that takes what the Bot API takes: `sendMessage` of a token, a `text` of 1 to 4,096 characters; answers
 * `{ ok, result }`, or `{ ok: false, error_code, description, parameters }` with the same status.
 *
 * @see https://core.telegram.org/bots/api#making-requests
 */
export const telegramServer: Reply = ({ body, path }, response) => {
  const fail = (code: number, description: string) =>
    response.writeHead(code).end(JSON.stringify({ ok: false, error_code: code, description }))
  if (path !== `/bot${TOKEN}/sendMessage`) return fail(401, 'Unauthorized')
  const { text, chat_id: chat } = JSON.parse(body)
  if (chat === '404') return fail(400, 'Bad Request: chat not found')
  if (typeof text !== 'string' || text === '') return fail(400, 'Bad Request: message text is empty')
  if (text.length > 4096) return fail(400, 'Bad Request: message is too long')
  response.end(JSON.stringify({ ok: true, result: { message_id: 1, text } }))
}
