import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Connections beyond the limit that the system may hand over before one is closed for them. */
const SPARE = 16

/** The same of a connection and of its TLS, which are two sockets. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/**
 * Bounds the connections of an HTTP server. Where there are too many, the one that has been idle for longest makes way, so
 * that a client that holds connections open keeps no other out; where none is idle, the new one is refused.
 *
 * @param limit connections at once
 * @param refused called for each that is refused
 */
export function boundConnections(server: Server, limit: number, refused: () => void): void {
  /** By peer: each connection, and its requests under way; in the order in which they came to be idle or busy. */
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
