import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { end } from './end.ts'
import type { KafkaLibraries } from './kafka-libraries.ts'

/** How many ports are tried: another process may take one before it is used. */
const ATTEMPTS = 3

/** A user of the listener with TLS and SASL. */
export interface KafkaUser {
  name: string
  password: string
}

export interface KafkaOptions {
  /** Default number of partitions of a topic. */
  partitions?: number
  /**
   * A listener with TLS and SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, and OAUTHBEARER with unsecured tokens): a
   * certificate with its key in PEM, and users. With `trusted`, certificates in PEM, there is another listener with
   * TLS for clients that present one of these.
   */
  secure?: { certificate: string; key: string; users: readonly KafkaUser[]; trusted?: string }
  /** Makes it a further broker in the cluster of this one, which is its controller. */
  joins?: RunningKafka
  /** Its rack: consumers in the same rack may read from it although another broker leads. */
  rack?: string
  /** Maximum size of its heap. */
  heap?: string
  /** Uses the optimising compiler, for measurements; without, it starts sooner. */
  optimised?: boolean
}

interface Ports {
  plain: number
  controller: number
  secure: number
  mutual: number
}

/**
 * A real Kafka broker in its own process: its own controller (KRaft), with its data in its own folder, on unused
 * loopback ports.
 */
export class RunningKafka {
  readonly #libraries: KafkaLibraries
  readonly #options: KafkaOptions
  readonly #folder: string
  readonly #clusterId: string
  #ports: Ports
  #process: ChildProcess | null = null
  /** Its log since the last start. */
  log: string[] = []

  private constructor(libraries: KafkaLibraries, options: KafkaOptions, folder: string, ports: Ports) {
    this.#libraries = libraries
    this.#options = options
    this.#folder = folder
    this.#ports = ports
    const { joins } = options
    this.#clusterId = joins
      ? joins.#clusterId
      : Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  }

  /** Starts a broker and resolves when it serves. */
  static async start(libraries: KafkaLibraries, options: KafkaOptions = {}): Promise<RunningKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-kafka-'))
    const kafka = new RunningKafka(libraries, options, folder, await freePorts())
    try {
      await kafka.#configure()
      await kafka.#format()
      for (let attempt = 1; ; attempt++) {
        try {
          await kafka.restart()
          return kafka
        } catch (error) {
          if (attempt === ATTEMPTS || !/already in use|failed to bind/i.test(String(error))) throw error
          kafka.#ports = await freePorts()
          await kafka.#configure()
        }
      }
    } catch (error) {
      await kafka[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Without encryption and without a password. */
  get brokers(): string {
    return `127.0.0.1:${this.#ports.plain}`
  }

  /** With TLS and SASL. */
  get secureBrokers(): string {
    return `127.0.0.1:${this.#ports.secure}`
  }

  /** With TLS, for clients that present a trusted certificate. */
  get mutualBrokers(): string {
    return `127.0.0.1:${this.#ports.mutual}`
  }

  /** Its process; null while it is stopped. */
  get process(): ChildProcess | null {
    return this.#process
  }

  /** Stops it as an operator would, or kills it. Resolves when it has ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  /** Starts it (again) with its data and ports. Resolves when it serves. */
  async restart(): Promise<void> {
    await this.stop()
    const { heap = '256m', optimised = false } = this.#options
    const log: string[] = []
    this.log = log
    const child = spawn(
      this.#libraries.java,
      [
        `-Xmx${heap}`,
        ...(optimised ? ['-XX:+UseG1GC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=info',
        '-cp',
        join(this.#libraries.folder, '*'),
        'kafka.Kafka',
        'server.properties',
      ],
      { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    // In case a test did not stop it.
    const orphaned = () => child.kill('SIGKILL')
    process.once('exit', orphaned)
    child.once('exit', () => process.off('exit', orphaned))
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', line => {
        log.push(line)
        if (line.includes('Kafka Server started')) resolve()
      })
      child.on('error', reject)
      child.on('exit', code =>
        reject(new Error(`the broker exited with ${code}:\n${log.slice(-40).join('\n')}`)),
      )
    })
    this.#process = child
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child) await end(child, this.#folder)
    else await rm(this.#folder, { recursive: true, force: true })
  }

  async #configure(): Promise<void> {
    const { secure, joins } = this.#options
    if (secure) await writeFile(join(this.#folder, 'keystore.pem'), `${secure.key}\n${secure.certificate}`)
    if (secure?.trusted) await writeFile(join(this.#folder, 'truststore.pem'), secure.trusted)
    await writeFile(
      join(this.#folder, 'server.properties'),
      properties(this.#ports, this.#options, this.#folder, joins ? joins.#ports.controller : undefined),
    )
  }

  /** Prepares its folder, and stores the SCRAM users there. */
  async #format(): Promise<void> {
    const users = this.#options.secure?.users ?? []
    const scram = users.flatMap(({ name, password }) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
        '--add-scram',
        `${mechanism}=[name=${name},password=${password}]`,
      ]),
    )
    await promisify(execFile)(
      this.#libraries.java,
      [
        '-XX:TieredStopAtLevel=1',
        '-cp',
        join(this.#libraries.folder, '*'),
        'kafka.tools.StorageTool',
        'format',
        // An id may begin with a dash.
        `--cluster-id=${this.#clusterId}`,
        '-c',
        'server.properties',
        ...scram,
      ],
      { cwd: this.#folder },
    )
  }
}

/** @param controller the port of the controller of the cluster that it joins */
function properties(
  ports: Ports,
  { partitions = 4, secure, rack }: KafkaOptions,
  folder: string,
  controller: number | undefined,
): string {
  const listeners = [
    `PLAINTEXT://127.0.0.1:${ports.plain}`,
    ...(secure ? [`SASL_SSL://127.0.0.1:${ports.secure}`] : []),
    ...(secure?.trusted ? [`SSL://127.0.0.1:${ports.mutual}`] : []),
  ]
  const isController = controller === undefined
  const settings: Record<string, string | number> = {
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': isController ? 1 : 2,
    'controller.quorum.voters': `1@127.0.0.1:${controller ?? ports.controller}`,
    listeners: [...listeners, ...(isController ? [`CONTROLLER://127.0.0.1:${ports.controller}`] : [])].join(
      ',',
    ),
    'advertised.listeners': listeners.join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'num.partitions': partitions,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Short, since tests wait for these.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'controlled.shutdown.enable': 'false',
  }
  if (rack !== undefined)
    Object.assign(settings, {
      'broker.rack': rack,
      'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    })
  if (secure?.trusted)
    Object.assign(settings, {
      'listener.name.ssl.ssl.client.auth': 'required',
      'listener.name.ssl.ssl.truststore.type': 'PEM',
      'listener.name.ssl.ssl.truststore.location': join(folder, 'truststore.pem'),
    })
  if (secure) {
    const users = secure.users.map(({ name, password }) => `user_${name}="${password}"`).join(' ')
    const login = 'org.apache.kafka.common.security'
    Object.assign(settings, {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(folder, 'keystore.pem'),
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required ${users};`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
      // Accepts unsigned tokens with valid times: Kafka supports that for tests.
      'listener.name.sasl_ssl.oauthbearer.sasl.jaas.config': `${login}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      // A session ends with its token, unless it is extended.
      'listener.name.sasl_ssl.oauthbearer.connections.max.reauth.ms': 3_600_000,
    })
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

async function freePorts(): Promise<Ports> {
  const [plain, controller, secure, mutual] = await Promise.all(Array.from({ length: 4 }, freePort))
  return { plain, controller, secure, mutual } as Ports
}

/** An unused port. The broker must advertise it before it binds it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
