import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { onTestFinished } from 'vitest'
import tcp from './index.ts'

type Options = z.input<typeof tcp.options>

/** The source, listening on a free port of loopback until the test has finished. */
export async function listening(options: Options = {}, maxRecordBytes = 65_536) {
  const running = await testSource(tcp, { listen: '127.0.0.1:0', ...options }, { maxRecordBytes })
  onTestFinished(() => running.stop())
  await running.emitter.until(({ ups }) => ups === 1)
  const port = running.logged.find(({ message }) => message === 'listening')?.fields.port as number
  return { ...running, port }
}

/** A connected client. */
export async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** The source, connected to that port, with very short waits. */
export async function connecting(port: number, options: Options = {}) {
  const backoff = { initial: '10ms', max: '20ms' }
  const running = await testSource(tcp, { connect: `127.0.0.1:${port}`, backoff, ...options })
  onTestFinished(() => running.stop())
  return running
}

/** A server that passes each connection to the next handler, and all further ones to the last. */
export async function relay(...handlers: ((socket: Socket) => void)[]) {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    handlers[Math.min(connections++, handlers.length - 1)]?.(socket)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, connections: () => connections }
}
