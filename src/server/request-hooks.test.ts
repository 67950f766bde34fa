import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ask, keptLog, sendRaw } from './client-testing.ts'
import { LIMITS } from './limits.ts'
import { TokenBucket } from './request-hooks.ts'
import { startServer } from './server.ts'
import { someView } from './view-testing.ts'

test('a burst passes, then one request an interval', () => {
  const bucket = new TokenBucket(100, 3, 0)
  expect([0, 0, 0, 0].map(now => bucket.take(now))).toEqual([true, true, true, false])
  expect([50, 100, 150, 200].map(now => bucket.take(now))).toEqual([false, true, false, true])
})

test('tokens do not pile up beyond the burst', () => {
  const bucket = new TokenBucket(100, 2, 0)
  expect([1e6, 1e6, 1e6].map(now => bucket.take(now))).toEqual([true, true, false])
})

async function serve({ hosts = [] as string[] } = {}) {
  const log = keptLog()
  const view = someView()
  const server = await startServer(view, {
    listen: { host: '127.0.0.1', port: 0 },
    enableLifecycle: true,
    hosts,
    log,
  })
  onTestFinished(() => server.close())
  return { ...server, refusedStatuses: view.refusedStatuses, log }
}

test.each([
  ['what is not HTTP', 'garbage\r\n\r\n', 400],
  ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['an expectation', 'POST /-/reload HTTP/1.1\r\nHost: x\r\nExpect: more\r\nContent-Length: 1\r\n\r\na', 417],
  ['a tunnel', 'CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
])('%s is answered, counted once and not logged', async (_, bytes, status) => {
  const { address, refusedStatuses, log } = await serve()
  expect(await sendRaw(address, bytes, 30_000)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(refusedStatuses).toEqual([status])
  expect(log.lines).toEqual([])
})

test.each(['/-/reload', '/metrics', '/nothing'])(
  'a POST to %s that is cut off is counted once',
  async path => {
    const { address, refusedStatuses, log } = await serve()
    const socket = await open(address)
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\nabc`)
    await vi.waitFor(async () => expect((await ask(`${address}/-/healthy`)).status).toBe(200), 30_000)
    socket.resetAndDestroy()
    await vi.waitFor(() => expect(refusedStatuses).toHaveLength(1), 30_000)
    await ask(`${address}/-/healthy`)
    expect(refusedStatuses).toHaveLength(1)
    expect(log.lines).toEqual([])
  },
)

const RELOADS: [name: string, headers: Record<string, string>, status: number][] = [
  ['curl', {}, 200],
  ['curl by a name without a dot', { host: 'exporter:19747' }, 200],
  ['the own page', { host: 'localhost:1', origin: 'http://localhost:1' }, 200],
  ['a page of another site', { host: 'localhost:1', origin: 'http://evil.example' }, 403],
  ['a page in a sandbox', { origin: 'null' }, 403],
  ['a name that was made to point here', { host: 'evil.example', origin: 'http://evil.example' }, 403],
  ['a host that is none', { host: 'a b' }, 403],
]

test.each(RELOADS)('a reload by %s', async (_, headers, status) => {
  const { address } = await serve()
  expect((await ask(`${address}/-/reload`, { method: 'POST', headers })).status).toBe(status)
})

test('where hosts are named, others are refused whatever they ask for', async () => {
  const { address, refusedStatuses } = await serve({ hosts: ['mood.example'] })
  const get = async (host: string) => (await ask(`${address}/metrics`, { headers: { host } })).status
  expect(await get('mood.example:443')).toBe(200)
  expect(await get('evil.example')).toBe(421)
  expect(refusedStatuses).toEqual([421])
  const own = { host: 'MOOD.example', origin: 'https://mood.example' }
  expect((await ask(`${address}/-/reload`, { method: 'POST', headers: own })).status).toBe(200)
})

async function open(address: string): Promise<Socket> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

test('idle connections make way for a scrape, the longest idle first', async () => {
  const { address, refusedStatuses } = await serve()
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let i = 0; i < LIMITS.connections; i++) {
    const socket = await open(address)
    socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, 'data')
    sockets.push(socket)
  }
  const closed = once(sockets[0] as Socket, 'close')
  for (let i = 0; i < 3; i++) expect((await ask(`${address}/metrics`)).status).toBe(200)
  await closed
  expect(sockets.at(-1)?.destroyed).toBe(false)
  expect(refusedStatuses).toEqual([])
})
