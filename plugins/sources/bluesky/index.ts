import { defineSource, primaryLanguage, ReconnectPolicy, reconnecting } from 'mood-exporter/plugin'
import { cursorOf } from './cursor.ts'
import { METRICS } from './metrics.ts'
import { options, PUBLIC_HOSTS } from './options.ts'
import { Stream } from './stream.ts'

export default defineSource({
  name: 'bluesky',
  description: 'Reads all new posts of Bluesky from Jetstream, live and without an account.',
  live: true,
  replayable: true,
  options,
  metrics: METRICS,
  create(options, { log, metrics, position }) {
    const { wire, hosts = [...PUBLIC_HOSTS[wire]], languages, replies, quotes, backoff } = options
    const selection = {
      languages: languages ? new Set(languages.map(primaryLanguage)) : null,
      replies,
      quotes,
    }
    const policy = new ReconnectPolicy(backoff)
    return {
      run(emitter, signal) {
        const stream = new Stream({ ...options, hosts, selection, metrics, log }, emitter, cursorOf(position))
        const silentMs = options.idle_timeout
        return reconnecting(
          { policy, emitter, signal, log, peer: () => stream.host, silentMs, resumes: true },
          connection => stream.connect(connection),
        )
      },
    }
  },
})
