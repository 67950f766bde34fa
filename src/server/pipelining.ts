import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { LIMITS } from './limits.ts'

/**
 * Passes requests on, unless so many of their connection have no answer yet that no client would send another. One packet
 * can hold a thousand requests, and all of them would be answered before the next scrape, whether or not anybody reads
 * the answers. The connection is closed then.
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
    // Of what came in one packet with the request for which it was closed.
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
