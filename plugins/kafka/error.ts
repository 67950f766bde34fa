import { messageOf } from 'mood-exporter/plugin'

/** An error of the library: many contain the errors of several attempts, or a cause. */
interface LibraryError {
  message: string
  code?: string
  /** The error name in the broker's answer. */
  apiId?: string
  errors?: unknown[]
  cause?: unknown
}

const LOGIN_FAILED = 'the login failed: check `sasl.username` and the password or token'

/** The meaning of a broker's error for the operator, by its name in the Kafka protocol. */
const MEANINGS: Record<string, string> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic or the partition does not exist, or may not be seen',
  UNKNOWN_TOPIC_ID: 'the topic was deleted',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not use the topic',
  GROUP_AUTHORIZATION_FAILED: 'this user may not use the group',
  CLUSTER_AUTHORIZATION_FAILED: 'this user may not do that on the cluster',
  // A broker first rejects a token with a message, which the library treats as a normal answer.
  ILLEGAL_SASL_STATE: LOGIN_FAILED,
  UNSUPPORTED_SASL_MECHANISM: 'the brokers do not offer this SASL mechanism',
  INCONSISTENT_GROUP_PROTOCOL:
    'the group has members that share out partitions in another way: use another `group`',
  INVALID_SESSION_TIMEOUT: 'the brokers do not allow this `session_timeout`',
  FENCED_INSTANCE_ID: 'another member has the same `instance_id`',
  MESSAGE_TOO_LARGE: 'a record is larger than the topic allows',
}

/** Causes may be circular. */
const MOST_DEPTH = 8

/** All errors within one, with the first cause of each attempt last. */
function* within(error: unknown, depth = 0): Generator<LibraryError> {
  if (depth > MOST_DEPTH || !(error instanceof Error)) return
  const found = error as LibraryError
  yield found
  for (const inner of found.errors ?? []) yield* within(inner, depth + 1)
  yield* within(found.cause, depth + 1)
}

/** Whether an error contains one of the Kafka protocol. */
export function isKafkaError(error: unknown, ...ids: string[]): boolean {
  return [...within(error)].some(({ apiId }) => apiId && ids.includes(apiId))
}

/** Whether a topic does not exist. For metadata the library replaces the broker's error by its own. */
export const isUnknownTopic = (error: unknown): boolean =>
  isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION') ||
  [...within(error)].some(({ message }) => message.startsWith('Unknown topic '))

/** The message of a library error, in one line. */
export function explainKafka(error: unknown): string {
  // Errors from elsewhere have a message of their own.
  if (!(error instanceof Error) || (error as LibraryError).code === undefined) return messageOf(error)
  const all = [...within(error)]
  const refused = all.find(({ code }) => code === 'PLT_KFK_AUTHENTICATION')
  if (refused) {
    // Errors of a token request have a message of their own.
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
  // Node.js's advice does not apply to options of the exporter.
  const [certificate, advice] = message.split('; if the root CA is installed locally')
  return advice === undefined ? message : `${certificate}: is \`tls_ca\` the right one?`
}
