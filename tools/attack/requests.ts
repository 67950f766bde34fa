import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { startExporter } from '../stack/exporter.ts'
import { type AttackClass, ensure } from './attack.ts'
import { answers, post, QUIET, raw, statuses } from './target.ts'

const CONFIG = { ...QUIET, sources: [{ use: 'http', listen: '127.0.0.1:0' }] }
const LIFECYCLE = { args: ['--web.enable-lifecycle'] }

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'STEAL', 'get', '\u0000']
const PATHS = [
  '/',
  '/metrics',
  '/-/reload',
  '/api/v1/status',
  '/..%2f..',
  '/%00',
  '/__proto__',
  '*',
  'http://x/',
  '/\u00e9',
]
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'http/1.1', '']
const HEADERS = [
  'Host: x',
  'Host: a\r\nHost: b',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Expect: more',
  'Connection: upgrade\r\nUpgrade: h2c',
  'Accept: application/openmetrics-text;q=1e9,;;=,',
  'Accept-Encoding: gzip;q=,*;',
  'Authorization: Basic ////',
  'Range: bytes=0-0',
  'X: \u0000',
  ' folded: yes',
  `X: ${'x'.repeat(20_000)}`,
]

const requests: AttackClass = {
  title: 'hostile requests, of the server and of the source http',
  async run({ random, short, attempt }) {
    await using exporter = await startExporter(CONFIG, LIFECYCLE)
    const { url: source } = await exporter.logged(
      ({ url }) => typeof url === 'string' && url.endsWith('/posts'),
    )
    const rounds = short ? 8 : 80
    for (let round = 0; round < rounds; round++) {
      const hostile = Array.from({ length: 40 }, () => {
        if (random.chance(0.1)) return random.bytes(random.integer(1, 2000))
        const headers = Array.from({ length: random.integer(0, 4) }, () => random.pick(HEADERS))
        const line = `${random.pick(METHODS)} ${random.pick(PATHS)} ${random.pick(VERSIONS)}`
        const request = [line, ...headers, '', random.chance(0.5) ? 'abc' : ''].join('\r\n')
        return request.slice(0, random.chance(0.3) ? random.integer(1, request.length) : undefined)
      })
      const act = async () => {
        const sent = hostile.map((bytes, i) => raw(i % 2 === 0 ? exporter.url : (source as string), bytes))
        for (const [i, got] of (await Promise.all(sent)).entries())
          ensure(
            statuses(got).every(status => status < 500),
            `${JSON.stringify(String(hostile[i]).slice(0, 99))} answered ${got.slice(0, 99)}`,
          )
        await answers(exporter)
      }
      await attempt(`round ${round}`, act, hostile.length)
    }
    await attempt('nothing of it is an error in the log', async () =>
      ensure(!exporter.log.some(line => line.includes('"level":"error"')), exporter.log.at(-1) ?? ''),
    )
  },
}

const smuggling: AttackClass = {
  title: 'request smuggling',
  async run({ attempt }) {
    await using exporter = await startExporter(CONFIG, LIFECYCLE)
    const hidden = 'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'
    const heads = [
      `Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked`,
      `Transfer-Encoding: chunked\r\nContent-Length: ${hidden.length}`,
      'Content-Length: 0\r\nContent-Length: 5',
      'Content-Length: 0, 5',
      'Content-Length: +0',
      'Content-Length: 0x0',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding : chunked',
      'Transfer-Encoding: chunked, identity',
      'X: a\nTransfer-Encoding: chunked',
    ]
    for (const head of heads)
      await attempt(head, async () => {
        const got = await raw(
          exporter.url,
          `POST /nothing HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n0\r\n\r\n${hidden}`,
        )
        ensure(!statuses(got).includes(200), `the hidden request was answered: ${got.slice(0, 200)}`)
        await answers(exporter)
      })
  },
}

const pages: AttackClass = {
  title: 'pages of other sites',
  async run({ attempt }) {
    await using exporter = await startExporter(CONFIG, LIFECYCLE)
    const { host } = new URL(exporter.url)
    const headers = [
      `Host: ${host}\r\nOrigin: http://evil.example`,
      `Host: ${host}\r\nOrigin: null`,
      `Host: ${host}\r\nSec-Fetch-Site: cross-site`,
      'Host: evil.example',
      'Host: evil.example\r\nOrigin: http://evil.example',
    ]
    for (const head of headers)
      await attempt(head, async () => {
        const got = await raw(
          exporter.url,
          `POST /-/reload HTTP/1.1\r\n${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
          10_000,
        )
        ensure(statuses(got)[0] === 403, `it answered ${got.slice(0, 99)}`)
      })
  },
}

async function openConnections(url: string, count: number): Promise<Socket[]> {
  const { port } = new URL(url)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      return socket
    }),
  )
}

const connections: AttackClass = {
  title: 'connections that are held open, cut off or never read',
  async run({ short, attempt }) {
    await using exporter = await startExporter(CONFIG)
    const kinds = {
      silent: '',
      'kept alive': 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n',
      'in the middle of a body': 'POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na',
    }
    for (const [kind, bytes] of Object.entries(kinds)) {
      const count = short ? 200 : 256
      const act = async () => {
        const sockets = await openConnections(exporter.url, kind === 'in the middle of a body' ? 200 : count)
        for (const socket of sockets) socket.write(bytes)
        for (let i = 0; i < 5; i++) await answers(exporter)
        for (const socket of sockets) socket.resetAndDestroy()
        await answers(exporter)
      }
      await attempt(kind, act, count)
    }
    const unread = async () => {
      const sockets = await openConnections(exporter.url, 100)
      for (const socket of sockets) {
        socket.pause()
        socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500))
      }
      for (let i = 0; i < 5; i++) await answers(exporter)
      for (const socket of sockets) socket.resetAndDestroy()
    }
    await attempt('hundreds of requests each, and no answer is read', unread, 100)
    const { url } = await exporter.logged(({ url }) => typeof url === 'string' && url.endsWith('/posts'))
    // As many as are allowed, and some more.
    const count = 1050
    const act = async () => {
      const sockets = await openConnections(url as string, count)
      for (const [i, socket] of sockets.entries())
        socket.write(i % 2 === 0 ? '' : 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n')
      const { accepted } = (await exporter.push([post('a good day', 'x')])) as { accepted: number }
      ensure(accepted === 1, 'a post was kept out')
      for (const socket of sockets) socket.resetAndDestroy()
      await answers(exporter)
    }
    await attempt('idle ones of the source http', act, count)
  },
}

const scripts: AttackClass = {
  title: 'markup in what posts, topics and errors say (XSS)',
  async run({ attempt }) {
    const markup = '<img src=x onerror=alert(1)>'
    const tags = [
      '<script>alert(1)</script>',
      '"><svg/onload=alert(1)>',
      "'-alert(1)-'",
      '</title><script>',
      markup,
    ]
    const config = {
      ...QUIET,
      extractors: [{ use: 'words' }, { use: 'hashtags' }],
      topics: { 'a day': ['day'] },
      windows: [{ size: '1s', lateness: '0s' }],
    }
    await using exporter = await startExporter({ ...config, sources: CONFIG.sources })
    await exporter.push(tags.map((tag, i) => post(`a day #${tag} ${tag}`, `${tag}${i}`)))
    await exporter.push(['{"text": "<script>', `{"text": 1, "x": "${markup}"}`])
    for (const path of [
      '/',
      '/?refresh=<script>',
      '/<script>alert(1)</script>',
      '/api/v1/status',
      '/metrics',
    ])
      await attempt(path, async () => {
        const response = await fetch(exporter.url + path)
        const text = await response.text()
        const type = response.headers.get('content-type') ?? ''
        ensure(
          !type.includes('html') || !/<script|<img|<svg\/|onerror=alert\(1\)>/.test(text),
          `it shows ${text.slice(0, 200)}`,
        )
        ensure(response.headers.get('x-content-type-options') === 'nosniff', 'the browser may guess its type')
        ensure(
          response.headers.get('content-security-policy')?.includes("default-src 'none'") ?? false,
          'no policy',
        )
      })
  },
}

const bombs: AttackClass = {
  title: 'bombs: gzip over HTTP, YAML aliases, deep JSON, long lines',
  async run({ short, attempt }) {
    await using exporter = await startExporter(CONFIG, LIFECYCLE)
    const { url } = await exporter.logged(({ url }) => typeof url === 'string' && url.endsWith('/posts'))
    const send = (body: Buffer | string, headers: Record<string, string> = {}) =>
      fetch(url as string, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-ndjson', ...headers },
      })
    const size = short ? 50_000_000 : 400_000_000
    await attempt('gzip', async () => {
      const { status } = await send(gzipSync(Buffer.alloc(size)), { 'content-encoding': 'gzip' })
      ensure(status === 413, `it answered ${status}`)
      await answers(exporter)
    })
    await attempt('deep JSON', async () => {
      const { status } = await send(`${'['.repeat(30_000)}\n`)
      ensure(status < 500, `it answered ${status}`)
      await answers(exporter)
    })
    await attempt('a line without an end', async () => {
      const { status } = await send('x'.repeat(9_000_000))
      ensure(status < 500, `it answered ${status}`)
      await answers(exporter)
    })
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
    const { writeFile } = await import('node:fs/promises')
    await attempt('YAML aliases', async () => {
      await writeFile(`${exporter.folder}/mood.yml`, `a0: &a0 [x]\n${levels.join('\n')}\nsources: *a9\n`)
      const response = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
      ensure(response.status === 500, `it answered ${response.status}`)
      await answers(exporter)
    })
  },
}

export const REQUESTS: readonly AttackClass[] = [requests, smuggling, pages, connections, scripts, bombs]
