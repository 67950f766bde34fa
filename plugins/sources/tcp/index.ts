import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineSource, type Source, type SourceContext } from 'mood-exporter/plugin'
import { runClient } from './client.ts'
import { options, type TcpOptions } from './options.ts'
import { runServer } from './server.ts'

/** How long a client of ours may be silent unless told otherwise, in milliseconds. */
const IDLE_CLIENT_MS = 300_000

async function clientOf(
  { connect, tls, tls_ca, connect_timeout, idle_timeout, backoff }: TcpOptions,
  { log, baseDir }: SourceContext,
): Promise<Source> {
  const ca = tls_ca === undefined ? {} : { ca: await readCertificates(resolve(baseDir, tls_ca)) }
  const settings = {
    host: connect?.host || 'localhost',
    port: connect?.port as number,
    tls: tls ? ca : undefined,
    connectTimeoutMs: connect_timeout,
    idleMs: idle_timeout ?? 0,
    backoff,
    log,
  }
  return { run: (sink, signal) => runClient(settings, sink, signal) }
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`tls_ca: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

export default defineSource({
  name: 'tcp',
  description: 'Reads lines over TCP: from a relay that it connects to, or from clients that connect to it.',
  live: true,
  options,
  create: (options, context) => {
    const { listen, token, max_connections, idle_timeout } = options
    if (!listen) return clientOf(options, context)
    const idleMs = idle_timeout ?? IDLE_CLIENT_MS
    const settings = { ...listen, token, maxConnections: max_connections, idleMs, log: context.log }
    return { run: (sink, signal) => runServer(settings, sink, signal) }
  },
})
