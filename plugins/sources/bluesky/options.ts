import { backoffOption, duration, z } from 'mood-exporter/plugin'

/** The public instances of Bluesky, by wire version. */
export const PUBLIC_HOSTS = {
  v2: ['jetstream.us-east.bsky.network', 'jetstream.us-west.bsky.network'],
  v1: [
    'jetstream1.us-east.bsky.network',
    'jetstream2.us-east.bsky.network',
    'jetstream1.us-west.bsky.network',
    'jetstream2.us-west.bsky.network',
  ],
} as const

const host = z.string().refine(isHost, {
  error: 'expected a host such as "jetstream.us-east.bsky.network", or a URL such as "ws://127.0.0.1:6008"',
})

export const options = z.object({
  hosts: z
    .array(host)
    .min(1)
    .max(20)
    .optional()
    .describe(
      'Instances of Jetstream, tried in turn: hosts, or URLs that begin with `ws://` or `wss://`. By default the public ones.',
    ),
  wire: z
    .enum(['v2', 'v1'])
    .default('v2')
    .describe(
      'The protocol of the instances: `subscribeEvents` of Jetstream 2, or `/subscribe`, as before 2026.',
    ),
  languages: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Languages of the posts that are taken, as their authors declare them, such as `en`; by default all. A post that declares none is taken.',
    ),
  replies: z.boolean().default(true).describe('Whether replies are included.'),
  quotes: z.boolean().default(true).describe('Whether posts that quote another post are included.'),
  compression: z
    .boolean()
    .default(true)
    .describe('Whether the stream is compressed: by zstd on `v2`, by deflate on `v1`.'),
  rewind: duration()
    .prefault('10s')
    .describe(
      'How far back the stream resumes on another instance, because instances do not receive posts at the same time.',
    ),
  idle_timeout: duration()
    .prefault('1m')
    .describe('How long the stream may be silent before the next instance is tried; `0s` for no limit.'),
  connect_timeout: duration().prefault('10s').describe('How long an attempt to connect may take.'),
  backoff: backoffOption({ initial: '1s', max: '1m' }),
})

export type BlueskyOptions = z.output<typeof options>

function isHost(text: string): boolean {
  const url = /^wss?:\/\//.test(text) ? text : `wss://${text}`
  if (!URL.canParse(url)) return false
  const { username, password, pathname, search, hash } = new URL(url)
  return username === '' && password === '' && pathname === '/' && search === '' && hash === ''
}

/** `wss://host`, without a path. */
export const originOf = (host: string): string => {
  const { protocol, host: authority } = new URL(/^wss?:\/\//.test(host) ? host : `wss://${host}`)
  return `${protocol}//${authority}`
}
