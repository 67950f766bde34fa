import { decodeJson, defineFormat, InvalidRecord, isObject, type Posts, z } from 'mood-exporter/plugin'
import { tweetOptions } from '../twitter-v1/tweet.ts'
import { structToPost } from './struct.ts'

/** The keys of ids. */
const ID_KEYS = ['id', 'Id', 'StatusId']

/**
 * Ids above 2^53, which every tweet has, become strings: parsing that keeps all digits takes several times as long.
 * Texts do not match, as their quotes are escaped.
 */
const LONG_ID = /("(?:id|Id|StatusId)"\s*:\s*)(\d{16,})(?=\s*[,}])/g

export default defineFormat({
  name: 'kafka-connect-twitter',
  description:
    "Records of Kafka Connect's Twitter connectors: JSON with or without its schema, or plain text.",
  options: z.object({
    output: z
      .enum(['auto', 'structured', 'string'])
      .default('auto')
      .describe(
        'What values are: tweets as structures, in JSON; the plain texts of tweets; `auto` decides by their first character.',
      ),
    ...tweetOptions.shape,
  }),
  create({ output, retweets }) {
    const textToPost = (text: string, receivedAt: number) =>
      text.trim() === '' ? null : { text, createdAt: receivedAt }

    function toPost(record: unknown, receivedAt: number): Posts {
      const value = payloadOf(record)
      // A tombstone, which marks a deletion in a compacted topic.
      if (value === null) return null
      return typeof value === 'string'
        ? textToPost(value, receivedAt)
        : structToPost(value, receivedAt, retweets)
    }

    return {
      framing: output === 'structured' ? { kind: 'json' } : { kind: 'lines' },
      decode(text, { receivedAt }) {
        if (text.startsWith('Struct{')) throw new InvalidRecord(PRINTED)
        if (output === 'string' || (output === 'auto' && isPlain(text))) return textToPost(text, receivedAt)
        return decodeJson(text.replace(LONG_ID, '$1"$2"'), ID_KEYS, value => toPost(value, receivedAt))
      },
    }
  },
})

const PRINTED =
  'expected JSON, got a structure as StringConverter prints it, which cannot be read back; set value.converter to org.apache.kafka.connect.json.JsonConverter'

/** The payload of a record with its schema (`schemas.enable=true`); any other record unchanged. */
function payloadOf(record: unknown): unknown {
  return isObject(record) && 'schema' in record && 'payload' in record ? record.payload : record
}

/** Whether a value is not a JSON object or string: it is the text of a tweet, which may begin with a quote. */
function isPlain(text: string): boolean {
  const first = text.trimStart()[0]
  if (first === '{') return false
  if (first !== '"') return text !== 'null'
  try {
    return typeof JSON.parse(text) !== 'string'
  } catch {
    return true
  }
}
