import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Connections beyond the limit that the operating system may pass on before one is closed to make room. */
const SPARE = 16

/** Identifies a connection. The same for a connection and its TLS, which are two sockets. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/**
 * Limits the connections of an HTTP server. If there are too many, the one that was idle for longest is closed, so
 * that a client that keeps connections open does not lock others out. If none is idle, the new one is refused.
 *
 * @param limit connections at once
 * @param refused called for each refused connection
 */
export function boundConnections(server: Server, limit: number, refused: () => void): void {
  /** By peer: each connection and its running requests, in the order in which they became idle or busy. */
  const connections = new Map<string, { socket: Socket; requests: number }>()
  const longestIdle = () => {
    for (const { socket, requests } of connections.values()) if (requests === 0) return socket
    return undefined
  }
  const moved = (peer: string, by: number) => {
    const connection = connections.get(peer)
    if (!connection) return
    connections.delete(peer)
    connections.set(peer, { ...connection, requests: connection.requests + by })
  }
  server.maxConnections = limit + SPARE
  server.on('drop', refused)
  server.on('connection', (socket: Socket) => {
    if (connections.size >= limit) {
      const idle = longestIdle()
      if (!idle) {
        refused()
        socket.destroy()
        return
      }
      connections.delete(peerOf(idle))
      idle.destroy()
    }
    const peer = peerOf(socket)
    connections.set(peer, { socket, requests: 0 })
    socket.once('close', () => {
      if (connections.get(peer)?.socket === socket) connections.delete(peer)
    })
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const peer = peerOf(socket)
    moved(peer, 1)
    response.once('close', () => moved(peer, -1))
  })
}
