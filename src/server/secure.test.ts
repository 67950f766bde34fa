import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { hashSync } from 'bcrypt'
import { expect, onTestFinished, test } from 'vitest'
import { HAS_OPENSSL, selfSigned, signedBy, temporaryFolder } from './certificates-testing.ts'
import { ask, basic, keptLog } from './client-testing.ts'
import { startServer } from './server.ts'
import { someView } from './view-testing.ts'

const hash = (password: string) => hashSync(password, 4).replace('$2b$', '$2y$')

async function serve(webConfig: string, prepare: (folder: string) => void = () => {}) {
  const folder = temporaryFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  prepare(folder.path)
  const webConfigFile = join(folder.path, 'web.yml')
  /** Replaces the file as operators' tools do: written aside, then renamed. */
  const rewrite = (text: string) => {
    writeFileSync(`${webConfigFile}.new`, text)
    renameSync(`${webConfigFile}.new`, webConfigFile)
  }
  rewrite(webConfig)
  const log = keptLog()
  const view = someView()
  const server = await startServer(view, {
    listen: { host: '127.0.0.1', port: 0 },
    webConfigFile,
    enableLifecycle: true,
    log,
  })
  onTestFinished(() => server.close())
  const pem = (name: string) => readFileSync(join(folder.path, name))
  return {
    address: server.address,
    refusedStatuses: view.refusedStatuses,
    log,
    rewrite,
    folder: folder.path,
    pem,
  }
}

const SERVER = 'cert_file: server.crt, key_file: server.key'

const PATHS = ['/', '/metrics', '/-/healthy', '/-/ready', '/api/v1/status', '/nothing', '/..%2fetc']

test('with users, every path asks for a password', async () => {
  const { address, refusedStatuses } = await serve(`basic_auth_users: { prometheus: "${hash('sesame')}" }`)
  for (const path of PATHS) {
    const refused = await ask(address + path)
    expect([path, refused.status, refused.text]).toEqual([path, 401, 'Unauthorized\n'])
    expect(refused.headers['www-authenticate']).toBe('Basic realm="mood-exporter", charset="UTF-8"')
  }
  expect((await ask(`${address}/-/reload`, { method: 'POST' })).status).toBe(401)
  expect(refusedStatuses).toEqual([...PATHS, 'reload'].map(() => 401))
  const wrong = { headers: { authorization: basic('prometheus', 'wrong') } }
  expect((await ask(`${address}/metrics`, wrong)).status).toBe(401)
  const right = { headers: { authorization: basic('prometheus', 'sesame') } }
  expect((await ask(`${address}/metrics`, right)).status).toBe(200)
  expect((await ask(`${address}/nothing`, right)).status).toBe(404)
})

test.each([
  ['', 'is empty'],
  ['http_server_config: { http2: false }', 'says nothing of users'],
  ['basic_auth_users:', 'ends in the middle'],
])('a file with users that is overwritten by %j, and so %s, admits no one', async text => {
  const { address, rewrite } = await serve(`basic_auth_users: { a: "${hash('1')}" }`)
  rewrite(text)
  expect((await ask(`${address}/metrics`)).status).toBe(401)
  expect((await ask(`${address}/metrics`, { headers: { authorization: basic('a', '1') } })).status).toBe(200)
  rewrite('basic_auth_users: {}')
  expect((await ask(`${address}/metrics`)).status).toBe(200)
})

test('the next request knows users and headers that have changed in the file; a broken file changes nothing', async () => {
  const { address, rewrite, log } = await serve(`basic_auth_users: { a: "${hash('1')}" }`)
  const as = async (user: string, password: string) =>
    (await ask(`${address}/metrics`, { headers: { authorization: basic(user, password) } })).status
  expect([await as('a', '1'), await as('b', '2')]).toEqual([200, 401])
  rewrite(
    `basic_auth_users: { b: "${hash('2')}" }\nhttp_server_config: { headers: { X-Frame-Options: sameorigin, Content-Security-Policy: "" } }`,
  )
  expect([await as('a', '1'), await as('b', '2')]).toEqual([401, 200])
  const { headers } = await ask(`${address}/`, { headers: { authorization: basic('b', '2') } })
  expect(headers['x-frame-options']).toBe('sameorigin')
  expect(headers['content-security-policy']).toBeUndefined()
  rewrite('basic_auth_users: [')
  expect([await as('a', '1'), await as('b', '2')]).toEqual([401, 200])
  expect(log.lines.map(line => line.slice(0, 70))).toEqual([
    'info web configuration reloaded',
    'error the web configuration has changed but cannot be used; the runnin',
  ])
})

test.skipIf(!HAS_OPENSSL)(
  'a file that turns TLS on while the server runs wants a restart, and changes nothing',
  async () => {
    const { address, rewrite, log } = await serve('', folder => selfSigned(folder, 'server'))
    rewrite(`tls_server_config: { ${SERVER} }`)
    expect((await ask(`${address}/metrics`)).status).toBe(200)
    expect(log.lines.join('\n')).toContain('tls_server_config: restart to turn TLS on or off')
  },
)

test('a rate limit refuses what comes too fast', async () => {
  const { address, refusedStatuses } = await serve('rate_limit: { interval: 1h, burst: 3 }')
  const statuses = []
  for (let n = 0; n < 5; n++) statuses.push((await ask(`${address}/metrics`)).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect(refusedStatuses).toEqual([429, 429])
})

test('a file that is not valid stops the start', async () => {
  await expect(serve('basic_auth_users: { a: plain }')).rejects.toMatchObject({
    code: 'ERR_WEB_CONFIG_INVALID',
  })
})

test.skipIf(!HAS_OPENSSL)(
  'metrics are served over TLS, and the next handshake uses a new certificate',
  async () => {
    const { address, folder, pem, log } = await serve(`tls_server_config: { ${SERVER} }`, folder =>
      selfSigned(folder, 'server'),
    )
    expect(address).toMatch(/^https:/)
    const old = pem('server.crt')
    expect((await ask(`${address}/metrics`, { ca: old })).text).toBe('mood_workers 2\n')
    await expect(ask(address.replace('https', 'http'))).rejects.toThrow()

    const key = pem('server.key')
    selfSigned(folder, 'server')
    const [newKey, newCertificate] = [pem('server.key'), pem('server.crt')]
    // The key is replaced before the certificate: until both are there, the old pair stays in use.
    writeFileSync(join(folder, 'server.crt'), old)
    expect(newKey).not.toEqual(key)
    expect((await ask(`${address}/metrics`, { ca: old })).status).toBe(200)
    writeFileSync(join(folder, 'server.crt'), newCertificate)
    await expect(ask(`${address}/metrics`, { ca: old })).rejects.toThrow()
    expect((await ask(`${address}/metrics`, { ca: newCertificate })).status).toBe(200)
    expect(log.lines.filter(line => !line.startsWith('debug')).map(line => line.split(' ')[0])).toEqual([
      'error',
      'info',
    ])
  },
)

test.skipIf(!HAS_OPENSSL)('TLS versions below the minimum are rejected', async () => {
  const { address, pem } = await serve(`tls_server_config: { ${SERVER}, min_version: TLS13 }`, folder =>
    selfSigned(folder, 'server'),
  )
  const ca = pem('server.crt')
  await expect(ask(`${address}/metrics`, { ca, maxVersion: 'TLSv1.2' })).rejects.toThrow()
  expect((await ask(`${address}/metrics`, { ca })).status).toBe(200)
})

function certificates(folder: string): void {
  selfSigned(folder, 'server')
  selfSigned(folder, 'authority')
  selfSigned(folder, 'stranger')
  signedBy(folder, 'authority', 'prometheus')
  signedBy(folder, 'authority', 'other')
}

const CA = 'client_ca_file: authority.crt'

/** Which clients get in: one without a certificate, one with a stranger's, two with the authority's. */
test.skipIf(!HAS_OPENSSL).each([
  ['NoClientCert', '', [true, true, true, true]],
  ['RequestClientCert', '', [true, true, true, true]],
  ['RequireAnyClientCert', '', [false, true, true, true]],
  ['RequireAnyClientCert', ', client_allowed_sans: [prometheus.example]', [false, false, true, false]],
  ['VerifyClientCertIfGiven', `, ${CA}`, [true, false, true, true]],
  ['RequireAndVerifyClientCert', `, ${CA}`, [false, false, true, true]],
  [
    'RequireAndVerifyClientCert',
    `, ${CA}, client_allowed_sans: ["spiffe://x/other"]`,
    [false, false, false, true],
  ],
])('%s%s accepts the right clients, with TLS 1.2 and 1.3', async (type, more, expected) => {
  const { address, pem } = await serve(
    `tls_server_config: { ${SERVER}, client_auth_type: ${type}${more} }`,
    certificates,
  )
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const got = []
    for (const name of [null, 'stranger', 'prometheus', 'other']) {
      const own = name ? { cert: pem(`${name}.crt`), key: pem(`${name}.key`) } : {}
      const answer = ask(`${address}/metrics`, { ca: pem('server.crt'), maxVersion, ...own })
      got.push(
        await answer.then(
          ({ status }) => status === 200,
          () => false,
        ),
      )
    }
    expect([maxVersion, ...got]).toEqual([maxVersion, ...expected])
  }
})

test.skipIf(!HAS_OPENSSL).each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a session cannot be resumed past the check of client certificates (%s)',
  async maxVersion => {
    const { address, pem } = await serve(
      `tls_server_config: { ${SERVER}, client_auth_type: RequireAndVerifyClientCert, ${CA} }`,
      certificates,
    )
    const port = Number(new URL(address).port)
    const options = { port, host: '127.0.0.1', ca: pem('server.crt'), maxVersion }

    /** The answer to a request, with every session that the server offered on the way. */
    const talk = (more: object) =>
      new Promise<{ answer: string; sessions: Buffer[]; reused: boolean }>(resolve => {
        const sessions: Buffer[] = []
        let answer = ''
        let reused = false
        const socket: TLSSocket = connect({ ...options, ...more }, () => {
          reused = socket.isSessionReused()
          socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        })
        socket.on('session', session => sessions.push(session))
        socket.on('data', data => {
          answer += data.toString()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve({ answer, sessions, reused }))
      })

    const known = await talk({ cert: pem('prometheus.crt'), key: pem('prometheus.key') })
    expect(known.answer).toContain('200 OK')
    const unknown = await talk({})
    expect(unknown.answer).toBe('')
    for (const session of [...known.sessions, ...unknown.sessions]) {
      const resumed = await talk({ session })
      expect([resumed.reused, resumed.answer]).toEqual([false, ''])
    }
  },
)
