import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

const MONTH = 30 * 86_400

export const APP = { rest_api_key: 'rest-key', client_secret: 'client-secret' }

/** A received message. */
export interface SentMessage {
  to: string[]
  template: {
    object_type: string
    text?: string
    header_title?: string
    contents?: { title: string; description: string }[]
  }
}

/**
 * A local server with Kakao's API as documented.
 *
 * - `GET /oauth/authorize` redirects the browser to `redirect_uri` with `code` and `state`.
 * - `POST /oauth/token` returns an access token of 6 hours (21,599 s), and a refresh token of 60 days for a code, or
 *   if the old one has less than a month left; errors are `invalid_grant`, KOE320 and KOE322.
 *   https://developers.kakao.com/docs/latest/ko/kakaologin/rest-api
 * - `POST /v2/api/talk/memo/default/send` answers `{ result_code: 0 }`; the one for friends lists successful and
 *   failed recipients. Texts of more than 200 characters are rejected with -2.
 *   https://developers.kakao.com/docs/latest/ko/kakaotalk-message/rest-api
 */
export class Kakao {
  readonly messages: SentMessage[] = []
  readonly tokenRequests: Record<string, string>[] = []
  /** Errors to answer messages with instead, one after the other: a code, and more of the body. */
  readonly failures: { code: number; more?: object }[] = []
  /** Whether the quota of the app is used up: messages are then answered with -10. */
  isFull = (): boolean => false
  /** Codes of the messages that were refused, as they were. */
  readonly refused: number[] = []
  /** Friends who accept no message, with the code of the reason. */
  readonly unwilling = new Map<string, number>()
  /** Seconds until the current refresh token expires. */
  left = 2 * MONTH
  scope = ''
  url = ''
  refreshToken = 'refresh-0'
  #code = ''
  #access = ''
  #tokens = 0

  static async listening(): Promise<Kakao> {
    const kakao = new Kakao()
    const server = createServer((request, response) => void kakao.#answer(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    kakao.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return kakao
  }

  get options() {
    return { ...APP, api: this.url, auth: this.url, refresh_token: this.refreshToken }
  }

  /** Invalidates the last access token. */
  expire(): void {
    this.#access = 'expired'
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    if (pathname === '/oauth/authorize') return this.#authorise(searchParams, response)
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const refuse = (status: number, msg: string, code: number, more: object = {}) => {
      this.refused.push(code)
      json(status, { msg, code, ...more })
    }
    if (pathname === '/oauth/token') {
      const { status, body } = this.#token(form)
      json(status, body)
      return
    }
    const failure = this.failures.shift()
    if (request.headers.authorization !== `Bearer ${this.#access}`)
      refuse(401, 'this access token does not exist', -401)
    else if (failure) refuse(failure.code === -402 ? 403 : 400, 'refused', failure.code, failure.more)
    else if (this.isFull()) refuse(400, 'API limit has been exceeded.', -10)
    else this.#send(pathname, form, json)
  }

  #authorise(query: URLSearchParams, response: ServerResponse): void {
    if (query.get('client_id') !== APP.rest_api_key || query.get('response_type') !== 'code') {
      response.writeHead(400).end('KOE101')
      return
    }
    this.scope = query.get('scope') ?? ''
    this.#code = randomUUID()
    const to = new URL(query.get('redirect_uri') as string)
    to.searchParams.set('code', this.#code)
    to.searchParams.set('state', query.get('state') ?? '')
    response.writeHead(302, { location: to.href }).end()
  }

  #token(form: Record<string, string>): { status: number; body: object } {
    this.tokenRequests.push(form)
    const refused = (error: string, error_code: string) => ({
      status: 400,
      body: { error, error_code, error_description: 'refused' },
    })
    if (form.client_id !== APP.rest_api_key || form.client_secret !== APP.client_secret)
      return { status: 401, body: { error: 'invalid_client', error_code: 'KOE010' } }
    const isCode = form.grant_type === 'authorization_code'
    if (isCode && form.code !== this.#code) return refused('invalid_grant', 'KOE320')
    if (!isCode && form.refresh_token !== this.refreshToken) return refused('invalid_grant', 'KOE322')
    this.#access = `access-${++this.#tokens}`
    const given = { token_type: 'bearer', access_token: this.#access, expires_in: 21_599 }
    if (!isCode && this.left >= MONTH) return { status: 200, body: given }
    this.left = 2 * MONTH
    this.refreshToken = `refresh-${this.#tokens}`
    return {
      status: 200,
      body: { ...given, refresh_token: this.refreshToken, refresh_token_expires_in: 5_183_999 },
    }
  }

  #send(
    path: string,
    form: Record<string, string>,
    json: (status: number, body: object) => unknown,
  ): unknown {
    const template = JSON.parse(form.template_object as string) as SentMessage['template'] & {
      link?: unknown
    }
    const isText = template.object_type === 'text'
    const isList = template.object_type === 'list' && [2, 3].includes(template.contents?.length ?? 0)
    const characters = [...(isText ? (template.text ?? '') : (template.header_title ?? ''))].length
    if (
      (!isText && !isList) ||
      characters === 0 ||
      characters > 200 ||
      (isText && template.link === undefined)
    )
      return json(400, { msg: 'template_object is not valid', code: -2 })
    if (path === '/v2/api/talk/memo/default/send') {
      this.messages.push({ to: ['me'], template })
      return json(200, { result_code: 0 })
    }
    if (path !== '/v1/api/talk/friends/message/default/send')
      return json(404, { msg: 'no such API', code: -3 })
    const to = JSON.parse(form.receiver_uuids as string) as string[]
    if (to.length > 5) return json(400, { msg: 'at most 5 receivers', code: -2 })
    const willing = to.filter(uuid => !this.unwilling.has(uuid))
    if (willing.length > 0) this.messages.push({ to: willing, template })
    const failure_info = to
      .filter(uuid => this.unwilling.has(uuid))
      .map(uuid => ({ code: this.unwilling.get(uuid), msg: 'refused', receiver_uuids: [uuid] }))
    return json(200, {
      successful_receiver_uuids: willing,
      ...(failure_info.length > 0 ? { failure_info } : {}),
    })
  }
}
