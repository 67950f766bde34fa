import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, type TestContext } from 'vitest'
import { RunningKafka } from '../../tools/stack/kafka.ts'
import { KafkaClient } from '../../tools/stack/kafka-client.ts'
import { kafkaLibraries } from '../../tools/stack/kafka-libraries.ts'
import { selfSigned } from './self-signed.ts'

/** Who may log in at the brokers of tests. */
export const USER = { name: 'mood', password: 'correct horse' }

export interface TestBroker {
  kafka: RunningKafka
  client: KafkaClient
  /** The file with the certificate to trust. */
  ca: string
  /** Files with a certificate that it trusts, and its key. */
  certificate: string
  key: string
}

/** One broker for all tests of a file, started by the first that asks for it, and a topic name that no other test has. */
export function sharedBroker() {
  let started: Promise<TestBroker> | null = null
  let folder = ''
  let topics = 0
  afterAll(async () => {
    const broker = await started?.catch(() => null)
    await broker?.client[Symbol.asyncDispose]()
    await broker?.kafka[Symbol.asyncDispose]()
    if (folder) await rm(folder, { recursive: true, force: true })
  })
  const start = async (context: TestContext): Promise<TestBroker> => {
    const libraries = await kafkaLibraries(context)
    folder = await mkdtemp(join(tmpdir(), 'mood-kafka-ca-'))
    for (const name of ['broker', 'client']) selfSigned(folder, name)
    const [certificate, key, trusted] = (await Promise.all(
      ['broker.crt', 'broker.key', 'client.crt'].map(name => readFile(join(folder, name), 'utf8')),
    )) as [string, string, string]
    const secure = { certificate, key, users: [USER], trusted }
    const kafka = await RunningKafka.start(libraries, { secure })
    const [ca, own, ownKey] = ['broker.crt', 'client.crt', 'client.key'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ]
    return { kafka, client: new KafkaClient(kafka.brokers), ca, certificate: own, key: ownKey }
  }
  return async (context: TestContext): Promise<TestBroker & { topic: string }> => {
    // A skip is no failure to remember: each test says it for itself.
    if (!started) await kafkaLibraries(context)
    started ??= start(context)
    return { ...(await started), topic: `topic-${++topics}` }
  }
}
