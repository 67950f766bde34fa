import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DeliveryError } from './delivery.ts'
import { httpDeliveryError, httpPost } from './http-post.ts'

const never = new AbortController().signal

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise(resolve => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const post = (url: string, headers: Record<string, string> = {}, signal = never) =>
  httpPost({ url, headers, body: 'hello' }, signal)

test('any answer is returned, with its beginning in one line and as JSON', async () => {
  const url = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.writeHead(418, { 'x-body': body, 'x-user-agent': String(request.headers['user-agent']) })
    response.end(`{ "code": 7,\n  "text": "${'x'.repeat(300)}" }`)
  })
  const answer = await post(url)
  expect(answer).toMatchObject({ status: 418, ok: false, json: { code: 7, text: 'x'.repeat(300) } })
  expect(answer.headers.get('x-body')).toBe('hello')
  expect(answer.headers.get('x-user-agent')).toBe('mood-exporter')
  expect(answer.detail).toMatch(/^\{ "code": 7, "text": "x+$/)
})

test('a body that is no JSON object is an empty one', async () => {
  for (const body of ['', 'ok', '[1]', 'null', `"${'x'.repeat(100_000)}"`]) {
    const url = await serve((_, response) => void response.end(body))
    expect(await post(url)).toMatchObject({ ok: true, json: {} })
  }
})

test('an answer that is cut off counts by its status', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('some', () => response.destroy())
  })
  expect(await post(url)).toMatchObject({ ok: true, detail: 'some' })
})

test('messages contain neither the path of the URL nor a header', async () => {
  const failed = (url: string, headers?: Record<string, string>) =>
    post(url, headers).then(
      () => 'delivered',
      error => {
        expect(error).toBeInstanceOf(DeliveryError)
        return error.message
      },
    )
  expect(await failed('http://127.0.0.1:1/PASSWORD')).toMatch(/^the receiver cannot be reached: /)
  const invalid = 'the URL or a header of the request is invalid'
  expect(await failed('http://PASSWORD:PASSWORD@127.0.0.1/')).toBe(invalid)
  expect(await failed('http://127.0.0.1/', { authorization: 'PASSWORD\n' })).not.toContain('PASSWORD')
  expect(await failed('http://127.0.0.1/', { authorization: 'PASS\nWORD' })).toBe(invalid)
  expect(await failed('PASSWORD')).not.toContain('PASSWORD')
})

test('an aborted post rejects with the reason of its signal', async () => {
  const url = await serve(() => {})
  const controller = new AbortController()
  const posted = post(url, {}, controller.signal)
  controller.abort(new Error('too slow'))
  await expect(posted).rejects.toThrow('too slow')
})

const answer = (status: number, headers = {}, detail = '') => ({
  status,
  headers: new Headers(headers),
  detail,
})

test('a rejected request is given up, and any other retried', () => {
  for (const [status, permanent] of [
    [400, true],
    [401, true],
    [404, true],
    [413, true],
    [408, false],
    [425, false],
    [429, false],
    [301, false],
    [500, false],
    [503, false],
  ] as const)
    expect(httpDeliveryError(answer(status)), `${status}`).toMatchObject({ permanent, retryAfter: 0 })
})

test('with a wrong address or credentials, events are kept and retried after ten minutes or more', () => {
  const error = (status: number, headers = {}) =>
    httpDeliveryError(answer(status, headers), { keepMisconfigured: true })
  for (const status of [400, 413]) expect(error(status)).toMatchObject({ permanent: true, retryAfter: 0 })
  for (const status of [401, 403, 404, 410])
    expect(error(status)).toMatchObject({ permanent: false, retryAfter: 600_000 })
  expect(error(404, { 'retry-after': '900' })).toMatchObject({ retryAfter: 900_000 })
  for (const status of [429, 500]) expect(error(status)).toMatchObject({ permanent: false, retryAfter: 0 })
})

test('the longer of two requested waits counts', () => {
  const error = (seconds: string, retryAfter: number) =>
    httpDeliveryError(answer(429, { 'retry-after': seconds }), { retryAfter }).retryAfter
  expect(error('2', 1000)).toBe(2000)
  expect(error('2', 3000)).toBe(3000)
})

test('messages name the status, and the beginning of the answer or where a redirection leads', () => {
  expect(httpDeliveryError(answer(500)).message).toBe('it answered 500')
  expect(httpDeliveryError(answer(500, {}, 'out of order')).message).toBe('it answered 500: out of order')
  const redirection = (location: string) => httpDeliveryError(answer(307, { location })).message
  expect(redirection('https://b.example/PASSWORD')).toBe(
    'it answered 307, a redirection to https://b.example, which is not followed',
  )
  expect(redirection('/PASSWORD')).toBe(
    'it answered 307, a redirection to another path, which is not followed',
  )
})
