import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from 'bcrypt'
import { expect, onTestFinished, test } from 'vitest'
import { HAS_OPENSSL, selfSigned, temporaryFolder } from './certificates-testing.ts'
import { readWebConfig } from './web-config.ts'

const HASH = hashSync('secret', 4).replace('$2b$', '$2y$')

function read(text: string, prepare: (folder: string) => void = () => {}) {
  const folder = temporaryFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  prepare(folder.path)
  writeFileSync(join(folder.path, 'web.yml'), text)
  return readWebConfig(join(folder.path, 'web.yml'))
}

/** The message of the error that a file gives, with its code. */
function problem(text: string, prepare?: (folder: string) => void): string {
  try {
    read(text, prepare)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    expect(code).toBe('ERR_WEB_CONFIG_INVALID')
    return message
  }
  throw new Error('the file was accepted')
}

test('an empty file requires nothing', () => {
  expect(read('')).toEqual({
    tls: null,
    users: new Map(),
    headers: new Map(),
    namesUsers: false,
    rateLimit: null,
    notes: [],
  })
})

test('users, headers and a rate limit are read', () => {
  const settings = read(`
basic_auth_users:
  alice: ${HASH}
  __proto__: ${HASH}
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
    Content-Security-Policy: ''
rate_limit: { interval: 1m0.5s, burst: 20 }
`)
  expect(settings.users.get('alice')).toBe(HASH)
  expect([...settings.headers]).toEqual([
    ['X-Frame-Options', 'deny'],
    ['Strict-Transport-Security', 'max-age=31536000'],
    ['Content-Security-Policy', ''],
  ])
  expect(settings.rateLimit).toEqual({ intervalMs: 60_500, burst: 20 })
  expect(settings.notes).toEqual([])
})

test('HTTP/2 is not served, and the log says so to who asks for it', () => {
  expect(read('http_server_config: { http2: true }').notes[0]).toContain('HTTP/1.1 is served')
})

test.each([
  ['basic_auth: {}', 'web.yml:1 basic_auth: unknown key "basic_auth": expected "tls_server_config",'],
  [
    '\nhttp_server_config:\n  http3: true',
    'web.yml:3 http_server_config.http3: unknown key "http3", did you mean "http2"?',
  ],
  [
    'http_server_config:\n  headers:\n    Server: x',
    'web.yml:3 http_server_config.headers.Server: this header cannot be configured',
  ],
  ['http_server_config: { headers: { X-Frame-Options: allow } }', 'expected "deny", "sameorigin" or ""'],
  [
    'http_server_config: { headers: { X-XSS-Protection: "a\\nb" } }',
    'expected text without control characters',
  ],
  ['- a list', 'web.yml:1: expected a mapping of'],
  ['basic_auth_users:', 'web.yml:1 basic_auth_users: expected a mapping'],
  ['http_server_config: { http2: }', 'web.yml:1 http_server_config.http2: expected true or false'],
  ['tls_server_config: { cert_file: [a] }', 'web.yml:1 tls_server_config.cert_file: expected a text'],
  ['basic_auth_users:\n  a: 1', 'web.yml:2 basic_auth_users.a: expected a bcrypt hash in quotes'],
  ['basic_auth_users: { "a:b": "$2y$04$x" }', 'expected a user name that is not empty and has no ":"'],
  [
    'rate_limit: { interval: 1x, burst: 1 }',
    'web.yml:1 rate_limit.interval: expected a duration, such as "100ms"',
  ],
  ['rate_limit: { interval: 1s }', 'rate_limit.burst: expected at least 1'],
  [
    'tls_server_config: {}',
    'tls_server_config.cert_file: expected cert_file, or cert with the PEM text itself',
  ],
  [
    'tls_server_config: { cert: a, cert_file: a, key: b }',
    'tls_server_config.cert: expected cert or cert_file, not both',
  ],
  [
    'tls_server_config: { cert: a, key: b, min_version: TLS11 }',
    'min_version: expected one of "TLS12", "TLS13" (older versions are not secure), got "TLS11"',
  ],
  [
    'tls_server_config: { cert: a, key: b, min_version: TLS13, max_version: TLS12 }',
    'min_version: expected a version up to max_version',
  ],
  [
    'tls_server_config: { cert: a, key: b, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA] }',
    'cipher_suites[0]: expected one of "TLS_AES_128_GCM_SHA256",',
  ],
  [
    'tls_server_config: { cert: a, key: b, curve_preferences: [P256] }',
    'curve_preferences[0]: expected one of "X25519", "CurveP256"',
  ],
  [
    'tls_server_config: { cert: a, key: b, client_auth_type: Yes }',
    'client_auth_type: expected one of "NoClientCert",',
  ],
  [
    'tls_server_config: { cert: a, key: b, client_ca_file: ca }',
    'client_auth_type: expected a type that uses the client CA',
  ],
  [
    'tls_server_config: { cert: a, key: b, client_auth_type: RequireAndVerifyClientCert }',
    'client_ca_file: expected client_ca_file, which',
  ],
  [
    'tls_server_config: { cert: a, key: b, client_allowed_sans: [x] }',
    'client_allowed_sans: expected client_auth_type RequireAndVerifyClientCert',
  ],
  ['tls_server_config:\n  cert_file: no.crt\n  key_file: no.key', 'no.crt cannot be read: no such file'],
  [
    'tls_server_config: { cert: nothing, key: nothing }',
    'tls_server_config.cert: expected a certificate in PEM form in the PEM text',
  ],
  ['a: [', 'web.yml:1: is not valid YAML'],
  ['a: &a [*a, *b]', 'is not valid YAML'],
])('%j is refused with the place and what was expected', (text, message) => {
  expect(problem(text)).toContain(message)
})

test('each problem has a line, in the order of the file', () => {
  const lines = problem(`rate_limit:
  interval: soon
  bursts: 1
http_server_config:
  headers:
    Server: x
basic_auth:
  a: b
`).split('\n')
  expect(lines.map(line => line.replace(/^.*\/web\.yml/, 'web.yml'))).toEqual([
    'web.yml:2 rate_limit.interval: expected a duration, such as "100ms" (ERR_WEB_CONFIG_INVALID)',
    'web.yml:3 rate_limit.bursts: unknown key "bursts", did you mean "burst"? (ERR_WEB_CONFIG_INVALID)',
    expect.stringMatching(
      /^web\.yml:6 http_server_config\.headers\.Server: this header cannot be configured/,
    ),
    expect.stringMatching(/^web\.yml:7 basic_auth: unknown key "basic_auth": expected "tls_server_config", /),
  ])
})

test('a file that cannot be read is named, with the reason in words', () => {
  const unreadable = (message: string) =>
    expect.objectContaining({ code: 'ERR_WEB_CONFIG_UNREADABLE', message })
  expect(() => readWebConfig('/nowhere/web.yml')).toThrow(
    unreadable('/nowhere/web.yml: cannot be read: no such file (ERR_WEB_CONFIG_UNREADABLE)'),
  )
  expect(() => readWebConfig('/')).toThrow(
    unreadable('/: cannot be read: not a file (ERR_WEB_CONFIG_UNREADABLE)'),
  )
})

test('no message repeats a secret', () => {
  const secret = 'hunter2hunter2'
  for (const text of [
    `basic_auth_users: { alice: ${secret} }`,
    `basic_auth_users: { alice: ${secret}, alice: ${secret} }`,
    `tls_server_config: { cert: x, key: ${secret} }`,
    `basic_auth_users:\n  alice: "${secret}\n bob: [`,
    `basic_auth_users:\n  alice: [${secret}]`,
  ])
    expect(problem(text)).not.toContain(secret)
})

test.skipIf(!HAS_OPENSSL)('certificates are read from beside the file, and must be sound', () => {
  const pair = (folder: string) => {
    selfSigned(folder, 'one')
    selfSigned(folder, 'two')
    writeFileSync(
      join(folder, 'broken.crt'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    )
  }
  const tls = (more: string) => `tls_server_config: { ${more} }`
  const settings = read(
    tls(
      'cert_file: one.crt, key_file: one.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], curve_preferences: [X25519, CurveP256]',
    ),
    pair,
  )
  expect(settings.tls?.context).toMatchObject({
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers:
      'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
    ecdhCurve: 'X25519:P-256',
  })
  expect(problem(tls('cert_file: one.crt, key_file: two.key'), pair)).toMatch(
    /key_file: the key in \S+two\.key is not that of the certificate in \S+one\.crt/,
  )
  expect(problem(tls('cert_file: one.key, key_file: one.key'), pair)).toMatch(
    /cert_file: expected a certificate in PEM form in \S+one\.key/,
  )
  expect(problem(tls('cert_file: one.crt, key_file: one.crt'), pair)).toMatch(
    /key_file: expected a private key in PEM form in \S+one\.crt/,
  )
  expect(problem(tls('cert_file: broken.crt, key_file: one.key'), pair)).toMatch(
    /cert_file: certificate 1 in \S+broken\.crt does not parse/,
  )
})
