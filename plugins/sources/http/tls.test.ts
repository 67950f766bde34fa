import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listening } from './testing-http.ts'
import { readTls } from './tls.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('a test of HTTPS is skipped: install openssl')

const folder = mkdtempSync(join(tmpdir(), 'mood-http-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(!hasOpenssl)('with a certificate it speaks HTTPS', async () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })

  const { url, emitter } = await listening({ tls_cert: cert, tls_key: key })
  expect(url).toMatch(/^https:/)
  const status = await new Promise((resolve, reject) => {
    request(url, { method: 'POST', ca: readFileSync(cert), agent: false }, ({ statusCode }) =>
      resolve(statusCode),
    )
      .on('error', reject)
      .end('a\nb\n')
  })
  expect(status).toBe(200)
  expect(emitter.texts).toEqual(['a', 'b'])
})

test('reports a certificate without key, a missing one and an invalid one', () => {
  writeFileSync(join(folder, 'junk.pem'), 'junk')
  expect(() => readTls('junk.pem', undefined, folder)).toThrow('expected both or neither')
  expect(() => readTls('junk.pem', undefined, folder)).toThrow(
    expect.objectContaining({ code: 'ERR_HTTP_TLS' }),
  )
  expect(() => readTls('absent.pem', 'junk.pem', folder)).toThrow(
    /^tls_cert: cannot read .*absent.pem \(ENOENT\)/,
  )
  expect(() => readTls('junk.pem', 'junk.pem', folder)).toThrow('expected a certificate and its key in PEM')
  expect(readTls(undefined, undefined, folder)).toBeUndefined()
})
