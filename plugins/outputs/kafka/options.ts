import { z } from 'mood-exporter/plugin'
import { checkConnection, connectionOptions } from '../../kafka/client.ts'

export const options = z
  .object({
    ...connectionOptions,
    topic: z
      .string()
      .regex(/^[\w.-]{1,249}$/, { error: 'expected the name of a topic: letters, digits, `.`, `_` and `-`' })
      .describe('The topic to write to. It has to exist, unless `create` is given.'),
    create: z
      .strictObject({
        partitions: z.int().min(1).max(10_000).describe('The number of partitions.'),
        replicas: z.int().min(1).max(100).default(1).describe('The replication factor.'),
      })
      .optional()
      .describe('Creates the topic before the first write, if it does not exist.'),
    key: z
      .enum(['event', 'topic', 'none'])
      .default('event')
      .describe(
        'The key of records: `event` is the key of the event, the same when it is sent again; `topic` makes a record of a window for each topic of the configuration, with its name as the key, and is as `event` for other events; `none` leaves it out.',
      ),
    compression: z
      .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      .default('none')
      .describe('How records are compressed.'),
    headers: z.record(z.string().min(1), z.string()).default({}).describe('Further headers of each record.'),
  })
  .superRefine(checkConnection)

export type KafkaOutputOptions = z.output<typeof options>
