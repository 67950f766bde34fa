import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { end } from './end.ts'

/** The body that Alertmanager sends to a webhook. */
export interface Notification {
  receiver: string
  status: 'firing' | 'resolved'
  groupLabels: Record<string, string>
  alerts: {
    status: 'firing' | 'resolved'
    labels: Record<string, string>
    annotations: Record<string, string>
    startsAt: string
    endsAt: string
  }[]
}

/** A server that receives notifications of an Alertmanager. */
export class Webhook {
  readonly notifications: Notification[] = []
  readonly #server: Server
  #arrived = Promise.withResolvers<void>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async listening(): Promise<Webhook> {
    const webhook: Webhook = new Webhook(
      createServer(async (request, response) => {
        webhook.notifications.push(JSON.parse(await text(request)))
        webhook.#arrived.resolve()
        webhook.#arrived = Promise.withResolvers()
        response.end()
      }),
    )
    webhook.#server.listen(0, '127.0.0.1')
    await once(webhook.#server, 'listening')
    return webhook
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Resolves to the first notification that meets a condition; after `ms`, rejects with those received. */
  async received(condition: (notification: Notification) => boolean, ms: number): Promise<Notification> {
    const deadline = AbortSignal.timeout(ms)
    const expired = once(deadline, 'abort')
    for (;;) {
      const found = this.notifications.find(condition)
      if (found) return found
      if (deadline.aborted)
        throw new Error(`not notified within ${ms} ms: ${condition}\n${JSON.stringify(this.notifications)}`)
      await Promise.race([this.#arrived.promise, expired])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A real Alertmanager in its own process. */
export class RunningAlertmanager {
  /** `host:port`. */
  readonly address: string
  readonly #process: ChildProcess
  readonly #folder: string

  constructor(address: string, process: ChildProcess, folder: string) {
    this.address = address
    this.#process = process
    this.#folder = folder
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#process, this.#folder)
  }
}

/** Starts an Alertmanager with that configuration, and resolves once it listens. */
export async function startAlertmanager(binary: string, config: string): Promise<RunningAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-alertmanager-'))
  await writeFile(join(folder, 'alertmanager.yml'), config)
  const flags = ['--config.file=alertmanager.yml', '--storage.path=data', '--web.listen-address=127.0.0.1:0']
  // Without a cluster port.
  const child = spawn(binary, [...flags, '--cluster.listen-address='], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  // It chooses an ephemeral port, which is only in its log.
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', line => {
      log.push(line)
      const found = /msg="Listening on" .*?address=(\S+)/.exec(line)?.[1]
      if (found) resolve(found)
    })
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`alertmanager exited with ${code}:\n${log.join('\n')}`)))
  }).catch(async error => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return new RunningAlertmanager(address, child, folder)
}
