import type { MessageToProduce } from '@platformatic/kafka'
import { DeliveryError, defineOutput, messageOf, orAborted, PluginError } from 'mood-exporter/plugin'
import { clientOptions } from '../../kafka/client.ts'
import { explainKafka, isKafkaError } from '../../kafka/error.ts'
import { options } from './options.ts'
import { recordOf, recordsOf } from './records.ts'
import { Writer } from './writer.ts'

export default defineOutput({
  name: 'kafka',
  description:
    'Writes windows that close, reports, alerts, rankings and sampled posts to a topic of Kafka, as JSON.',
  takes: ['windows', 'reports', 'alerts', 'posts', 'rankings'],
  errors: {
    ERR_KAFKA_OUTPUT_FILE:
      'A file of `tls_ca`, `tls_cert` or `tls_key` cannot be read. Check its path, which starts from the folder of the configuration.',
  },
  options,
  async create(options, { baseDir }) {
    const base = await clientOptions(options, baseDir).catch(error => {
      throw new PluginError('ERR_KAFKA_OUTPUT_FILE', messageOf(error), { cause: error })
    })
    const writer = new Writer(base, options)
    const write = (messages: MessageToProduce[]) =>
      writer.write(messages).catch(error => {
        throw new DeliveryError(explainKafka(error), {
          permanent: isKafkaError(error, 'MESSAGE_TOO_LARGE', 'INVALID_RECORD'),
          cause: error,
        })
      })
    return {
      async write(events, { signal }) {
        await orAborted(write(events.flatMap(event => recordsOf(event, options))), signal)
        signal.throwIfAborted()
      },
      relay: posts => write(posts.map(post => recordOf(post, options))),
      close: () => writer.close(),
    }
  },
})
