import type { Reply } from '../webhook/testing-receiver.ts'

/**
 * A server that takes what Slack takes: JSON with `text` or up to 50 `blocks`, a section of up to 3,000 characters, a
 * header of up to 150; answers `ok` as text, and what is wrong with 400.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export const slackServer: Reply = ({ body }, response) => {
  const refuse = (error: string) => response.writeHead(400).end(error)
  let message: { text?: string; blocks?: { type: string; text?: { text: string } }[] }
  try {
    message = JSON.parse(body)
  } catch {
    return refuse('invalid_payload')
  }
  const { text, blocks = [] } = message
  if (!text && blocks.length === 0) return refuse('no_text')
  if (blocks.length > 50) return refuse('invalid_blocks')
  const limits: Record<string, number> = { section: 3000, header: 150 }
  for (const { type, text } of blocks)
    if (text && (text.text === '' || text.text.length > (limits[type] ?? 0))) return refuse('invalid_blocks')
  response.end('ok')
}
