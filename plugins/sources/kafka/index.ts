import { randomBytes } from 'node:crypto'
import { defineSource, messageOf, PluginError, type PluginStore } from 'mood-exporter/plugin'
import { clientOptions } from '../../kafka/client.ts'
import { KafkaSource } from './kafka-source.ts'
import { metrics } from './metrics.ts'
import { options } from './options.ts'
import { sharesCommand } from './shares-command.ts'

export default defineSource({
  name: 'kafka',
  description: 'Reads topics of Kafka: as a member of a consumer group, or a fixed share of the partitions.',
  replayable: true,
  errors: {
    ERR_KAFKA_FILE:
      'A file of `tls_ca`, `tls_cert` or `tls_key` cannot be read. Check its path, which starts from the folder of the configuration.',
    ERR_KAFKA_ORDINAL:
      'The share of the partitions cannot be taken from the host name. Run it as a pod of a StatefulSet with no more replicas than `of`, or give `share` as a number.',
  },
  metrics,
  options,
  commands: { shares: sharesCommand },
  async create(options, context) {
    const base = await clientOptions(options, context.baseDir).catch(error => {
      throw new PluginError('ERR_KAFKA_FILE', messageOf(error), { cause: error })
    })
    return new KafkaSource(options, context, base, await ownId(context.store))
  },
})

/** The id of the source, which is kept with its state. */
async function ownId(store: PluginStore): Promise<string> {
  const stored = await store.get('id')
  if (typeof stored === 'string') return stored
  const id = randomBytes(9).toString('base64url')
  await store.set('id', id)
  return id
}
