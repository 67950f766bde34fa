import { DeliveryError, defineOutput, secret, z } from 'mood-exporter/plugin'
import { InvalidToken, ME, type SendResult, sendMessage } from './api.ts'
import { endOfDay, Quota } from './quota.ts'
import { templateOf } from './template.ts'
import { readRefreshToken, requestTokens, Tokens, writeRefreshToken } from './tokens.ts'

/** Maximum of friends in one message. */
const FRIENDS = 5

/** The wait if a new token is not valid either, in milliseconds. */
const REFUSED_MS = 10 * 60_000

const DELIVERED = 'delivered'

const base = (otherwise: string) =>
  z
    .url()
    .default(otherwise)
    .transform(url => url.replace(/\/+$/, ''))

const options = z.object({
  rest_api_key: secret().describe('The REST API key of an app of Kakao Developers.'),
  client_secret: secret().optional().describe('Its client secret, if that is enabled.'),
  refresh_token: secret()
    .refine(
      text => {
        try {
          return readRefreshToken(text).token !== ''
        } catch {
          return false
        }
      },
      { error: 'expected a refresh token, or what `mood-exporter kakao login` writes' },
    )
    .describe('The token that `mood-exporter kakao login` writes; mostly as `refresh_token_file`.'),
  friends: z
    .array(z.string().min(1))
    .min(1)
    .max(FRIENDS)
    .optional()
    .describe('The `uuid`s of up to five friends; by default to oneself.'),
  template: z
    .enum(['text', 'list'])
    .default('text')
    .describe(
      'A text of 200 characters, or for reports a list of three topics, which needs `link` and `image`.',
    ),
  link: z.url().optional().describe("The link of the message: an address in the app's domains."),
  button: z.string().min(1).max(14).optional().describe("The title of the button; by default Kakao's."),
  image: z.url().optional().describe('The image of the items of a list.'),
  daily: z
    .strictObject({
      sender: z
        .int()
        .min(1)
        .default(100)
        .describe('The maximum of messages a day; a message to five friends counts as five.'),
      pair: z.int().min(1).default(20).describe('The maximum of messages a day to one recipient.'),
    })
    .prefault({})
    .describe('Limits of Kakao a day. Further messages wait for the next day.'),
  api: base('https://kapi.kakao.com').describe('The API that receives messages.'),
  auth: base('https://kauth.kakao.com').describe('The API that issues tokens.'),
})

/**
 * Reports and alerts to KakaoTalk: to the user, or to friends who use the same app.
 *
 * @see https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api messages and templates
 * @see https://developers.kakao.com/docs/latest/ko/kakaologin/rest-api tokens: 6 hours, and 60 days
 * @see https://developers.kakao.com/docs/latest/ko/getting-started/quota 100 a day for a sender, 20 for a pair
 */
export default defineOutput({
  name: 'kakaotalk',
  description: 'Sends reports and alerts to KakaoTalk, to oneself or to friends.',
  takes: ['reports', 'alerts'],
  batch: 1,
  options,
  metrics: {
    refresh_token_expiry_timestamp_seconds: {
      type: 'gauge',
      help: 'When a person has to log in again, unless the token is renewed before, which a message does in its last month.',
    },
    held_back: {
      type: 'counter',
      help: 'Messages that waited for the next day, by the limit that was reached.',
      labels: ['limit'],
    },
    refused_recipients: {
      type: 'counter',
      help: 'Friends to whom a message was not delivered, because they are no longer friends or block messages.',
    },
  },
  authorisation: {
    option: 'refresh_token',
    url({ auth, rest_api_key, friends }, redirectUri, state) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: rest_api_key,
        redirect_uri: redirectUri,
        scope: friends ? 'talk_message,friends' : 'talk_message',
        state,
      })
      return `${auth}/oauth/authorize?${query}`
    },
    async exchange(app, code, redirectUri, signal) {
      const grant = { grant_type: 'authorization_code', redirect_uri: redirectUri, code }
      const { refresh } = await requestTokens(app, grant, signal)
      if (!refresh) throw new Error('Kakao gave no refresh token')
      return writeRefreshToken(refresh)
    },
  },
  async create(
    { refresh_token, friends, daily, template, link, button, image, api, ...app },
    { store, metrics, log },
  ) {
    if (template === 'list' && (link === undefined || image === undefined))
      throw new Error('`template: list` needs `link` and `image`')
    const tokens = await Tokens.open(app, readRefreshToken(refresh_token), store)
    const quota = await Quota.open(store, daily)
    const recipients = friends ?? [ME]
    let lastHeld = ''
    const showExpiry = () => {
      const at = tokens.refreshExpiresAt
      if (at !== null) metrics.refresh_token_expiry_timestamp_seconds.set(at / 1000)
    }
    showExpiry()

    /** Sends with the current token, and once more with a new one if it is no longer valid. */
    const send = async (to: readonly string[], message: object, signal: AbortSignal): Promise<SendResult> => {
      try {
        return await sendMessage({ api, access: await tokens.access(signal) }, to, message, signal)
      } catch (error) {
        if (!(error instanceof InvalidToken)) throw error
        await tokens.refresh(signal)
        const access = await tokens.access(signal)
        return await sendMessage({ api, access }, to, message, signal).catch(again => {
          // Kakao limits tokens per hour.
          throw again instanceof InvalidToken
            ? new DeliveryError(again.message, { retryAfter: REFUSED_MS })
            : again
        })
      } finally {
        showExpiry()
      }
    }

    return {
      async write([event], { signal }) {
        if (!event) return
        const done = (await store.get(DELIVERED)) as { key: string; to: string[] } | undefined
        const before = done?.key === event.key ? done.to : []
        const left = recipients.filter(recipient => !before.includes(recipient))
        if (left.length === 0) return
        const now = Date.now()
        const limit = quota.exceeded(left, now)
        if (limit) {
          if (lastHeld !== event.key) metrics.held_back.add(1, { limit })
          lastHeld = event.key
          throw new DeliveryError(
            `the ${limit === 'pair' ? 'messages to one recipient' : 'messages'} of a day are used up`,
            {
              retryAfter: endOfDay(now) - now,
            },
          )
        }
        const { delivered, refused, error } = await send(
          left,
          templateOf(event, { template, link, button, image }),
          signal,
        )
        await quota.note(delivered, now)
        if (refused.length > 0) {
          metrics.refused_recipients.add(refused.length)
          log.warn('friends cannot be sent messages', { friends: refused.length })
        }
        if (error) {
          await store.set(DELIVERED, { key: event.key, to: [...before, ...delivered, ...refused] })
          throw error
        }
        if (delivered.length === 0 && before.length === 0)
          throw new DeliveryError('no recipient can be sent the message', { permanent: true })
      },
    }
  },
})
