import { defineOutput, httpDeliveryError, httpPost, type PostEvent, secret, z } from 'mood-exporter/plugin'

/**
 * Sampled posts to Loki. There are few labels with few values: topic, sentiment and source. Everything that differs
 * between posts is structured metadata.
 *
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs streams, nanoseconds as text, 204
 * @see https://grafana.com/docs/loki/latest/get-started/labels/structured-metadata/ the third element of a value
 * @see https://grafana.com/docs/loki/latest/operations/multi-tenancy/ `X-Scope-OrgID`
 */
export default defineOutput({
  name: 'loki',
  description: 'Sends sampled posts to Loki, to look at the posts behind a spike.',
  takes: ['posts'],
  options: z.object({
    url: z
      .url()
      .transform(url => url.replace(/\/+$/, ''))
      .describe(
        "The URL of Loki, such as `http://127.0.0.1:3100`; or Grafana Cloud's address without a path.",
      ),
    tenant: z
      .string()
      .regex(/^[\w.!*'()-]{1,150}$/, { error: 'expected the id of a tenant' })
      .optional()
      .describe('The tenant, if Loki has several.'),
    user: z.string().min(1).optional().describe('The user of basic authentication, with `password`.'),
    password: secret().optional().describe('The password of the user, or a token of Grafana Cloud.'),
    token: secret().optional().describe('Sent as `Authorization: Bearer TOKEN` instead.'),
  }),
  create({ url, tenant, user, password, token }) {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (tenant !== undefined) headers['x-scope-orgid'] = tenant
    if (user !== undefined)
      headers.authorization = `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`
    else if (token !== undefined) headers.authorization = `Bearer ${token}`
    return {
      async write(events, { signal }) {
        const body = JSON.stringify({ streams: streamsOf(events) })
        const answer = await httpPost({ url: `${url}/loki/api/v1/push`, headers, body }, signal)
        if (!answer.ok) throw httpDeliveryError(answer, { keepMisconfigured: true })
      },
    }
  },
})

type Value = [nanoseconds: string, line: string, metadata: Record<string, string>]

function streamsOf(events: readonly PostEvent[]): { stream: Record<string, string>; values: Value[] }[] {
  const streams = new Map<string, { stream: Record<string, string>; values: Value[] }>()
  for (const event of events) {
    const { topic, sentiment, source, at } = event
    const key = JSON.stringify([topic, sentiment, source])
    const known = streams.get(key) ?? {
      stream: { service_name: 'mood-exporter', topic, sentiment, source },
      values: [],
    }
    streams.set(key, known)
    // As text: a JSON number cannot hold nanoseconds.
    known.values.push([`${Math.trunc(at)}000000`, lineOf(event), metadataOf(event)])
  }
  return [...streams.values()]
}

/** Without its text, a post is shown as its URL. */
const lineOf = ({ text, url, id, key }: PostEvent): string => text ?? url ?? id ?? key

function metadataOf({ key, score, lang, scorer, id, url }: PostEvent): Record<string, string> {
  return {
    key,
    lang,
    scorer,
    ...(score === null ? {} : { score: score.toFixed(3) }),
    ...(id === undefined ? {} : { id }),
    ...(url === undefined ? {} : { url }),
  }
}
