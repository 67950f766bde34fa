import type { MessageToProduce } from '@platformatic/kafka'
import type { OutputEvent, Post } from 'mood-exporter/plugin'
import type { KafkaOutputOptions } from './options.ts'

type Settings = Pick<KafkaOutputOptions, 'topic' | 'key' | 'headers'>

/**
 * The records of an event: one, or with `key: topic` one for each topic of a window, so that all windows of a topic
 * are in one partition, in order.
 */
export function recordsOf(event: OutputEvent, { topic, key, headers }: Settings): MessageToProduce[] {
  const beside = headersOf({ ...headers, 'mood-kind': event.kind, 'mood-key': event.key })
  const record = (recordKey: string | null, value: object): MessageToProduce => ({
    topic,
    ...(recordKey === null ? {} : { key: Buffer.from(recordKey) }),
    value: Buffer.from(JSON.stringify(value)),
    headers: beside,
  })
  if (key !== 'topic' || event.kind !== 'window') return [record(key === 'none' ? null : event.key, event)]
  const byTopic = Map.groupBy(event.rows, row => row.topic)
  return [...byTopic].map(([name, rows]) => record(name, { ...event, rows }))
}

/** The record of a post, in the format `post`, with its id as the key. */
export const recordOf = (post: Post, { topic, headers }: Settings): MessageToProduce => ({
  topic,
  ...(post.id === undefined ? {} : { key: Buffer.from(post.id) }),
  value: Buffer.from(JSON.stringify(post)),
  headers: headersOf({ ...headers, 'mood-kind': 'post' }),
})

const headersOf = (headers: Record<string, string>) =>
  new Map(
    Object.entries({ ...headers, 'content-type': 'application/json' }).map(([name, value]) => [
      Buffer.from(name),
      Buffer.from(value),
    ]),
  )
