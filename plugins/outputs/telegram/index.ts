import {
  defineOutput,
  eventText,
  httpDeliveryError,
  httpPost,
  isObject,
  type Log,
  Pacer,
  partsOf,
  secret,
  sendParts,
  TEXT,
  z,
} from 'mood-exporter/plugin'

/** Maximum length of a message, in UTF-16 units. */
const CHARACTERS = 4096

/** Limits: a message per second to a chat, 20 per minute to a group; milliseconds. */
const CHAT_MS = 1000
const GROUP_MS = 3000

const CHAT = 'chat'

/**
 * Reports and alerts to a chat of Telegram, by a bot.
 *
 * @see https://core.telegram.org/bots/api#sendmessage 4,096 characters, `link_preview_options`
 * @see https://core.telegram.org/bots/api#responseparameters `retry_after` in seconds, `migrate_to_chat_id`
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this rate limits
 */
export default defineOutput({
  name: 'telegram',
  description: 'Sends reports and alerts to a chat of Telegram.',
  takes: ['reports', 'alerts'],
  batch: 1,
  options: z.object({
    token: secret()
      .regex(/^\d+:[\w-]+$/, { error: 'expected the token of a bot, such as "123456:ABC-DEF"' })
      .describe('The token of a bot.'),
    chat: z
      .union([z.int(), z.string().regex(/^(@\w+|-?\d+)$/, { error: 'expected a number, or "@channel"' })])
      .describe('The id of a chat, a negative one for a group, or the name of a channel: `"@name"`.'),
    api: z
      .url()
      .default('https://api.telegram.org')
      .describe('The URL of the Bot API, for a server of your own.'),
  }),
  async create({ token, chat, api }, { store, log }) {
    const url = `${api.replace(/\/+$/, '')}/bot${token}/sendMessage`
    const moved = await store.get(CHAT)
    // A group that became a supergroup permanently has another id.
    let chatId = isObject(moved) && moved.from === String(chat) ? String(moved.to) : String(chat)
    const pacer = new Pacer(/^\d/.test(chatId) ? CHAT_MS : GROUP_MS)
    const deliver = async (text: string, signal: AbortSignal): Promise<void> => {
      await pacer.turn(signal)
      const message = { chat_id: chatId, text, link_preview_options: { is_disabled: true } }
      const answer = await httpPost(
        { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) },
        signal,
      )
      if (answer.ok) return
      const { parameters } = answer.json
      const { retry_after: seconds, migrate_to_chat_id: to } = isObject(parameters) ? parameters : {}
      if (typeof to === 'number' && String(to) !== chatId) {
        chatId = String(to)
        await store.set(CHAT, { from: String(chat), to: chatId })
        noteOfMove(log, chatId)
        return deliver(text, signal)
      }
      throw httpDeliveryError(answer, {
        retryAfter: typeof seconds === 'number' ? seconds * 1000 : 0,
        keepMisconfigured: true,
      })
    }
    return {
      async write([event], { signal }) {
        if (!event) return
        const parts = partsOf(eventText(event, TEXT), CHARACTERS)
        await sendParts(store, event.key, parts, text => deliver(text, signal))
      },
    }
  },
})

const noteOfMove = (log: Log, chat: string) =>
  log.warn('the group has become a supergroup with another id: set it in the configuration', { chat })
