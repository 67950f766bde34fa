import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { TOKEN_REQUIRED } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import http from './index.ts'
import { listening, post, posting } from './testing-http.ts'

const TOKEN = { Authorization: 'Bearer s3cret' }

test('a gzip body is decompressed', async () => {
  const { url, emitter } = await listening()
  const lines = Array.from({ length: 10_000 }, (_, i) => `{"id":${i}}`)
  const { body } = await post(url, gzipSync(lines.join('\n')), undefined, { 'Content-Encoding': 'gzip' })
  expect(body.accepted).toBe(10_000)
  expect(emitter.texts).toEqual(lines)
})

test('a body that decompresses to more than max_body is rejected with 413', async () => {
  const { url, emitter } = await listening({ max_body: '1MiB' })
  const bomb = gzipSync('a line of text\n'.repeat(5_000_000))
  expect(bomb.length).toBeLessThan(2 ** 20)
  const { status, body } = await post(url, bomb, undefined, { 'Content-Encoding': 'gzip' })
  expect(status).toBe(413)
  expect(body.error).toBe('body_too_large')
  expect(body.next).toBe(body.accepted)
  expect(emitter.texts.length).toBe(body.accepted)
  expect(emitter.texts.length * 15).toBeLessThanOrEqual(2 ** 20)
})

test('a decompression bomb without a line end is rejected, too', async () => {
  const { url, emitter } = await listening({ max_body: '1MiB' })
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  expect((await post(url, bomb, undefined, { 'Content-Encoding': 'gzip' })).status).toBe(413)
  expect(emitter.texts).toEqual([])
})

test('the compressed size of a gzip body is limited', async () => {
  const { url } = await listening({ max_body: '10kB' })
  const { sent, answered } = posting(url, { 'Content-Encoding': 'gzip' })
  const nothing = gzipSync('')
  for (let i = 0; i < 1000; i++) sent.write(nothing)
  sent.end()
  expect((await answered).status).toBe(413)
})

test.each([
  ['is none', Buffer.from('{"a":1}\n')],
  ['is cut off', gzipSync('x'.repeat(1000)).subarray(0, 20)],
])('gzip that %s is rejected with 400', async (_, body) => {
  const { url, emitter } = await listening()
  const { status, body: answer } = await post(url, body, undefined, { 'Content-Encoding': 'gzip' })
  expect(status).toBe(400)
  expect(answer.error).toBe('gzip')
  expect(emitter.drops).toMatchObject([{ reason: 'invalid', records: 1 }])
})

test('rejects a body with a too large Content-Length before reading it', async () => {
  const { url, emitter } = await listening({ max_body: '1kB' })
  const { status, body } = await post(url, 'a line\n'.repeat(1000))
  expect(status).toBe(413)
  expect(body).toMatchObject({ error: 'body_too_large', accepted: 0, next: 0 })
  expect(emitter.texts).toEqual([])
})

test('a body that exceeds the limit keeps its accepted records, and says where to continue', async () => {
  const { url, emitter } = await listening({ max_body: '1kB' })
  const { sent, answered } = posting(url)
  sent.write('a\nb\n')
  await emitter.until(({ texts }) => texts.length === 2)
  sent.write('x'.repeat(2000))
  expect(await answered).toMatchObject({ status: 413, body: { accepted: 2, next: 2 } })
  sent.destroy()
})

test.each(['image/png', 'multipart/form-data; boundary=x', 'application/zip'])(
  '%s is refused with 415',
  async type => {
    const { url } = await listening()
    const { status, body } = await post(url, 'x', type)
    expect(status).toBe(415)
    expect(body.message).toContain('expected application/json')
  },
)

test('an encoding other than gzip is rejected with 415, with the supported one', async () => {
  const { url } = await listening()
  const { status, headers } = await post(url, 'x', undefined, { 'Content-Encoding': 'br' })
  expect(status).toBe(415)
  expect(headers.get('accept-encoding')).toBe('gzip')
})

test('with a token, every request needs it', async () => {
  const { url, emitter, logged } = await listening({ token: 's3cret' })
  const without = await post(url, 'a\n')
  expect(without.status).toBe(401)
  expect(without.headers.get('www-authenticate')).toBe('Bearer realm="mood-exporter"')
  const wrong = await post(url, 'a\n', undefined, { Authorization: 'Bearer guess' })
  expect(wrong.status).toBe(401)
  expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"')
  expect((await fetch(new URL('/elsewhere', url))).status).toBe(401)
  expect(emitter.texts).toEqual([])
  expect((await post(url, 'a\n', undefined, TOKEN)).body.accepted).toBe(1)
  const refused = logged.filter(({ level }) => level === 'warn')
  expect(refused).toHaveLength(3)
  expect(JSON.stringify(logged)).not.toMatch(/s3cret|guess/)
})

test('responds to a large body without a token, without reading it', async () => {
  const { url, emitter } = await listening({ token: 's3cret' })
  expect((await post(url, 'a line\n'.repeat(1_000_000))).status).toBe(401)
  expect(emitter.texts).toEqual([])
})

test.each(['0.0.0.0:0', ':0', '[::]:0', '192.0.2.1:0'])('listening on %s needs a token', async listen => {
  await expect(testSource(http, { listen })).rejects.toMatchObject({
    issues: [{ path: ['token'], message: TOKEN_REQUIRED }],
  })
})

test('with a token it may listen everywhere, and warns about unencrypted connections', async () => {
  const { url, logged } = await listening({ listen: ':0', token: 's3cret' })
  const { port } = new URL(url)
  expect((await post(`http://127.0.0.1:${port}/posts`, 'a\n', undefined, TOKEN)).body.accepted).toBe(1)
  expect(logged.map(({ message }) => message).join()).toContain('tokens cross the network in the clear')
})

test('a web page may not post', async () => {
  const { url } = await listening()
  const { status, headers } = await post(url, 'a\n', 'text/plain', { Origin: 'https://elsewhere.example' })
  expect(status).toBe(403)
  expect([...headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
})

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s on the path is 405 with Allow', async method => {
  const { url } = await listening()
  const response = await fetch(`${url}?a=1`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST')
})

test('another path gets 404 with the right path', async () => {
  const { url } = await listening({ path: '/in/posts' })
  const { status, body } = await post(new URL('/posts', url).href, 'a\n')
  expect(status).toBe(404)
  expect(body.message).toBe('posts are taken at /in/posts')
})

test('more requests than `rate` a second are refused with 429', async () => {
  const { url, emitter } = await listening({ rate: 3 })
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(url, 'a\n')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('retry-after')).toBe('1')
  expect(refused[0]?.body.error).toBe('rate')
  expect(emitter.texts.length).toBe(8 - refused.length)
})

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400],
  ['a path that does not decode', 'POST /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
  ['a method unheard of', 'BREW /posts HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a method seldom heard of', 'PURGE /posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ['a head without end', `POST /posts HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'a body of two lengths',
    'POST /posts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  [
    'a length that is none',
    'POST /posts HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n',
    400,
  ],
  [
    'a content type that is none',
    'POST /posts HTTP/1.1\r\nHost: x\r\nContent-Type: ;;\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
    415,
  ],
])('%s gets a response and does no harm', async (_, head, status) => {
  const { url, emitter } = await listening()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(head)
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect((await post(url, 'a\n')).body.accepted).toBe(1)
  expect(emitter.texts).toEqual(['a'])
})

/** A connection over which a request was answered, and which is kept. */
async function idleConnection(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  return socket
}

test('beyond max_connections, the connection that was idle for longest is closed', async () => {
  const { url, emitter } = await listening({ max_connections: 3 })
  const idle = [await idleConnection(url), await idleConnection(url), await idleConnection(url)]
  const closed = once(idle[0] as Socket, 'close')
  expect((await post(url, '{"a":1}')).status).toBe(200)
  await closed
  expect(idle.map(({ destroyed }) => destroyed)).toEqual([true, false, false])
  expect(emitter.refusedReasons).not.toContain('connections')
})

test('if all of max_connections have a request, a new one is closed and counted', async () => {
  const { url, emitter } = await listening({ max_connections: 2 })
  const busy = [posting(url), posting(url)]
  for (const { sent } of busy) sent.write('{"a":1}\n')
  await emitter.until(({ texts }) => texts.length === 2)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'close')
  await emitter.until(({ refusedReasons }) => refusedReasons.includes('connections'))
  for (const { sent } of busy) sent.end()
  for (const { answered } of busy) expect((await answered).status).toBe(200)
})
