import { ChatClient, type ChatMessage, LogLevel, Reconnect } from '@twurple/chat'
import {
  type Connection,
  Disconnect,
  disconnectOf,
  type Emitter,
  type Log,
  type Post,
} from 'mood-exporter/plugin'
import type { Channels } from './channels.ts'
import { Membership } from './membership.ts'
import type { TwitchOptions } from './options.ts'
import { SingleConnection } from './single-connection.ts'

/** The server's notice about a failed login. */
const LOGIN_FAILED = 'Login authentication failed'

/** How often the position, the time up to which the chat was read, is emitted without messages; milliseconds. */
const NOTE_MS = 30_000

export interface ChatSettings extends Omit<TwitchOptions, 'channels'> {
  channels: Channels
  log: Log
}

/** Reads the chat of the channels over one connection, until it ends. Rejects with the reason. */
export async function readChat(
  { channels, server, connect_timeout, log }: ChatSettings,
  emitter: Emitter,
  connection: Connection,
): Promise<never> {
  const ended = Promise.withResolvers<never>()
  const single = new SingleConnection(server)
  const { protocol, hostname } = new URL(server)
  const client = new ChatClient({
    hostName: hostname,
    ssl: protocol === 'wss:',
    connectionOptions: { wsOptions: { createConnection: single.create } },
    // The library's log lines arrive as events.
    logger: { minLevel: LogLevel.CRITICAL, custom: () => {} },
  })
  const batch = new Batch(emitter)
  const take = (channel: string, user: string, text: string, message: Parameters<typeof postOf>[3]) => {
    batch.add(postOf(channel, user, text, message))
  }
  client.onMessage(take)
  client.onAction(take)
  client.irc.onAnyMessage(() => {
    connection.heard()
    batch.heard()
  })
  client.irc.onTypedMessage(Reconnect, () =>
    ended.reject(new Disconnect('closed', 'the server asked to connect again')),
  )
  client.onAuthenticationFailure(text => ended.reject(new Disconnect('server', text || LOGIN_FAILED)))
  client.onDisconnect((isManual, reason) => ended.reject(endOf(single.error, isManual, reason)))
  const late = setTimeout(
    () => ended.reject(new Disconnect('network', `not let in within ${connect_timeout / 1000} s`)),
    connect_timeout,
  )
  client.onAuthenticationSuccess(() => {
    clearTimeout(late)
    const membership = new Membership(client, connection, log)
    const wanted = channels.follow(changed => void membership.change(changed))
    membership.begin(wanted).then(
      () => batch.joined(),
      error => ended.reject(disconnectOf(error)),
    )
  })
  const stop = () => ended.reject(new Disconnect('closed', 'stopped'))
  connection.signal.addEventListener('abort', stop, { once: true })
  try {
    client.connect()
    return await ended.promise
  } finally {
    clearTimeout(late)
    channels.follow(() => {})
    connection.signal.removeEventListener('abort', stop)
    // Not within the event of the end: afterwards the library would connect again.
    await new Promise(resolve => setImmediate(resolve))
    client.quit()
    single.destroy()
    batch.flush()
  }
}

/** Why the connection ended: the error of its socket, or the close code of the WebSocket. */
function endOf(error: Error | null, isManual: boolean, reason: Error | undefined): Disconnect {
  if (error) return disconnectOf(error)
  if (isManual) return new Disconnect('closed', 'the client left')
  if (reason === undefined) return new Disconnect('stalled', 'a ping was not answered')
  const code = Number(/^\[(\d+)\]/.exec(reason.message)?.[1])
  if (code === 1000 || code === 1001 || code === 1005)
    return new Disconnect('closed', 'the other side closed the connection')
  return new Disconnect('network', code === 1006 ? 'the connection was lost, or refused' : reason.message)
}

/**
 * Emits messages that arrive together in one batch. A chat cannot wait: without room they are dropped. The position
 * is the time up to which it was read: the chat cannot be read again, but after a restart the length of the gap is
 * known.
 */
class Batch {
  readonly #emitter: Emitter
  #posts: Post[] = []
  #notedAt = performance.now()
  #isJoined = false

  constructor(emitter: Emitter) {
    this.#emitter = emitter
  }

  add(post: Post): void {
    this.#posts.push(post)
    if (this.#posts.length === 1) setImmediate(() => this.flush())
  }

  /** All joins have been tried: from now on the position may move without posts. */
  joined(): void {
    this.#isJoined = true
  }

  /** Something was received, such as the answer to a ping. */
  heard(): void {
    if (this.#isJoined && this.#posts.length === 0 && performance.now() - this.#notedAt >= NOTE_MS)
      this.#offer([])
  }

  flush(): void {
    const posts = this.#posts
    this.#posts = []
    if (posts.length > 0) this.#offer(posts)
  }

  #offer(posts: readonly Post[]): void {
    this.#notedAt = performance.now()
    this.#emitter.offer(posts, { position: { at: Date.now() } })
  }
}

/**
 * The post of a chat message. In a shared chat a message is sent once for each channel, with its own id; `source-id`
 * identifies the message itself, so that it counts once.
 *
 * @see https://dev.twitch.tv/docs/chat/irc/#privmsg-tags
 */
function postOf(channel: string, user: string, text: string, message: ChatMessage): Post {
  const sentAt = message.date.getTime()
  return {
    id: message.tags.get('source-id') ?? message.id,
    text,
    createdAt: Number.isNaN(sentAt) ? Date.now() : sentAt,
    author: user,
    url: `https://www.twitch.tv/${channel}`,
    topics: [channel],
    ...emotesOf(text, message),
  }
}

/** The names of the emotes, by their first position. Positions count code points. */
function emotesOf(text: string, { emoteOffsets }: ChatMessage): { emotes?: string[] } {
  if (emoteOffsets.size === 0) return {}
  const characters = Array.from(text)
  const names: string[] = []
  for (const [place] of emoteOffsets.values()) {
    const [from = Number.NaN, to = Number.NaN] = (place ?? '').split('-').map(Number)
    const name = characters.slice(from, to + 1).join('')
    if (name !== '') names.push(name)
  }
  return names.length === 0 ? {} : { emotes: names }
}
