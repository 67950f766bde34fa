import { isObject, type JsonObject, parseIsoTime } from 'mood-exporter/plugin'

/** The collection of posts. Others, such as likes and follows, are not requested. */
export const POSTS = 'app.bsky.feed.post'

/** An event of the stream. */
export interface StreamEvent {
  readonly kind: 'event'
  readonly seq: number | null
  /** When the instance saw it, in microseconds since 1970. */
  readonly at: number
  readonly did: string
  /** The change of a post; null for any other event. */
  readonly commit: Commit | null
}

export interface Commit {
  readonly operation: string
  readonly rkey: string
  readonly record: unknown
}

/** A message about the stream itself. `error` is the last frame. */
export interface Notice {
  readonly kind: 'info' | 'error'
  readonly name: string
  readonly message: string
}

/**
 * Parses a frame of wire v2: `{ $type: 'message', payload }` or `{ $type: 'error', error, message }`, where the type
 * of the payload ends in `#commit`, `#identity`, `#account`, `#sync` or `#info`. Null for anything else.
 *
 * @see https://github.com/bluesky-social/jetstream/blob/main/lexicons/network/bsky/jetstream/subscribeEvents.json
 */
export function frameOfV2(frame: unknown): StreamEvent | Notice | null {
  if (!isObject(frame)) return null
  if (frame.$type === 'error') return notice('error', frame.error, frame.message)
  const { payload } = frame
  if (!isObject(payload) || typeof payload.$type !== 'string') return null
  if (payload.$type.endsWith('#info')) return notice('info', payload.name, payload.message)
  const { seq, did, time, witnessedAt } = payload
  const at = microseconds(typeof witnessedAt === 'string' ? witnessedAt : time)
  if (typeof seq !== 'number' || typeof did !== 'string' || Number.isNaN(at)) return null
  const commit = payload.$type.endsWith('#commit') ? commitOf(payload) : null
  return { kind: 'event', seq, at, did, commit }
}

/**
 * Parses a frame of wire v1: `{ did, time_us, kind, commit }`. Null for anything else.
 *
 * @see https://github.com/bluesky-social/jetstream/blob/main/README.md
 */
export function frameOfV1(frame: unknown): StreamEvent | null {
  if (!isObject(frame)) return null
  const { did, time_us: at, kind, commit } = frame
  if (typeof did !== 'string' || !Number.isSafeInteger(at)) return null
  const isCommit = kind === 'commit' && isObject(commit)
  return { kind: 'event', seq: null, at: at as number, did, commit: isCommit ? commitOf(commit) : null }
}

function commitOf({ operation, collection, rkey, record }: JsonObject): Commit | null {
  if (collection !== POSTS || typeof operation !== 'string' || typeof rkey !== 'string') return null
  return { operation, rkey, record }
}

const notice = (kind: Notice['kind'], name: unknown, message: unknown): Notice => ({
  kind,
  name: typeof name === 'string' ? name : 'unknown',
  message: typeof message === 'string' ? message.slice(0, 200) : '',
})

/** RFC 3339 with up to six decimals, in microseconds. */
function microseconds(text: unknown): number {
  if (typeof text !== 'string') return Number.NaN
  const ms = parseIsoTime(text)
  const digits = /\.(\d{1,6})/.exec(text)?.[1]
  return digits === undefined ? ms * 1000 : Math.floor(ms / 1000) * 1_000_000 + Number(digits.padEnd(6, '0'))
}
