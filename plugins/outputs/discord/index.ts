import {
  defineOutput,
  eventText,
  type HttpPostAnswer,
  httpDeliveryError,
  httpPost,
  type JsonObject,
  MARKDOWN,
  partsOf,
  sendParts,
  sleep,
  webhookUrl,
  z,
} from 'mood-exporter/plugin'

/** Maximum length of a message, in characters. */
const CHARACTERS = 2000

/** Leaves out previews of links. */
const SUPPRESS_EMBEDS = 1 << 2

/**
 * Reports and alerts to a channel of Discord, by a webhook.
 *
 * @see https://docs.discord.com/developers/resources/webhook#execute-webhook 2,000 characters, `wait`,
 *   `allowed_mentions`
 * @see https://docs.discord.com/developers/topics/rate-limits `retry_after` in seconds, the headers of a bucket, and
 *   the ban of clients with many invalid requests
 */
export default defineOutput({
  name: 'discord',
  description: 'Sends reports and alerts to a channel of Discord.',
  takes: ['reports', 'alerts'],
  batch: 1,
  options: z.object({
    url: webhookUrl('https://discord.com/api/webhooks/1/XXXX').describe(
      'The URL of a webhook. Never shown, as it is its own password.',
    ),
  }),
  create({ url }, { store }) {
    const target = new URL(url)
    // With `wait`, Discord answers after the message is stored, with an error if it is invalid.
    target.searchParams.set('wait', 'true')
    let restMs = 0
    return {
      async write([event], { signal }) {
        if (!event) return
        await sendParts(store, event.key, partsOf(eventText(event, MARKDOWN), CHARACTERS), async content => {
          await sleep(restMs, signal)
          signal.throwIfAborted()
          const message = { content, flags: SUPPRESS_EMBEDS, allowed_mentions: { parse: [] } }
          const request = {
            url: target.href,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(message),
          }
          const answer = await httpPost(request, signal)
          restMs = restOf(answer)
          if (!answer.ok)
            throw httpDeliveryError(answer, { retryAfter: waitOf(answer.json), keepMisconfigured: true })
        })
      },
    }
  },
})

const waitOf = ({ retry_after: seconds }: JsonObject): number =>
  typeof seconds === 'number' && seconds > 0 ? Math.ceil(seconds * 1000) : 0

/** How long the rate-limit bucket of this webhook stays empty, in milliseconds. */
function restOf({ headers }: HttpPostAnswer): number {
  if (headers.get('x-ratelimit-remaining') !== '0') return 0
  return Math.ceil(Math.max(0, Number(headers.get('x-ratelimit-reset-after')) || 0) * 1000)
}
