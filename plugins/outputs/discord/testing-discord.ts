import type { Reply } from '../webhook/testing-receiver.ts'

/**
 * A server that takes what Discord takes: JSON with a `content` of 1 to 2,000 characters; answers 204, or with
 * `wait=true` 200 and the message, and 400 with code 50035 where it is not valid.
 *
 * @see https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
export const discordServer: Reply = ({ body, path }, response) => {
  const { content, allowed_mentions: mentions } = JSON.parse(body)
  if (
    typeof content !== 'string' ||
    content === '' ||
    content.length > 2000 ||
    !Array.isArray(mentions?.parse)
  )
    return response.writeHead(400).end('{"code":50035,"message":"Invalid Form Body"}')
  if (path?.endsWith('?wait=true')) return response.end(JSON.stringify({ id: '1', content }))
  response.writeHead(204).end()
}
