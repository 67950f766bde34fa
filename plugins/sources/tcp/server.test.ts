import type { Socket } from 'node:net'
import { testSource } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import tcp from './index.ts'
import { client, listening } from './testing-tcp.ts'

/** Resolves once the other side has closed the connection, however it did. */
const closed = async (socket: Socket) => {
  socket.resume()
  // Not with `once`, which a reset would make reject.
  if (!socket.closed) await new Promise(resolve => socket.on('close', resolve))
}

test('several clients are read at once, each a stream of lines of its own', async () => {
  const { port, emitter } = await listening()
  const [one, two] = [await client(port), await client(port)]
  one.write('first ha')
  two.write('other\n')
  await emitter.until(({ texts }) => texts.length === 1)
  one.write('lf\nlast, without an end')
  await emitter.until(({ texts }) => texts.length === 2)
  one.end()
  await emitter.until(({ texts }) => texts.length === 3)
  expect(emitter.texts).toEqual(['other', 'first half', 'last, without an end'])
})

test('connections beyond the limit are closed and counted, and others are not affected', async () => {
  const { port, emitter, logged } = await listening({ max_connections: 1 })
  const first = await client(port)
  first.write('one\n')
  await emitter.until(({ texts }) => texts.length === 1)
  await closed(await client(port))
  await emitter.until(({ refusedReasons }) => refusedReasons.length === 1)
  expect(emitter.refusedReasons).toEqual(['connections'])
  expect(logged.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('max_connections') })
  first.end('two\n')
  await closed(first)
  const next = await client(port)
  next.write('three\n')
  await emitter.until(({ texts }) => texts.length === 3)
})

test('a silent client is disconnected', async () => {
  const { port, emitter } = await listening({ idle_timeout: '20ms' })
  const socket = await client(port)
  socket.write('one\nhalf')
  await closed(socket)
  await emitter.until(({ texts }) => texts.length === 2)
  expect(emitter.texts).toEqual(['one', 'half'])
})

test('a client whose bytes arrived while the thread was blocked is not idle', async () => {
  const { port, emitter } = await listening({ idle_timeout: '20ms' })
  const socket = await client(port)
  socket.write('one\n')
  await emitter.until(({ texts }) => texts.length === 1)
  for (let i = 2; i <= 4; i++) {
    socket.write(`${i}\n`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    await emitter.until(({ texts }) => texts.length === i)
  }
})

test('a line that is too long is dropped, and other lines are not', async () => {
  const { port, emitter } = await listening({}, 100)
  const socket = await client(port)
  socket.write(`one\n${'x'.repeat(1_000_000)}\ntwo\n`)
  await emitter.until(({ texts }) => texts.length === 2)
  expect(emitter.texts).toEqual(['one', 'two'])
  expect(emitter.drops).toMatchObject([{ reason: 'oversized', records: 1 }])
})

test('a client that never ends a line is counted as soon as the line is too long', async () => {
  const { port, emitter } = await listening({}, 1000)
  const socket = await client(port)
  socket.write('x'.repeat(5000))
  await emitter.until(({ drops }) => drops.length === 1)
  expect(emitter.drops).toMatchObject([{ reason: 'oversized', records: 1 }])
  expect(socket.closed).toBe(false)
})

test('reads values without line ends if the format supports it', async () => {
  const { port, emitter } = await listening()
  emitter.framing = { kind: 'json' }
  const socket = await client(port)
  for (let i = 0; i < 3; i++) {
    socket.write(`{"i":${i}}`)
    if (i === 0) socket.write(' '.repeat(4096))
    await emitter.until(({ texts }) => texts.length === i + 1)
  }
})

test('a client that sends an archive is refused', async () => {
  const { port, emitter, logged } = await listening()
  const socket = await client(port)
  socket.write(Buffer.concat([Buffer.from('BZh91AY&SY'), Buffer.alloc(5000)]))
  await closed(socket)
  await emitter.until(({ refusedReasons }) => refusedReasons.length === 1)
  expect(emitter.texts).toEqual([])
  expect(logged.at(-1)?.message).toContain('what it sends is bzip2, which is not read')
})

test('with a token, reads only records after the line AUTH', async () => {
  const { port, emitter } = await listening({ token: 's3cret' })
  const socket = await client(port)
  for (const part of ['AU', 'TH s3c', 'ret\r', '\none\n', 'two\n']) {
    socket.write(part)
    await new Promise(setImmediate)
  }
  const other = await client(port)
  other.write('AUTH s3cret\nthree\n')
  await emitter.until(({ texts }) => texts.length === 3)
  expect(emitter.texts.toSorted()).toEqual(['one', 'three', 'two'])
  expect(emitter.drops).toEqual([])
})

test.each([
  ['another token', 'AUTH s3cret2\none\n', 'is not "AUTH" and the token'],
  ['the start of the token', 'AUTH s3cre\none\n', 'is not "AUTH" and the token'],
  ['no token', '{"text": "one"}\n{"text": "two"}\n', 'is not "AUTH" and the token'],
  ['an endless first line', 'x'.repeat(5000), 'longer than 4096 bytes'],
])('a client with %s is refused and counted, without its words in the log', async (_, sent, why) => {
  const { port, emitter, logged } = await listening({ token: 's3cret' })
  const socket = await client(port)
  socket.write(sent)
  await closed(socket)
  await emitter.until(({ refusedReasons }) => refusedReasons.length === 1)
  expect(emitter.texts).toEqual([])
  expect(emitter.refusedReasons).toEqual(['admission'])
  expect(logged.at(-1)?.message).toContain(why)
  expect(JSON.stringify(logged)).not.toContain('s3cre')
})

test('a client with an incomplete token is rejected; a silent one is not counted', async () => {
  const { port, emitter, logged } = await listening({ token: 's3cret' })
  const probe = await client(port)
  probe.end()
  await closed(probe)
  const half = await client(port)
  half.end('AUTH s3c')
  await closed(half)
  await emitter.until(({ refusedReasons }) => refusedReasons.length === 1)
  expect(logged.at(-1)?.message).toContain('it ended before its first line did')
})

test('rejects a request that a web page sends through a browser', async () => {
  const { port, emitter, logged } = await listening()
  await expect(
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"text":"one"}\n' }),
  ).rejects.toThrow()
  await emitter.until(({ refusedReasons }) => refusedReasons.length === 1)
  expect(logged.at(-1)?.message).toContain('it speaks HTTP')
  expect(emitter.texts).toEqual([])
})

test('a slow consumer holds back the client whose lines it has not taken, and no bytes are lost', async () => {
  const { port, emitter } = await listening({ idle_timeout: '50ms' })
  emitter.full = true
  const socket = await client(port)
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
  socket.write(`${lines.join('\n')}\n`)
  // Many idle timeouts long: it is not the client that is idle.
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(socket.writableLength).toBeGreaterThan(0)
  emitter.full = false
  await emitter.until(({ texts }) => texts.length === lines.length)
  expect(emitter.texts).toEqual(lines)
  // By now it is.
  await closed(socket)
})

test('stopped, it closes every connection and the port, even when the emitter is full', async () => {
  const { port, emitter, stop } = await listening()
  const [idle, busy] = [await client(port), await client(port)]
  busy.write('one\n')
  await emitter.until(({ texts }) => texts.length === 1)
  emitter.full = true
  busy.write('two\n')
  await stop()
  await Promise.all([closed(idle), closed(busy)])
  await expect(client(port)).rejects.toThrow('ECONNREFUSED')
})

test('a port in use is one clear line', async () => {
  const { port } = await listening()
  const second = await testSource(tcp, { listen: `127.0.0.1:${port}` })
  await expect(second.done).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: the port is in use by another program; choose another with \`listen\``,
  )
})

test('an address that this machine does not have is one clear line', async () => {
  const { done } = await testSource(tcp, { listen: '192.0.2.1:0', token: 'x'.repeat(20) })
  await expect(done).rejects.toThrow('cannot listen on 192.0.2.1:0: this machine has no such address')
})
