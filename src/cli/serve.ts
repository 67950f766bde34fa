import { setFlagsFromString } from 'node:v8'
import type { Exporter } from '../runtime/exporter.ts'
import { lingering } from '../runtime/threads/lingering.ts'
import type { RunningServer } from '../server/server.ts'
import { EXIT } from './errors.ts'
import { print, printError } from './output.ts'
import type { ServeOptions } from './serve-options.ts'
import { VERSION } from './version.ts'

/**
 * How long threads have to end after server.shutdown_timeout, before the process exits without them; milliseconds.
 */
const LAST_MS = 4000

/** The command to run. */
export interface Served {
  /** The configuration file. */
  file: string
  /** Whether posts are relayed to the one output instead of being scored. */
  relays?: boolean
  /** A hint to log at the start. */
  hint?: string | undefined
}

/** Runs an exporter or a relay until a signal stops it. */
export async function serve(options: ServeOptions, { file, relays = false, hint }: Served): Promise<void> {
  // By default each thread's young generation grows to 16 MB and more: 800 MB in all under full load.
  setFlagsFromString('--optimize-for-size')
  // With that flag alone a heap is collected each time it has grown by 30 %: with 50 topics and a state directory that was
  // 3 of 17 s of processor time. This costs up to 100 MB under full load, and nothing at rest.
  setFlagsFromString('--heap-growing-percent=150')
  let reload: () => unknown = () => {}
  // From here on a SIGHUP must not end the process. A reload now would have no effect: the file is read next.
  process.on('SIGHUP', () => void reload())
  // Node.js would open its debugger port, to which any user of the machine could connect.
  process.on('SIGUSR1', () => {})
  const { prepare } = await import('../runtime/reload/prepare.ts')
  const listen = options['web.listenAddress']
  const from = { file, relays, ...(listen === undefined ? {} : { listen }) }
  // Loads the exporter's modules in the meantime.
  const [prepared, { createLog }, { Exporter }, { startServer }] = await Promise.all([
    prepare(from, null, relays),
    import('./log.ts'),
    import('../runtime/exporter.ts'),
    import('../server/server.ts'),
  ])
  const { server: serving, log: logging } = prepared.loaded.config
  const level = options['log.level'] ?? options.logLevel ?? logging.level
  const log = await createLog({ level, format: options['log.format'] ?? logging.format })

  // Node.js would write them to standard error, and block until they are read.
  process
    .removeAllListeners('warning')
    .on('warning', ({ name, message }) => log.warn({ warning: name }, message))

  const exporter = await Exporter.create({ from, prepared, version: VERSION, log, relays })
  const { hosts, shutdown_timeout: shutdownTimeout } = serving
  let server: RunningServer
  try {
    server = await startServer(exporter, {
      listen: serving.listen,
      hosts,
      webConfigFile: options['web.config.file'],
      enableLifecycle: options['web.enableLifecycle'] ?? false,
      log,
    })
  } catch (error) {
    await exporter.close()
    throw error
  }
  reload = () => exporter.reload()
  const stopped = stopSignal()
  exporter.run()
  // If an output writes to standard output, nothing else may.
  const isTaken = exporter.loaded.config.outputs.some(({ use }) => use === 'stdout')
  announce(server.address, hint, isTaken ? printError : print)
  const signal = await stopped
  log.info({ signal }, 'stopping')
  await stop(exporter, server, shutdownTimeout, signal)
}

function announce(address: string, hint: string | undefined, say: (text: string) => void): void {
  if (hint !== undefined) say(hint)
  say(`  Status page  ${address}/`)
  say(`  Metrics      ${address}/metrics`)
  say('  Stop         Ctrl-C')
}

/** Resolves at the first signal to stop. The second one ends the process immediately. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let signals = 0
    const onSignal = (signal: NodeJS.Signals) => {
      if (++signals > 1) leaveAtOnce(EXIT.failure)
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

/**
 * Commits what was read and ends, within at most `within` milliseconds. On SIGTERM it waits for Prometheus to scrape
 * once more; on Ctrl-C it does not.
 */
async function stop(
  exporter: Exporter,
  server: RunningServer,
  within: number,
  signal: NodeJS.Signals,
): Promise<void> {
  const deadline = AbortSignal.timeout(within)
  const expired = new Promise<void>(resolve =>
    deadline.addEventListener('abort', () => resolve(), { once: true }),
  )
  // Ends the process soon after, whatever hangs.
  setTimeout(() => leaveAtOnce(EXIT.failure), within + LAST_MS)
  await Promise.race([exporter.drain(), expired])
  const scrapeWithin = server.nextScrapeWithin
  if (signal === 'SIGTERM' && scrapeWithin > 0)
    await server.scraped(AbortSignal.any([deadline, AbortSignal.timeout(scrapeWithin)])).catch(() => {})
  await server.close()
  await exporter.close(deadline.aborted ? 0 : undefined)
  // At its exit the process would wait for a thread that does not end.
  if (lingering() > 0 || deadline.aborted) leaveAtOnce(EXIT.ok)
}

/**
 * Ends the process immediately with this exit code, whatever its threads are doing. `process.exit` waits for each of
 * them, and forever for one in a system call, such as a plugin that waits for a child process. Replacing the process
 * by another program ends them all; signals would not work for process 1 of a container.
 */
function leaveAtOnce(code: number): never {
  try {
    process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {})
  } catch {
    // Not available on this system.
  }
  process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}
