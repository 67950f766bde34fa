import { duration, parseTime, size, z } from 'mood-exporter/plugin'
import { checkConnection, connectionOptions } from '../../kafka/client.ts'

const topicName = z
  .string()
  .regex(/^[\w.-]{1,249}$/, { error: 'expected the name of a topic: letters, digits, `.`, `_` and `-`' })

export const options = z
  .object({
    ...connectionOptions,
    topics: z.array(topicName).min(1).optional().describe('Topics to read. Either this or `topic_pattern`.'),
    topic_pattern: z
      .string()
      .min(1)
      .refine(isPattern, { error: 'expected a regular expression, such as "^posts[.]"' })
      .optional()
      .describe('A regular expression: topics whose names match are read, new ones within `refresh`.'),
    group: z
      .string()
      .min(1)
      .max(249)
      .default('mood-exporter')
      .describe(
        'The consumer group: its members share the partitions, and offsets are committed under its name.',
      ),
    instance_id: z
      .string()
      .regex(/^[\w.-]{1,249}$/, { error: 'expected letters, digits, `.`, `_` and `-`' })
      .optional()
      .describe(
        'A unique name of this member (static membership): if it comes back within `session_timeout`, it keeps its partitions.',
      ),
    partitions: z
      .strictObject({
        share: z
          .union([z.int().min(0), z.literal('ordinal')])
          .describe('Which share: 0 for the first, or `ordinal` for the number at the end of the host name.'),
        of: z.int().min(1).max(10_000).describe('How many shares there are.'),
      })
      .refine(({ share, of }) => share === 'ordinal' || share < of, {
        path: ['share'],
        error: 'expected a number below `of`: the first share is 0',
      })
      .optional()
      .describe('Reads a fixed share of the partitions, instead of those that the group assigns.'),
    start: z
      .string()
      .refine(text => text === 'earliest' || text === 'latest' || !Number.isNaN(parseTime(text)), {
        error: 'expected `earliest`, `latest` or a time such as "2026-01-31T12:00:00Z"',
      })
      .default('earliest')
      .describe(
        'Where to begin in a partition that neither the state nor the group knows: `earliest`, `latest` or a time.',
      ),
    session_timeout: duration()
      .refine(ms => ms >= 1000, { error: 'expected at least "1s"' })
      .prefault('45s')
      .describe(
        'How long the group waits for a member that does not answer before others get its partitions.',
      ),
    rack: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The rack of this exporter (`client.rack`): brokers may then let it read from a nearby replica.',
      ),
    envelope: z
      .enum(['time', 'full'])
      .default('time')
      .describe(
        'What formats get besides the value of a record: its `time`, or with `full` also its key and headers.',
      ),
    fetch_bytes: size().prefault('4MiB').describe('The maximum that is fetched from a broker at once.'),
    partition_bytes: size().prefault('1MiB').describe('The maximum of this from one partition.'),
    fetch_wait: duration()
      .refine(ms => ms <= 5000, { error: 'expected at most "5s"' })
      .prefault('200ms')
      .describe('How long a broker may wait for 64 KiB of records before it answers with fewer.'),
    refresh: duration()
      .refine(ms => ms >= 1000, { error: 'expected at least "1s"' })
      .prefault('1m')
      .describe('How often new topics and partitions are looked for.'),
  })
  .superRefine(checkConnection)
  .refine(({ topics, topic_pattern }) => (topics === undefined) !== (topic_pattern === undefined), {
    path: ['topics'],
    error: 'expected either `topics` or `topic_pattern`, such as `topics: [posts]`',
  })
  .refine(({ partitions, instance_id }) => partitions === undefined || instance_id === undefined, {
    path: ['instance_id'],
    error: 'not together with `partitions`: a fixed share is no member of the group',
  })

export type KafkaOptions = z.output<typeof options>

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
