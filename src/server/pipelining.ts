import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { LIMITS } from './limits.ts'

/**
 * Passes requests on, and closes a connection with more unanswered requests than any normal client sends. One packet
 * can contain a thousand requests, and all would be answered before the next scrape, even if the client reads
 * nothing.
 *
 * @param refused called with the status to count for a closed connection
 */
export function boundPipelining(
  listener: RequestListener,
  refused: (status: number) => void,
): RequestListener {
  const unanswered = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    // The rest of the packet after the request that closed the connection.
    if (socket.destroyed) return
    const waiting = unanswered.get(socket) ?? 0
    if (waiting >= LIMITS.pipelined) {
      refused(429)
      socket.destroy()
      return
    }
    unanswered.set(socket, waiting + 1)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    listener(request, response)
  }
}
