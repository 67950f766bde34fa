import { execFileSync, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testOutput, windowEvent } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import webhook from './index.ts'
import { keyOf, signatureOf } from './signature.ts'
import { type Reply, receiver, status } from './testing-receiver.ts'

const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('a test of HTTPS is skipped: install openssl')

/** A certificate that signs itself, and its key. */
function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'mood-webhook-'))
  try {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', 'key', '-out', 'cert'], {
      cwd: folder,
      stdio: 'ignore',
    })
    return { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Writes one window to a receiver that replies so. */
async function sent(reply: Reply, options: Record<string, unknown> = {}) {
  const { url, received } = await receiver(reply)
  const { write } = await testOutput(webhook, { url, ...options })
  const event = windowEvent()
  return { event, received, outcome: await write([event]) }
}

test('posts all events of a write as JSON in one request', async () => {
  const { url, received } = await receiver()
  const { write } = await testOutput(webhook, { url })
  const events = [windowEvent(), windowEvent({ rows: [] })]
  const { delivered } = await write(events)
  expect(delivered).toEqual(events.map(({ key }) => key))
  expect(received).toHaveLength(1)
  expect(received[0]).toMatchObject({
    method: 'POST',
    path: '/hook',
    headers: { 'content-type': 'application/json', 'user-agent': 'mood-exporter' },
  })
  expect(JSON.parse(received[0]?.body as string)).toEqual({ version: 1, events })
})

test('sends a token and configured headers, which cannot replace its own headers', async () => {
  const headers = { 'X-Team': 'a', 'Content-Type': 'text/plain', 'Webhook-Id': 'mine', 'User-Agent': 'us' }
  const { received, event } = await sent((_, response) => response.end(), { token: 'abc', headers })
  expect(received[0]?.headers).toMatchObject({
    authorization: 'Bearer abc',
    'x-team': 'a',
    'user-agent': 'us',
    'content-type': 'application/json',
    'webhook-id': event.key,
  })
})

test.for([
  [SECRET, Buffer.from(SECRET.slice(6), 'base64')],
  ['a secret of my own 한국', Buffer.from('a secret of my own 한국')],
] as const)('signs the id, the time and the body with the secret %s', async ([secret, key]) => {
  const before = Math.floor(Date.now() / 1000)
  const { received } = await sent((_, response) => response.end(), { secret })
  const [{ headers, body }] = received as [(typeof received)[number]]
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  expect(signature).toBe(`v1,${expected}`)
  expect(Number(timestamp)).toBeGreaterThanOrEqual(before)
})

test('the signature is that of the Standard Webhooks test vector', () => {
  // The one that the specification's own libraries are tested with.
  const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const body = '{"test": 2432232314}'
  expect(signatureOf(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

test('repeated events have the same id, other events another', async () => {
  const { url, received } = await receiver(status(503))
  const { write } = await testOutput(webhook, { url })
  const [a, b] = [windowEvent(), windowEvent()]
  for (const events of [[a], [a], [a, b], [a, b], [b]]) await write(events)
  const ids = received.map(({ headers }) => headers['webhook-id'])
  expect([ids[0], ids[1], ids[4]]).toEqual([a.key, a.key, b.key])
  expect(ids[2]).toMatch(/^batch\/[0-9a-f]{32}$/)
  expect(ids[3]).toBe(ids[2])
  expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(ids)
})

test('hashes a key that is invalid in a header or ambiguous in a signature', async () => {
  const { url, received } = await receiver()
  const { write } = await testOutput(webhook, { url, secret: SECRET })
  for (const key of ['alert/갤럭시', 'a.b', 'x'.repeat(300), 'a\nb'])
    expect((await write([windowEvent({ key })])).delivered).toEqual([key])
  for (const { headers } of received) expect(headers['webhook-id']).toMatch(/^batch\/[0-9a-f]{32}$/)
})

test.for([200, 201, 204, 299])('a status %i delivers', async code => {
  const { outcome, event } = await sent(status(code))
  expect(outcome).toMatchObject({ delivered: [event.key], error: undefined })
})

test.for([408, 425, 429, 500, 502, 503, 504, 599])('retries the event after status %i', async code => {
  const { outcome, event } = await sent(status(code, {}, 'out of\n order'))
  expect(outcome).toMatchObject({
    retried: [event.key],
    retryAfter: 0,
    error: { message: `it answered ${code}: out of order` },
  })
})

test.for([400, 401, 403, 404, 410, 413, 422])('status %i rejects the event permanently', async code => {
  const { outcome, event } = await sent(status(code))
  expect(outcome).toMatchObject({ rejected: [event.key], error: { message: `it answered ${code}` } })
})

test('Retry-After is honoured, as seconds and as a date', async () => {
  expect((await sent(status(429, { 'retry-after': '7' }))).outcome.retryAfter).toBe(7000)
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  const { retryAfter } = (await sent(status(503, { 'retry-after': date }))).outcome
  expect(retryAfter).toBeGreaterThan(3_500_000)
})

test('a redirection is not followed, and its path not shown', async () => {
  const elsewhere = await receiver()
  const reply = status(307, { location: `${elsewhere.url}?secret=1` })
  const { outcome, event } = await sent(reply, { token: 'abc' })
  expect(elsewhere.received).toEqual([])
  expect(outcome).toMatchObject({
    retried: [event.key],
    error: {
      message: `it answered 307, a redirection to ${new URL(elsewhere.url).origin}, which is not followed`,
    },
  })
})

test('a broken or failed connection is a failed delivery, and the error does not show the URL', async () => {
  const broken = await sent((_, response) => response.destroy())
  expect(broken.outcome.retried).toEqual([broken.event.key])
  const { url, close } = await receiver()
  await close()
  const { write } = await testOutput(webhook, { url: `${url}/the-secret` })
  const { retried, error } = await write([windowEvent()])
  expect(retried).toHaveLength(1)
  expect((error as Error).message).toMatch(/^the receiver cannot be reached: .*ECONNREFUSED/)
  expect((error as Error).message).not.toContain('the-secret')
})

test('stops waiting for a response when the signal is aborted', async () => {
  const asked = Promise.withResolvers<void>()
  const { url } = await receiver(() => asked.resolve())
  const { write } = await testOutput(webhook, { url })
  const controller = new AbortController()
  const writing = write([windowEvent()], controller.signal)
  await asked.promise
  controller.abort(new Error('it took too long'))
  expect(await writing).toMatchObject({ delivered: [], error: { message: 'it took too long' } })
})

test('reads a response no further than necessary, and uses its status even if the body breaks off', async () => {
  const endless: Reply = (_, response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more)
    }
    more()
  }
  const breaks: Reply = (_, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('x', () => response.destroy())
  }
  for (const reply of [endless, breaks]) {
    const { outcome, event } = await sent(reply)
    expect(outcome).toMatchObject({ delivered: [event.key], error: undefined })
  }
})

test.skipIf(!hasOpenssl)('sends nothing to a receiver with an untrusted certificate', async () => {
  const requests: unknown[] = []
  const server = createServer(selfSigned(), request => requests.push(request))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { write } = await testOutput(webhook, { url: `https://127.0.0.1:${port}/`, token: 'abc' })
  const { retried, error } = await write([windowEvent()])
  expect(retried).toHaveLength(1)
  expect((error as Error).message).toMatch(/^the receiver cannot be reached: .*self-signed certificate/)
  expect(requests).toEqual([])
})

test.for([
  [{ url: 'example.com/hook' }, 'expected a URL such as "https://example.com/hook"'],
  [{ url: 'ftp://example.com/' }, 'expected a URL such as "https://example.com/hook"'],
  [{ url: 'https://me:pw@example.com/' }, 'expected no credentials in the URL: use `token` or `headers`'],
  [{ url: 'https://a/', secret: 'short' }, 'expected at least 16 bytes, or `whsec_` and as many in Base64'],
  [
    { url: 'https://a/', secret: 'whsec_abcd' },
    'expected at least 16 bytes, or `whsec_` and as many in Base64',
  ],
  [{ url: 'https://a/', headers: { 'a b': 'c' } }, 'expected the name of a header'],
  [{ url: 'https://a/', token: 'a\nb' }, 'expected printable ASCII characters'],
] as const)('rejects %j', ([options, message]) => {
  const { error } = webhook.options.safeParse(options)
  expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
})

test('warns about a token that would be sent unencrypted', async () => {
  const warnings = async (options: { url: string; token?: string }) =>
    (await testOutput(webhook, options)).logged.map(({ message }) => message)
  const warning = 'the token crosses the network in the clear: use https, where the receiver has it'
  expect(await warnings({ url: 'http://example.com/', token: 'x' })).toEqual([warning])
  for (const url of ['https://example.com/', 'http://127.0.0.1:1/', 'http://[::1]:1/', 'http://localhost/'])
    expect(await warnings({ url, token: 'x' })).toEqual([])
  expect(await warnings({ url: 'http://example.com/' })).toEqual([])
})
