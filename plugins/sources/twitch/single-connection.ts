import { connect as connectPlain, isIP, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/**
 * Makes the connection of one client of the chat library, and no second one: the library reconnects by rules of its own, at
 * first without a wait, and gives up in silence where it cannot connect to begin with. What it opens after its first
 * connection fails before it reaches the network.
 */
export class SingleConnection {
  readonly #url: URL
  #socket: Socket | null = null
  /** What went wrong with it, as the library tells only that it was closed. */
  error: Error | null = null

  constructor(server: string) {
    this.#url = new URL(server)
  }

  readonly create = (): Socket => {
    if (this.#socket) {
      const refused = new Socket()
      process.nextTick(() => refused.destroy(new Error('there is one connection only')))
      return refused
    }
    const { protocol, hostname, port } = this.#url
    const host = hostname.replace(/^\[|\]$/g, '')
    const isSecure = protocol === 'wss:'
    const target = { host, port: Number(port) || (isSecure ? 443 : 80) }
    this.#socket = isSecure
      ? connectTls({ ...target, servername: isIP(host) === 0 ? host : '' })
      : connectPlain(target)
    this.#socket.setNoDelay(true)
    this.#socket.on('error', error => {
      this.error = error
    })
    return this.#socket
  }

  destroy(): void {
    this.#socket?.destroy()
  }
}
