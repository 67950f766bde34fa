import {
  defineSource,
  isObject,
  PluginError,
  ReconnectPolicy,
  reconnecting,
  type TopicRule,
} from 'mood-exporter/plugin'
import { Channels, channelsOf, MOST_CHANNELS } from './channels.ts'
import { readChat } from './chat.ts'
import { options } from './options.ts'

export default defineSource({
  name: 'twitch',
  description: 'Reads the chat of channels on Twitch, live and without an account.',
  live: true,
  errors: {
    ERR_TWITCH_CHANNELS:
      'The source `twitch` has no channels to read. Name them in `channels`, or add a topic of the name of a channel with that name after @ among its keywords.',
  },
  options,
  changeable: ['channels'],
  create(options, { log, topics, position }) {
    const named = options.channels ?? channelsOf(topics)
    if (named.length === 0)
      throw new PluginError(
        'ERR_TWITCH_CHANNELS',
        'channels: expected the names of channels, or a topic such as `monstercat: ["@monstercat"]`, got neither',
      )
    const tell = (wanted: readonly string[]) => {
      if (wanted.length === 0) log.warn('no topic names a channel, so none is read')
      if (wanted.length > MOST_CHANNELS)
        log.warn(`more than ${MOST_CHANNELS} topics name a channel; the others are not read`)
    }
    tell(named)
    const policy = new ReconnectPolicy(options.backoff)
    const { host } = new URL(options.server)
    const channels = new Channels(named)
    const settings = { ...options, channels, log }
    let now: { listed: readonly string[] | undefined; topics: readonly TopicRule[] } = {
      listed: options.channels,
      topics,
    }
    const follow = (next: Partial<typeof now>) => {
      now = { ...now, ...next }
      const wanted = now.listed ?? channelsOf(now.topics)
      tell(wanted)
      channels.set(wanted)
    }
    let missedSince = isObject(position) && typeof position.at === 'number' ? position.at : undefined
    return {
      run: (emitter, signal) => {
        const state = {
          up() {
            emitter.up()
            // Messages between two runs are missing as well.
            if (missedSince !== undefined) emitter.gap('lost', Math.max(0, Date.now() - missedSince))
            missedSince = undefined
          },
          down: emitter.down.bind(emitter),
          gap: emitter.gap.bind(emitter),
        }
        return reconnecting({ policy, emitter: state, signal, log, peer: host }, connection =>
          readChat(settings, emitter, connection),
        )
      },
      options: ({ channels }) => follow({ listed: channels }),
      topics: topics => follow({ topics }),
    }
  },
})
