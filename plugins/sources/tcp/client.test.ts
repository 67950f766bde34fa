import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { testSource } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import tcp from './index.ts'
import { connecting, relay } from './testing-tcp.ts'

test('it reads lines from a relay, and connects again whenever the relay goes away', async () => {
  const { port } = await relay(
    socket => socket.end('one\r\ntwo\n'),
    socket => {
      socket.write('three\n')
      setImmediate(() => socket.resetAndDestroy())
    },
    socket => socket.write('four\n'),
  )
  const { emitter } = await connecting(port)
  await emitter.until(({ texts }) => texts.includes('four'))
  expect(emitter.texts.filter(text => text !== 'three')).toEqual(['one', 'two', 'four'])
  expect(emitter.ups).toBe(3)
  expect(emitter.downs).toHaveLength(2)
  expect(emitter.downs[0]).toBe(`127.0.0.1:${port}: the other side closed the connection`)
  expect(emitter.outages).toEqual(['closed', 'network'])
  expect(emitter.gaps).toMatchObject([{ result: 'lost' }, { result: 'lost' }])
})

test('an incomplete line at the end of a connection is a record', async () => {
  const { port } = await relay(
    socket => socket.end('{"text": "cut o'),
    socket => socket.write('{"text": "whole"}\n'),
  )
  const { emitter } = await connecting(port)
  await emitter.until(({ texts }) => texts.length === 2)
  expect(emitter.texts).toEqual(['{"text": "cut o', '{"text": "whole"}'])
})

test('while the port is closed it is down, and it comes up once the port is open', async () => {
  const first = await relay(() => {})
  first.server.close()
  await once(first.server, 'close')
  const { emitter } = await connecting(first.port)
  await emitter.until(({ downs }) => downs.length >= 3)
  expect(emitter.ups).toBe(0)
  expect(emitter.downs[0]).toContain(`ECONNREFUSED 127.0.0.1:${first.port}`)
  expect(emitter.outages[0]).toBe('network')
  first.server.listen(first.port, '127.0.0.1')
  await emitter.until(({ ups }) => ups === 1)
})

test('a relay that is silent for too long is left and tried again', async () => {
  const { port, connections } = await relay(() => {})
  const { emitter } = await connecting(port, { idle_timeout: '20ms' })
  await emitter.until(({ downs }) => downs.length >= 2)
  expect(emitter.downs[0]).toBe(`127.0.0.1:${port}: nothing came for 0.02 s`)
  expect(emitter.outages[0]).toBe('stalled')
  expect(connections()).toBeGreaterThanOrEqual(2)
})

test('when the emitter is full it stops reading, and loses nothing', async () => {
  const line = `${'x'.repeat(999)}\n`
  const lines = 20_000
  let accepted = 0
  const { port, connections } = await relay(socket => {
    const send = () => {
      while (accepted < lines && socket.write(line)) accepted++
      if (accepted < lines) {
        accepted++
        socket.once('drain', send)
      }
    }
    send()
  })
  const { emitter } = await connecting(port)
  emitter.full = true
  await emitter.until(({ ups }) => ups === 1)
  // Until the buffers of TCP are full, which hold less than all of it.
  await expect.poll(() => accepted).toBeGreaterThan(100)
  const stalled = accepted
  expect(stalled).toBeLessThan(lines)
  expect(emitter.texts).toHaveLength(0)
  emitter.full = false
  await emitter.until(({ texts }) => texts.length === lines)
  expect(connections()).toBe(1)
})

test('stops at once while connected, connecting, waiting or blocked', async () => {
  const { port } = await relay(socket => socket.write('one\n'))
  const connected = await connecting(port)
  await connected.emitter.until(({ texts }) => texts.length === 1)
  await connected.stop()

  const full = await connecting(port)
  full.emitter.full = true
  await full.emitter.until(({ ups }) => ups === 1)
  await full.stop()

  const waiting = await connecting(1, { backoff: { initial: '1h', max: '1h' } })
  await waiting.emitter.until(({ downs }) => downs.length === 1)
  await waiting.stop()

  const started = await connecting(port)
  await started.stop()
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('a test of TLS is skipped: install openssl')

test.skipIf(!hasOpenssl)('by TLS it connects to a certificate that it trusts, and to no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mood-tcp-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, socket => {
    socket.on('error', () => {})
    socket.write('secret\n')
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const trusting = await connecting(port, { tls: true, tls_ca: cert })
  await trusting.emitter.until(({ texts }) => texts.length > 0)
  expect(trusting.emitter.texts).toEqual(['secret'])
  await trusting.stop()

  const wary = await connecting(port, { tls: true })
  await wary.emitter.until(({ downs }) => downs.length > 0)
  expect(wary.emitter.ups).toBe(0)
  expect(wary.emitter.downs[0]).toMatch(/self.signed certificate/)
})

test.each([
  [{}, 'expected either `connect` or `listen`'],
  [{ connect: 'a:1', listen: '127.0.0.1:2' }, 'expected either `connect` or `listen`'],
  [{ listen: '0.0.0.0:1' }, 'other machines can reach this address'],
  [{ listen: ':1' }, 'other machines can reach this address'],
  [{ connect: 'a:1', token: 'x' }, 'only for `listen`'],
  [{ listen: '127.0.0.1:1', token: 'two words' }, 'without white space'],
  [{ listen: '127.0.0.1:1', tls: true }, 'only for `connect`'],
])('rejects contradictory options: %j', (options, message) => {
  const { error } = tcp.options.safeParse(options)
  expect(error?.issues.map(issue => issue.message).join()).toContain(message)
})

test('a file of certificates that is not there is an error with a code', async () => {
  const making = testSource(tcp, { connect: '127.0.0.1:1', tls: true, tls_ca: 'absent.pem' })
  await expect(making).rejects.toMatchObject({
    code: 'ERR_TCP_TLS_CA',
    message: expect.stringMatching(/^tls_ca: cannot be read: ENOENT/),
  })
})

test('a relay may send text in another encoding, and no archive', async () => {
  const korean = Buffer.from([0xc1, 0xa4, 0xb8, 0xbb, 0x0a])
  const { port } = await relay(
    socket => socket.end(Buffer.from('\ufeff{"a":1}\n{"b":2}', 'utf16le')),
    socket => socket.end(korean),
    socket => socket.end(gzipSync('one\n')),
    () => {},
  )
  const { emitter } = await connecting(port, { encoding: 'cp949' })
  await emitter.until(({ downs }) => downs.length === 3)
  expect(emitter.texts).toEqual(['{"a":1}', '{"b":2}', '정말'])
  expect(emitter.downs[2]).toBe(`127.0.0.1:${port}: is gzip, which is not read: unpack it first (gzip -dc)`)
})
