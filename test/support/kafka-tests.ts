import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, type TestContext } from 'vitest'
import { RunningKafka } from './kafka.ts'
import { KafkaClient } from './kafka-client.ts'
import { kafkaLibraries } from './kafka-libraries.ts'
import { selfSigned } from './self-signed.ts'

/** Who may log in at the brokers of tests. */
export const USER = { name: 'mood', password: 'correct horse' }

export interface TestBroker {
  kafka: RunningKafka
  client: KafkaClient
  /** The file with the certificate to trust. */
  ca: string
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
    selfSigned(folder, 'broker')
    const [certificate, key] = await Promise.all(
      ['broker.crt', 'broker.key'].map(name => readFile(join(folder, name), 'utf8')),
    )
    const secure = { certificate: certificate as string, key: key as string, users: [USER] }
    const kafka = await RunningKafka.start(libraries, { secure })
    return { kafka, client: new KafkaClient(kafka.brokers), ca: join(folder, 'broker.crt') }
  }
  return async (context: TestContext): Promise<TestBroker & { topic: string }> => {
    // A skip is no failure to remember: each test says it for itself.
    if (!started) await kafkaLibraries(context)
    started ??= start(context)
    return { ...(await started), topic: `topic-${++topics}` }
  }
}
