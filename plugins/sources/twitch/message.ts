import type { ChatMessage } from '@twurple/chat'
import type { Post } from 'mood-exporter/plugin'

/**
 * The post of a chat message. In a shared chat a message is sent once for each channel, with its own id; `source-id`
 * identifies the message itself, so that it counts once.
 *
 * @see https://dev.twitch.tv/docs/chat/irc/#privmsg-tags
 */
export function postOf(channel: string, user: string, text: string, message: ChatMessage): Post {
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
