import { defineSource, ReconnectPolicy, reconnecting } from 'mood-exporter/plugin'
import { readChat } from './chat.ts'
import { options } from './options.ts'

export default defineSource({
  name: 'twitch',
  description: 'Reads the chat of channels on Twitch, live and without an account.',
  live: true,
  options,
  create(options, { log }) {
    const policy = new ReconnectPolicy(options.backoff)
    const { host } = new URL(options.server)
    const settings = { ...options, log }
    return {
      run: (emitter, signal) =>
        reconnecting({ policy, emitter, signal, log, peer: host }, connection =>
          readChat(settings, emitter, connection),
        ),
    }
  },
})
