import { backoffOption, duration, z } from 'mood-exporter/plugin'
import { MOST_CHANNELS } from './channels.ts'

/** The address of Twitch's chat (https://dev.twitch.tv/docs/chat/irc/). */
const SERVER = 'wss://irc-ws.chat.twitch.tv:443'

const channel = z
  .string()
  .regex(/^#?\w{1,25}$/, { error: 'expected the name of a channel, as in its URL' })
  .transform(text => text.replace(/^#/, '').toLowerCase())

export const options = z.object({
  channels: z
    .array(channel)
    .min(1)
    .max(MOST_CHANNELS)
    .transform(channels => [...new Set(channels)])
    .optional()
    .describe(
      'The channels whose chat is read, by their names as in their URLs; up to 100. By default, the topics that have their own name after @ among their keywords. A reload joins and leaves what has changed, over the same connection.',
    ),
  server: z
    .string()
    .refine(isServer, { error: 'expected a URL such as "wss://irc-ws.chat.twitch.tv:443", without a path' })
    .default(SERVER)
    .describe('The chat server: IRC over WebSocket. For a proxy or a server of your own.'),
  connect_timeout: duration().prefault('15s').describe('How long connecting and logging in may take.'),
  backoff: backoffOption({ initial: '1s', max: '1m' }),
})

export type TwitchOptions = z.output<typeof options>

function isServer(text: string): boolean {
  if (!/^wss?:\/\//.test(text) || !URL.canParse(text)) return false
  const { username, password, pathname, search, hash } = new URL(text)
  return username === '' && password === '' && pathname === '/' && search === '' && hash === ''
}
