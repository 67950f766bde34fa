import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

const HOST = 'tmi.twitch.tv'
const NICK = 'justinfan12345'

/** The parts of a chat message besides its text. */
export interface TestMessage {
  id?: string
  user?: string
  sentAt?: number
  /** The tag `emotes`: `25:0-4,12-16/1902:6-10`. */
  emotes?: string
  tags?: Record<string, string>
}

/**
 * A chat server on loopback: IRC over WebSocket, as Twitch documents it (https://dev.twitch.tv/docs/chat/irc/):
 *
 * - A client may ask for `CAP LS 302`, sends `CAP REQ :twitch.tv/tags twitch.tv/commands`, `PASS` where it has one, and
 *   `NICK`; an anonymous one is called `justinfan` and digits. The server answers `CAP * LS`, `CAP * ACK`, 001 to 004, 375,
 *   372 and 376. A login that fails is
 *   `:tmi.twitch.tv NOTICE * :Login authentication failed`.
 * - `JOIN #channel` is answered by the client's own JOIN, then `ROOMSTATE` for the capability `commands`, and `PART #channel`
 *   by its own PART. A channel that is suspended is a NOTICE with `msg-id=msg_channel_suspended`; one that does not exist
 *   gets no answer.
 * - Messages are `@tags :user!user@user.tmi.twitch.tv PRIVMSG #channel :text`, with `id`, `tmi-sent-ts` and `emotes` among the
 *   tags, whose places count code points. `/me` is a CTCP ACTION.
 * - Beside them come JOIN and PART of others, USERNOTICE, CLEARCHAT, NOTICE. `PING` is answered by PONG; the server pings about
 *   every five minutes. Before maintenance it sends `RECONNECT`.
 */
export class ChatServer {
  /** Channels that get no answer, or the answer for a suspended channel. */
  readonly absent = new Set<string>()
  readonly suspended = new Set<string>()
  /** Lines of clients, in order. */
  readonly lines: string[] = []
  /** How many connections there were. */
  connections = 0
  /** Rejects every login. */
  refuses = false
  /** Sends nothing to clients. */
  isSilent = false
  readonly #server: WebSocketServer
  readonly #clients = new Map<WebSocket, Set<string>>()

  private constructor(port: number) {
    this.#server = new WebSocketServer({ host: '127.0.0.1', port })
    this.#server.on('connection', socket => {
      this.connections++
      this.#clients.set(socket, new Set())
      socket.on('error', () => {})
      socket.on('close', () => this.#clients.delete(socket))
      socket.on('message', data => {
        for (const line of data.toString().split('\r\n')) if (line !== '') this.#answer(socket, line)
      })
    })
  }

  static async start(port = 0): Promise<ChatServer> {
    const server = new ChatServer(port)
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** The number of clients in a channel. */
  membersOf(channel: string): number {
    return [...this.#clients.values()].filter(joined => joined.has(channel)).length
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Sends a chat message to all clients in its channel. Returns its id. */
  say(
    channel: string,
    text: string,
    { id, user = 'jane', sentAt = Date.now(), emotes = '', tags = {} }: TestMessage = {},
  ): string {
    const own = id ?? randomUUID()
    const all = {
      'badge-info': '',
      badges: '',
      color: '#FF0000',
      'display-name': user,
      emotes,
      id: own,
      'room-id': '12345678',
      'tmi-sent-ts': String(sentAt),
      'user-id': '87654321',
      ...tags,
    }
    const tagged = Object.entries(all)
      .map(([key, value]) => `${key}=${escaped(value)}`)
      .join(';')
    this.send(`@${tagged} :${user}!${user}@${user}.${HOST} PRIVMSG #${channel} :${text}`, channel)
    return own
  }

  /** Sends a line to all clients, or to those in a channel. */
  send(line: string, channel?: string): void {
    for (const [socket, joined] of this.#clients)
      if (channel === undefined || joined.has(channel)) socket.send(`${line}\r\n`)
  }

  /** Ends all connections, with or without a close frame. */
  hangUp(code?: number): void {
    for (const socket of this.#clients.keys()) {
      if (code === undefined) socket.terminate()
      else socket.close(code)
    }
  }

  async stop(): Promise<void> {
    this.hangUp()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #answer(socket: WebSocket, line: string): void {
    this.lines.push(line)
    if (this.isSilent) return
    const reply = (text: string) => socket.send(`${text}\r\n`)
    const [command, ...parameters] = line.split(' ')
    if (command === 'CAP' && parameters[0] === 'LS')
      reply(`:${HOST} CAP * LS :twitch.tv/commands twitch.tv/tags twitch.tv/membership`)
    else if (command === 'CAP' && parameters[0] === 'REQ') {
      const asked = parameters.slice(1).join(' ').replace(/^:/, '')
      reply(`:${HOST} CAP * ACK :${asked}`)
    } else if (command === 'NICK') {
      const me = parameters[0] ?? NICK
      if (this.refuses) reply(`:${HOST} NOTICE * :Login authentication failed`)
      else this.#welcome(me, reply)
    } else if (command === 'JOIN') this.#join(socket, (parameters[0] ?? '').replace(/^#/, ''), reply)
    else if (command === 'PART') {
      const channel = (parameters[0] ?? '').replace(/^#/, '')
      this.#clients.get(socket)?.delete(channel)
      reply(`:${NICK}!${NICK}@${NICK}.${HOST} PART #${channel}`)
    } else if (command === 'PING') reply(`:${HOST} PONG ${HOST} ${parameters.join(' ')}`)
  }

  #welcome(me: string, reply: (text: string) => void): void {
    for (const numeric of [
      `001 ${me} :Welcome, GLHF!`,
      `002 ${me} :Your host is ${HOST}`,
      `003 ${me} :This server is rather new`,
      `004 ${me} :-`,
      `375 ${me} :-`,
      `372 ${me} :You are in a maze of twisty passages, all alike.`,
      `376 ${me} :>`,
    ])
      reply(`:${HOST} ${numeric}`)
  }

  #join(socket: WebSocket, channel: string, reply: (text: string) => void): void {
    if (this.absent.has(channel)) return
    if (this.suspended.has(channel)) {
      const text = 'This channel does not exist or has been suspended.'
      reply(`@msg-id=msg_channel_suspended :${HOST} NOTICE #${channel} :${text}`)
      return
    }
    this.#clients.get(socket)?.add(channel)
    reply(`:${NICK}!${NICK}@${NICK}.${HOST} JOIN #${channel}`)
    reply(
      `@emote-only=0;followers-only=-1;r9k=0;room-id=12345678;slow=0;subs-only=0 :${HOST} ROOMSTATE #${channel}`,
    )
  }
}

/** Values of tags have some characters escaped (https://ircv3.net/specs/extensions/message-tags). */
const escaped = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\:')
    .replaceAll(' ', '\\s')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
