import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ask, keptLog, sendRaw } from './client-testing.ts'
import { LIMITS } from './limits.ts'
import { startServer } from './server.ts'
import { someStatus, someView } from './view-testing.ts'

const SECRET = 'the-secret-that-no-request-may-read'

async function serve() {
  const log = keptLog()
  const view = someView({
    status: () => someStatus({ config: { ...someStatus().config, shown: 'token: "********"' } }),
  })
  const server = await startServer(view, {
    listen: { host: '127.0.0.1', port: 0 },
    enableLifecycle: false,
    log,
  })
  onTestFinished(() => server.close())
  return { ...server, refusedStatuses: view.refusedStatuses, log }
}

const NOISE = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 167 + (n >> 3) * 31) & 0xff))

const HOSTILE: [name: string, bytes: string | Buffer][] = [
  ['noise', NOISE],
  ['nothing but line ends', '\r\n'.repeat(5000)],
  ['an unknown method', 'STEAL /metrics HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['no host', 'GET /metrics HTTP/1.1\r\n\r\n'],
  ['HTTP/0.9', 'GET /metrics\r\n\r\n'],
  ['HTTP/9.9', 'GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n'],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a null byte in the path', 'GET /metrics\0.txt HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a null byte in a header', 'GET /metrics HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
  ['an encoded null byte', 'GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['a path traversal', 'GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['an encoded traversal', 'GET /..%2f..%2f%65tc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  [
    'a URL of another host',
    'GET http://169.254.169.254/latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['a path like a route pattern', 'GET /:a(^.*$)/*(( HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['__proto__', 'GET /__proto__?__proto__[x]=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['a broken escape', 'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['huge headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['very many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'a:b\r\n'.repeat(20_000)}\r\n`],
  ['a huge URL', `GET /${'a/'.repeat(50_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  [
    'a bad Accept',
    `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: ${'openmetrics;q=1e9,;;=,"'.repeat(400)}\r\n\r\n`,
  ],
  [
    'a bad Accept-Encoding',
    `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: ${'gzip;q=,*;'.repeat(1000)}\r\n\r\n`,
  ],
  ['a negative length', 'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'],
  [
    'two lengths',
    'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  ],
  [
    'smuggling',
    'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x',
  ],
  [
    'a chunk that is too large',
    'POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n',
  ],
  [
    'chunk extensions',
    `POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\nx`,
  ],
  ['a strange expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nConnection: close\r\n\r\n'],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['a tunnel', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'a body of JSON that is none',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"__prot_',
  ],
  [
    'a strange content type',
    'PUT /-/reload HTTP/1.1\r\nHost: x\r\nContent-Type: ;;\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
  ],
  ['pipelined junk', `${'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50)}\0\0\0 junk \r\n\r\n`],
]

test('no request can crash it, read a secret, or be answered with anything but what is served', async () => {
  process.env.MOOD_TEST_SECRET = SECRET
  onTestFinished(() => {
    delete process.env.MOOD_TEST_SECRET
  })
  const { address, refusedStatuses, log } = await serve()
  const answers = await Promise.all(
    HOSTILE.map(async ([name, bytes]) => [name, await sendRaw(address, bytes, 5000)] as const),
  )
  for (const [name, answer] of answers) {
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
    expect(
      statuses.filter(status => status >= 500),
      name,
    ).toEqual([])
    expect(answer, name).not.toMatch(/root:|at .*\.(?:ts|js):\d+|node_modules/)
    expect(answer, name).not.toContain(SECRET)
  }
  expect(log.lines).toEqual([])
  expect(refusedStatuses.filter(status => status < 400 || status > 431)).toEqual([])
  expect(refusedStatuses.length).toBeGreaterThan(15)
  expect((await ask(`${address}/-/healthy`)).status).toBe(200)
  expect((await ask(`${address}/metrics`)).text).toBe('mood_workers 2\n')
})

test('each of many pipelined requests is answered in its order', async () => {
  const { address } = await serve()
  const answer = await sendRaw(
    address,
    'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    5_000,
  )
  expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200'])
})

test('a connection with more requests than answers is closed, and scrapes are answered meanwhile', async () => {
  const { address, refusedStatuses } = await serve()
  const { port } = new URL(address)
  const sockets = Array.from({ length: 50 }, () => connect(Number(port), '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(
    sockets.map(async socket => {
      socket.on('error', () => {})
      const closed = once(socket, 'close')
      socket.pause()
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000))
      socket.resume()
      await closed
    }),
  )
  expect(refusedStatuses).toEqual(sockets.map(() => 429))
  expect((await ask(`${address}/metrics`)).status).toBe(200)
})

test('a client that goes away in the middle of anything is no error', async () => {
  const { address, log } = await serve()
  const { hostname, port } = new URL(address)
  for (const bytes of [
    'GET /metr',
    'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    await new Promise<void>(resolve => socket.write(bytes, () => resolve()))
    socket.resetAndDestroy()
  }
  expect((await ask(`${address}/-/healthy`)).status).toBe(200)
  expect(log.lines).toEqual([])
})

test('excess connections are rejected and counted if all others are busy', async () => {
  const { address, refusedStatuses } = await serve()
  const { port } = new URL(address)
  // Busy with the body of their request, which does not come.
  const sockets = Array.from({ length: LIMITS.connections }, () => connect(Number(port), '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  const request = 'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n'
  await Promise.all(
    sockets.map(async socket => {
      socket.write(request)
      // The answer to the expectation says that the request was seen.
      await once(socket, 'data')
    }),
  )
  expect(await sendRaw(address, 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  expect(refusedStatuses).toEqual([503])
  expect(sockets.every(socket => !socket.destroyed)).toBe(true)
})
