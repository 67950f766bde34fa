import { defineSource } from 'mood-exporter/plugin'
import { CONNECTION_ERRORS, clientOptions } from '../../shared/kafka-client.ts'
import { KafkaSource } from './kafka-source.ts'
import { metrics } from './metrics.ts'
import { options } from './options.ts'

export default defineSource({
  name: 'kafka',
  description: 'Reads topics of Kafka: as a member of a consumer group, or a fixed share of the partitions.',
  replayable: true,
  errors: {
    ...CONNECTION_ERRORS,
    ERR_KAFKA_ORDINAL:
      'The share of the partitions cannot be taken from the host name. Run it as a pod of a StatefulSet with no more replicas than `of`, or give `share` as a number.',
  },
  metrics,
  options,
  create: async (options, context) =>
    new KafkaSource(options, context, await clientOptions(options, context.baseDir)),
})
