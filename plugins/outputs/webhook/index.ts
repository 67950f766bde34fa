import {
  crossesInTheClear,
  defineOutput,
  httpDeliveryError,
  httpPost,
  secret,
  webhookUrl,
  z,
} from 'mood-exporter/plugin'
import { idOf, keyOf, signatureOf } from './signature.ts'

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected the name of a header' })
const headerValue = secret().regex(/^[\t\x20-\x7e]*$/, { error: 'expected printable ASCII characters' })

/** Minimum length of the signing key, in bytes. */
const MIN_KEY = 16

const options = z.object({
  url: webhookUrl('https://example.com/hook')
    .refine(url => !/^https?:\/\/[^/?#]*@/i.test(url), {
      error: 'expected no credentials in the URL: use `token` or `headers`',
    })
    .describe('The URL to send events to. Never shown, as the URL of a webhook is often its password.'),
  token: headerValue.optional().describe('Sent as `Authorization: Bearer TOKEN`.'),
  secret: secret()
    .refine(text => keyOf(text).length >= MIN_KEY, {
      error: `expected at least ${MIN_KEY} bytes, or \`whsec_\` and as many in Base64`,
    })
    .optional()
    .describe('Signs each request, in the header `webhook-signature`.'),
  headers: z.record(headerName, headerValue).default({}).describe('Further headers of each request.'),
})

export default defineOutput({
  name: 'webhook',
  description:
    'Posts events to a URL, as JSON, signed where wanted: windows that close, reports, alerts, posts.',
  takes: ['windows', 'reports', 'alerts', 'posts', 'rankings'],
  options,
  create({ url, token, secret, headers }, { log }) {
    const hasToken = token !== undefined || Object.keys(headers).length > 0
    if (hasToken && crossesInTheClear(url))
      log.warn('the token crosses the network in the clear: use https, where the receiver has it')
    const key = secret === undefined ? null : keyOf(secret)
    return {
      async write(events, { signal }) {
        const body = JSON.stringify({ version: 1, events })
        const id = idOf(events.map(({ key }) => key))
        const timestamp = Math.floor(Date.now() / 1000)
        const request = new Headers({
          'user-agent': 'mood-exporter',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        })
        for (const [name, value] of Object.entries(headers)) request.set(name, value)
        request.set('content-type', 'application/json')
        request.set('idempotency-key', id)
        request.set('webhook-id', id)
        request.set('webhook-timestamp', String(timestamp))
        if (key) request.set('webhook-signature', signatureOf(key, id, timestamp, body))
        const answer = await httpPost({ url, headers: Object.fromEntries(request), body }, signal)
        if (!answer.ok) throw httpDeliveryError(answer)
      },
    }
  },
})
