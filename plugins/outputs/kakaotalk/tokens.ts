import {
  DeliveryError,
  type HttpPostAnswer,
  httpPost,
  isObject,
  type PluginStore,
} from 'mood-exporter/plugin'

/** The minimum interval of log lines that ask for a new login, in milliseconds. */
const LOGIN_MS = 10 * 60_000

/** How long before its expiry an access token is replaced; milliseconds. */
const MARGIN_MS = 60_000

const KEY = 'tokens'

/** An app of Kakao Developers. */
export interface App {
  auth: string
  rest_api_key: string
  client_secret?: string | undefined
}

/** A refresh token, and when it expires (Unix milliseconds); null if that is not known. */
export interface RefreshToken {
  token: string
  expiresAt: number | null
}

/** The values kept over restarts. */
interface Kept {
  /**
   * The configured token of this log-in: if the configuration has another one, after a new log-in, that replaces it.
   */
  seed: string
  refresh: string
  refreshExpiresAt: number | null
  access: string
  accessExpiresAt: number
}

/** Parses the option `refresh_token`: a token, or the file content that `mood-exporter kakao login` wrote. */
export function readRefreshToken(text: string): RefreshToken {
  if (!text.startsWith('{')) return { token: text, expiresAt: null }
  const value: unknown = JSON.parse(text)
  const { refresh_token: token, expires_at: at } = isObject(value) ? value : {}
  if (typeof token !== 'string' || token === '') throw new Error('it holds no refresh_token')
  return { token, expiresAt: typeof at === 'number' ? at : null }
}

export const writeRefreshToken = ({ token, expiresAt }: RefreshToken): string =>
  JSON.stringify({ refresh_token: token, ...(expiresAt === null ? {} : { expires_at: expiresAt }) })

/**
 * Requests tokens. The answer contains a refresh token for `authorization_code`, and for `refresh_token` only if the
 * old one has less than a month left.
 *
 * @see https://developers.kakao.com/docs/latest/ko/kakaologin/rest-api#request-token
 * @throws DeliveryError
 */
export async function requestTokens(
  { auth, rest_api_key, client_secret }: App,
  grant: Record<string, string>,
  signal: AbortSignal,
): Promise<{ access: string; accessExpiresAt: number; refresh: RefreshToken | null }> {
  const form = new URLSearchParams({ client_id: rest_api_key, ...grant })
  if (client_secret !== undefined) form.set('client_secret', client_secret)
  const answer = await httpPost(
    {
      url: `${auth}/oauth/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: form.toString(),
    },
    signal,
  )
  if (!answer.ok) throw tokenError(answer)
  const now = Date.now()
  const { access_token: access, expires_in, refresh_token, refresh_token_expires_in } = answer.json
  if (typeof access !== 'string') throw new DeliveryError('the response to a request for tokens holds none')
  return {
    access,
    accessExpiresAt: now + seconds(expires_in, 0) * 1000,
    refresh:
      typeof refresh_token === 'string'
        ? {
            token: refresh_token,
            expiresAt:
              typeof refresh_token_expires_in === 'number' ? now + refresh_token_expires_in * 1000 : null,
          }
        : null,
  }
}

const seconds = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

function tokenError({ status, json, detail }: HttpPostAnswer) {
  const { error, error_code: code, error_description: description } = json
  const words = [error, code, description].filter(word => typeof word === 'string').join(', ')
  const said = words || detail
  const message = `Kakao gave no token: it answered ${status}${said && `: ${said}`}`
  if (error === 'invalid_grant')
    return new DeliveryError(`${message}. Log in again: mood-exporter kakao login`, { retryAfter: LOGIN_MS })
  return new DeliveryError(message, { retryAfter: status >= 400 && status < 500 ? LOGIN_MS : 0 })
}

/** The tokens of one user. A new refresh token is stored before it is used. */
export class Tokens {
  readonly #app: App
  readonly #store: PluginStore
  #kept: Kept

  private constructor(app: App, store: PluginStore, kept: Kept) {
    this.#app = app
    this.#store = store
    this.#kept = kept
  }

  /** @param first the refresh token in the configuration */
  static async open(app: App, first: RefreshToken, store: PluginStore): Promise<Tokens> {
    const kept = (await store.get(KEY)) as Kept | undefined
    const begun: Kept = {
      seed: first.token,
      refresh: first.token,
      refreshExpiresAt: first.expiresAt,
      access: '',
      accessExpiresAt: 0,
    }
    return new Tokens(app, store, kept?.seed === first.token ? kept : begun)
  }

  /** When the user has to log in again, unless the token is renewed before; Unix milliseconds, null if not known. */
  get refreshExpiresAt(): number | null {
    return this.#kept.refreshExpiresAt
  }

  /** An access token; a new one if the last has expired. @throws DeliveryError */
  async access(signal: AbortSignal): Promise<string> {
    if (Date.now() >= this.#kept.accessExpiresAt - MARGIN_MS) await this.refresh(signal)
    return this.#kept.access
  }

  /** @throws DeliveryError */
  async refresh(signal: AbortSignal): Promise<void> {
    const grant = { grant_type: 'refresh_token', refresh_token: this.#kept.refresh }
    const { access, accessExpiresAt, refresh } = await requestTokens(this.#app, grant, signal)
    this.#kept = {
      ...this.#kept,
      access,
      accessExpiresAt,
      ...(refresh ? { refresh: refresh.token, refreshExpiresAt: refresh.expiresAt } : {}),
    }
    await this.#store.set(KEY, { ...this.#kept })
  }
}
