import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import { onPath, unavailable } from './tools.ts'

/** The version of the broker. */
export const KAFKA_VERSION = '4.1.1'

/** Its log library: to standard error, which the tests read. */
const SLF4J = { groupId: 'org.slf4j', artifactId: 'slf4j-simple', version: '1.7.36' }

/** The parts that run a broker: a Java, and the folder with its libraries. */
export interface KafkaLibraries {
  java: string
  folder: string
}

/** Downloads are cached across runs and checkouts: 43 MB. */
const cache = () => join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mood-exporter')

/**
 * The libraries of a Kafka broker from Maven Central, downloaded once. The test is skipped without Java, or with
 * neither Maven nor an earlier download.
 *
 * @throws Error instead, if MOOD_REQUIRE_TOOLS=1
 */
export async function kafkaLibraries(context: TestContext): Promise<KafkaLibraries> {
  const found = await findKafkaLibraries()
  return typeof found === 'string' ? unavailable(context, found) : found
}

/** The same outside of tests: the libraries, or what must be installed. */
export async function findKafkaLibraries(): Promise<KafkaLibraries | string> {
  const java = onPath('java')
  if (!java) return '`java` is not on the PATH: apt-get install default-jre-headless'
  const folder = join(cache(), `kafka-${KAFKA_VERSION}`)
  if (existsSync(folder)) return { java, folder }
  const maven = onPath('mvn')
  if (!maven) return '`mvn` is not on the PATH, which downloads the Kafka broker: apt-get install maven'
  await download(maven, folder)
  return { java, folder }
}

/** Concurrent downloads each use their own folder; the first to finish is moved to its place. */
async function download(maven: string, folder: string): Promise<void> {
  await mkdir(cache(), { recursive: true })
  const own = await mkdtemp(`${folder}-`)
  try {
    await writeFile(join(own, 'pom.xml'), pom())
    await promisify(execFile)(
      maven,
      ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libraries'],
      { cwd: own },
    )
    await rename(join(own, 'libraries'), folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

function pom(): string {
  const kafka = { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: KAFKA_VERSION }
  const dependencies = [kafka, SLF4J].map(
    ({ groupId, artifactId, version }) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mood-exporter</groupId><artifactId>kafka-libraries</artifactId><version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`
}
