import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Emitter, type Log, listenError, messageOf, NotText, textStream } from 'mood-exporter/plugin'
import { admitted, Refused } from './admission.ts'
import { pump } from './pump.ts'

/** How long a client may take for its first line, in milliseconds. */
const FIRST_LINE_MS = 10_000

export interface ServerSettings {
  host: string
  port: number
  token: string | undefined
  maxConnections: number
  idleMs: number
  /** By its name in the Encoding Standard; undefined if it is not configured. */
  encoding: string | undefined
  log: Log
}

/** Accepts connections until the signal is aborted. @throws Error if it cannot listen on the address */
export async function runServer(
  settings: ServerSettings,
  emitter: Emitter,
  signal: AbortSignal,
): Promise<void> {
  const { maxConnections, log } = settings
  const connections = new Set<Promise<void>>()
  const server = createServer(socket => {
    const served = serve(socket, settings, emitter, signal).finally(() => connections.delete(served))
    connections.add(served)
  })
  server.maxConnections = maxConnections
  server.on('drop', connection => {
    const why = `there are ${maxConnections} already (max_connections)`
    refuse(emitter, log, connection?.remoteAddress, why, 'connections')
  })
  const { address, port } = await listen(server, settings)
  server.on('error', error => log.warn('a connection could not be accepted', { error: messageOf(error) }))
  log.info('listening', { host: address, port })
  emitter.up()
  if (!signal.aborted) await once(signal, 'abort')
  server.close()
  await Promise.all(connections)
}

async function listen(server: Server, { host, port }: ServerSettings): Promise<AddressInfo> {
  try {
    server.listen({ port, ...(host === '' ? {} : { host }) })
    await once(server, 'listening')
    return server.address() as AddressInfo
  } catch (error) {
    throw listenError(error, { host, port }, 'listen')
  }
}

async function serve(
  socket: Socket,
  { token, idleMs, encoding, log }: ServerSettings,
  emitter: Emitter,
  signal: AbortSignal,
): Promise<void> {
  const { remoteAddress } = socket
  let refused: Refused | undefined
  const deadline = setTimeout(() => {
    if (token !== undefined) socket.destroy(new Refused(`no first line within ${FIRST_LINE_MS / 1000} s`))
  }, FIRST_LINE_MS)
  const inTime = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      clearTimeout(deadline)
      yield chunk
    }
  }
  const chunks = async function* () {
    try {
      yield* textStream(inTime(admitted(socket, token)), { encoding })
    } catch (error) {
      if (error instanceof Refused) refused = error
      if (error instanceof NotText) refused = new Refused(`what it sends ${error.message}`)
      throw error
    }
  }
  try {
    log.debug('a client connected', { from: remoteAddress })
    const ending = await pump(socket, chunks(), emitter.lines(), { idleMs, signal })
    if (refused) refuse(emitter, log, remoteAddress, refused.message, 'admission')
    else log.debug(`a client is gone: ${ending.message}`, { from: remoteAddress })
  } finally {
    clearTimeout(deadline)
  }
}

/** Counts a refused connection, and logs the reason. */
function refuse(
  emitter: Emitter,
  log: Log,
  from: string | undefined,
  why: string,
  reason: 'connections' | 'admission',
): void {
  log.warn(`a connection was refused: ${why}`, { from })
  emitter.refused(reason)
}
