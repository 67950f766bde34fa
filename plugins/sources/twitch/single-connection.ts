import { connect as connectPlain, isIP, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/**
 * Provides one connection for a client of the chat library, and no second one: the library reconnects by its own
 * rules, at first without a wait, and gives up silently if it cannot connect at first. Any further connection fails
 * before it reaches the network.
 */
export class SingleConnection {
  readonly #url: URL
  #socket: Socket | null = null
  /** Its error, since the library only reports that it was closed. */
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
