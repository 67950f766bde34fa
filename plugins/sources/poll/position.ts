import { isObject, type Position } from 'mood-exporter/plugin'

/** What is known of the last poll: what the next one need not fetch again. */
export interface PollPosition {
  /** The entity tag and the date of the first page, as the service wrote them. */
  readonly etag: string | null
  readonly modified: string | null
  /** The newest id or time, where the option `since` says where to find it. */
  readonly since: string | null
  /** A hash of the first page, for services without either. */
  readonly digest: string | null
  /** When the poll was, in Unix milliseconds. */
  readonly at: number
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A committed position, where it is one of this source. */
export function readPosition(position: Position | undefined): PollPosition | null {
  if (!isObject(position) || typeof position.at !== 'number') return null
  const { etag, modified, since, digest, at } = position
  return { etag: text(etag), modified: text(modified), since: text(since), digest: text(digest), at }
}

export const writePosition = (position: PollPosition): Position => ({ ...position })
