import { resolve } from 'node:path'
import {
  defineSource,
  PluginError,
  readRegularFile,
  type Source,
  type SourceContext,
} from 'mood-exporter/plugin'
import { runClient } from './client.ts'
import { options, type TcpOptions } from './options.ts'
import { runServer } from './server.ts'

/** How long a client may be silent by default, in milliseconds. */
const IDLE_CLIENT_MS = 300_000

function clientOf(
  { connect, tls, tls_ca, connect_timeout, idle_timeout, backoff, encoding }: TcpOptions,
  { log, baseDir }: SourceContext,
): Source {
  const ca = tls_ca === undefined ? {} : { ca: readCertificates(resolve(baseDir, tls_ca)) }
  const settings = {
    host: connect?.host || 'localhost',
    port: connect?.port as number,
    tls: tls ? ca : undefined,
    connectTimeoutMs: connect_timeout,
    idleMs: idle_timeout ?? 0,
    backoff,
    encoding,
    log,
  }
  return { run: (emitter, signal) => runClient(settings, emitter, signal) }
}

function readCertificates(path: string): string {
  try {
    return readRegularFile(path).toString()
  } catch (error) {
    const message = `tls_ca: cannot be read: ${(error as Error).message}`
    throw new PluginError('ERR_TCP_TLS_CA', message, { cause: error })
  }
}

export default defineSource({
  name: 'tcp',
  description: 'Reads lines over TCP: from a relay that it connects to, or from clients that connect to it.',
  live: true,
  errors: {
    ERR_TCP_TLS_CA:
      'The file of `tls_ca` cannot be read. Check its path, which starts from the folder of the configuration.',
  },
  options,
  create: (options, context) => {
    const { listen, token, max_connections, idle_timeout, encoding } = options
    if (!listen) return clientOf(options, context)
    const idleMs = idle_timeout ?? IDLE_CLIENT_MS
    const settings = { ...listen, token, maxConnections: max_connections, idleMs, encoding, log: context.log }
    return { run: (emitter, signal) => runServer(settings, emitter, signal) }
  },
})
