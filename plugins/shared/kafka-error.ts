import { messageOf } from 'mood-exporter/plugin'

/** An error of the library: many are errors of several attempts, or have what happened as their cause. */
interface LibraryError {
  message: string
  code?: string
  /** What the broker answered with. */
  apiId?: string
  errors?: unknown[]
  cause?: unknown
}

const LOGIN_FAILED = 'the login failed: check `sasl.username` and the password or token'

/** What the broker's error means to who runs the exporter, by its name in Kafka's protocol. */
const MEANINGS: Record<string, string> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic or the partition does not exist, or may not be seen',
  UNKNOWN_TOPIC_ID: 'the topic was deleted',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not use the topic',
  GROUP_AUTHORIZATION_FAILED: 'this user may not use the group',
  CLUSTER_AUTHORIZATION_FAILED: 'this user may not do that on the cluster',
  // A broker first says by a message why it does not take a token, which the library takes for an answer like another.
  ILLEGAL_SASL_STATE: LOGIN_FAILED,
  UNSUPPORTED_SASL_MECHANISM: 'the brokers do not offer this SASL mechanism',
  INCONSISTENT_GROUP_PROTOCOL:
    'the group has members that share out partitions in another way: use another `group`',
  INVALID_SESSION_TIMEOUT: 'the brokers do not allow this `session_timeout`',
  FENCED_INSTANCE_ID: 'another member has the same `instance_id`',
  MESSAGE_TOO_LARGE: 'a record is larger than the topic allows',
}

/** Causes may lead back to themselves. */
const MOST_DEPTH = 8

/** All errors in one, the first cause of each attempt last. */
function* within(error: unknown, depth = 0): Generator<LibraryError> {
  if (depth > MOST_DEPTH || !(error instanceof Error)) return
  const found = error as LibraryError
  yield found
  for (const inner of found.errors ?? []) yield* within(inner, depth + 1)
  yield* within(found.cause, depth + 1)
}

/** Whether an error of Kafka's protocol is among what went wrong. */
export function isKafkaError(error: unknown, ...ids: string[]): boolean {
  return [...within(error)].some(({ apiId }) => apiId && ids.includes(apiId))
}

/** Whether a topic does not exist. For metadata the library puts an error of its own in place of the broker's. */
export const isUnknownTopic = (error: unknown): boolean =>
  isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION') ||
  [...within(error)].some(({ message }) => message.startsWith('Unknown topic '))

/** What went wrong, in one line, of whatever the library threw. */
export function explainKafka(error: unknown): string {
  // What the library did not throw says what it means.
  if (!(error instanceof Error) || (error as LibraryError).code === undefined) return messageOf(error)
  const all = [...within(error)]
  const refused = all.find(({ code }) => code === 'PLT_KFK_AUTHENTICATION')
  if (refused) {
    // What asked for a token says itself what went wrong.
    const token = all.find(({ message }) => message.startsWith('no token from '))
    if (token) return token.message
    const mechanism = all.find(({ apiId }) => apiId === 'UNSUPPORTED_SASL_MECHANISM')
    return mechanism ? 'the login failed: the brokers do not offer this `sasl.mechanism`' : LOGIN_FAILED
  }
  const answered = all.find(({ apiId }) => apiId !== undefined)
  if (answered?.apiId) return MEANINGS[answered.apiId] ?? `a broker answered ${answered.apiId}`
  const codec = all.find(({ code }) => code === 'PLT_KFK_UNSUPPORTED_COMPRESSION')
  if (codec) return `records are compressed in a way that is not read: ${codec.message}`
  const innermost = all.filter(({ code }) => code !== undefined).at(-1) ?? error
  const message = messageOf(innermost).replace(/\.$/, '')
  // What Node.js advises is no option of the exporter.
  const [certificate, advice] = message.split('; if the root CA is installed locally')
  return advice === undefined ? message : `${certificate}: is \`tls_ca\` the right one?`
}
