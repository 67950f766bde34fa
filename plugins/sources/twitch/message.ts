import type { ChatMessage } from '@twurple/chat'
import type { Post } from 'mood-exporter/plugin'

/**
 * The post of a chat message. In a shared chat a message comes once for each channel, with an id of its own; `source-id` is
 * that of the message itself, so that it counts once.
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

/** The names of the emotes, by the first place of each. Places count code points. */
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
