import { isObject, type Position } from 'mood-exporter/plugin'

/** The state of the last poll, so that the next one need not fetch the same posts again. */
export interface PollPosition {
  /** The entity tag and date of the first page, as received. */
  readonly etag: string | null
  readonly modified: string | null
  /** The newest id or time, if the option `since` says where it is. */
  readonly since: string | null
  /** A hash of the first page, for services without either. */
  readonly digest: string | null
  /** When the poll was, in Unix milliseconds. */
  readonly at: number
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A committed position, if it is valid. */
export function readPosition(position: Position | undefined): PollPosition | null {
  if (!isObject(position) || typeof position.at !== 'number') return null
  const { etag, modified, since, digest, at } = position
  return { etag: text(etag), modified: text(modified), since: text(since), digest: text(digest), at }
}

export const writePosition = (position: PollPosition): Position => ({ ...position })
