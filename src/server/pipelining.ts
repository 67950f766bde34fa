import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { LIMITS } from './limits.ts'

/**
 * Passes requests on, and closes a connection that has more unanswered requests than any client would send at once. One
 * packet can hold a thousand requests, and all of them would be answered before the next scrape, even if no answer is
 * read.
 *
 * @param refused called with the status under which a closed connection is counted
 */
export function boundPipelining(
  listener: RequestListener,
  refused: (status: number) => void,
): RequestListener {
  const unanswered = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    // The rest of the packet with the request that closed it.
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
