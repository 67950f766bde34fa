import { isObject, messageOf, responseBytes } from 'mood-exporter/plugin'

/** How long the server may take to answer, in milliseconds. */
const ANSWER_MS = 15_000

/** Answers are a few hundred bytes, with a long token some thousands. */
const MOST_BYTES = 256 * 1024

/** How long a token is reused, in milliseconds: a revoked one is soon replaced. */
const KEPT_MS = 60_000

/** The fraction of its lifetime after which a token is not reused, so that it stays valid long enough. */
const KEPT_PART = 0.5

/** A client that requests tokens. */
export interface OAuthClient {
  endpoint: string
  id: string
  secret: string
  scope: string | undefined
}

/**
 * Requests access tokens with the client credentials grant. Connections that are made at about the same time share a
 * token.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4
 * @returns a function that requests a token; it rejects with the server's reason, in one line
 */
export function oauthTokens(client: OAuthClient): () => Promise<string> {
  let kept: { token: Promise<string>; until: number } | null = null
  return () => {
    if (kept && performance.now() < kept.until) return kept.token
    const mine = { token: Promise.resolve(''), until: Number.POSITIVE_INFINITY }
    mine.token = request(client).then(
      ({ token, lifeMs }) => {
        mine.until = performance.now() + Math.min(KEPT_MS, lifeMs * KEPT_PART)
        return token
      },
      error => {
        if (kept === mine) kept = null
        throw new Error(`no token from ${client.endpoint}: ${messageOf(error)}`, { cause: error })
      },
    )
    kept = mine
    return mine.token
  }
}

async function request({ endpoint, id, secret, scope }: OAuthClient) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope)
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    // A secret must be sent only to the configured server.
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const answer = fieldsOf(await textOf(response))
  if (!response.ok) throw new Error(rejectionText(response.status, answer))
  const { access_token: token, token_type: type, expires_in: seconds } = answer
  if (typeof token !== 'string' || token === '') throw new Error('the answer holds no access_token')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new Error(`the token is of the type ${JSON.stringify(type)}, where "Bearer" is needed`)
  // `expires_in` is recommended, but not required.
  return { token, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0 }
}

/** RFC 6749, section 2.3.1: form-encode an id and a secret before joining them. */
const formEncoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)

async function textOf(response: Response): Promise<string> {
  const tooLong = () => new Error(`the answer is longer than ${MOST_BYTES} bytes`)
  return (await responseBytes(response, MOST_BYTES, tooLong)).toString('utf8')
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** The server's reason for a rejection (RFC 6749, section 5.2), or the status. */
function rejectionText(
  status: number,
  { error, error_description: description }: Record<string, unknown>,
): string {
  const words = [error, description].filter(word => typeof word === 'string')
  return `it answered ${status}${words.length > 0 ? `: ${words.join(', ')}` : ''}`
}
