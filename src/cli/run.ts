import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Command } from 'commander'
import type { Exporter } from '../runtime/exporter.ts'
import { lingering } from '../runtime/threads/lingering.ts'
import type { RunningServer } from '../server/server.ts'
import { EXIT } from './errors.ts'
import { leaveAtOnce } from './leave.ts'
import type { LogLevel } from './log-levels.ts'
import { complain, print } from './output.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Without --config it runs ./mood.yml, or, where there is none, the built-in demo.

Examples:
  $ mood-exporter run                                      ./mood.yml, or the demo
  $ mood-exporter run --config mood.yml
  $ mood-exporter run --config mood.yml --web.config.file web.yml   with TLS and passwords
  $ kill -HUP PID                                          loads the configuration again

Stops cleanly on SIGTERM and Ctrl-C: sources stop and what they had read is counted. On SIGTERM, where Prometheus has
been scraping, it waits for one more scrape. All of it within server.shutdown_timeout; a second signal ends it at once.`

const DEMO = fileURLToPath(new URL('../../plugins/sources/demo/example.yml', import.meta.url))

const DEFAULT_CONFIG = 'mood.yml'

/** How long threads have to end after server.shutdown_timeout, before the process ends without them; milliseconds. */
const LAST_MS = 4000

interface Options {
  config?: string
  'web.config.file'?: string
  'web.enableLifecycle'?: boolean
  logLevel?: LogLevel
}

/** `mood-exporter run`: the exporter itself. */
export function runCommand(): Command {
  return new Command('run')
    .description('Read posts and serve metrics of them.')
    .option('-c, --config <file>', 'the configuration')
    .option('--web.config.file <file>', 'TLS and passwords, in the format that Prometheus exporters share')
    .option('--web.enable-lifecycle', 'let POST /-/reload load the configuration again')
    .addHelpText('after', EXAMPLES)
    .action((_: unknown, command: Command) => run(command.optsWithGlobals()))
}

async function run(options: Options): Promise<void> {
  // Left to itself V8 lets the heap of each thread grow to several times of what it holds before it looks for garbage:
  // 800 MB in all under full load, against 240 MB so, for some 5 % more time.
  setFlagsFromString('--optimize-for-size')
  let reload: () => unknown = () => {}
  // From now on: what is not read yet is not to be loaded again, but the signal would end the process.
  process.on('SIGHUP', () => void reload())
  const file = options.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : DEMO)
  const [{ loadConfig }, { createLog }, { Exporter }, { startServer }] = await Promise.all([
    import('../config/load.ts'),
    import('./log.ts'),
    import('../runtime/exporter.ts'),
    import('../server/server.ts'),
  ])
  // The configuration says how to log, and is read before there is a log: its own problems are told without one.
  const first = await loadConfig(file)
  const logging = first.ok ? first.loaded.config.log : { level: 'info' as const, format: 'auto' as const }
  const log = await createLog({ ...logging, ...(options.logLevel ? { level: options.logLevel } : {}) })

  // Node.js would write them to standard error, and wait for whoever reads it.
  process
    .removeAllListeners('warning')
    .on('warning', ({ name, message }) => log.warn({ warning: name }, message))

  // What was read a moment ago is what it starts with.
  const read = [first]
  const load = async () => read.pop() ?? loadConfig(file)
  const exporter = await Exporter.create({ load, version: VERSION, log })
  const { listen, hosts, shutdown_timeout: shutdownTimeout } = exporter.loaded.config.server
  let server: RunningServer
  try {
    server = await startServer(exporter, {
      listen,
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
  // Standard output is not ours where an output writes to it.
  const isTaken = exporter.loaded.config.outputs.some(({ use }) => use === 'stdout')
  announce(server.address, file, isTaken ? complain : print)
  const signal = await stopped
  log.info({ signal }, 'stopping')
  await stop(exporter, server, shutdownTimeout, signal)
}

function announce(address: string, file: string, say: (text: string) => void): void {
  if (file === DEMO) say('mood-exporter runs on invented posts; give --config FILE to read real ones.')
  say(`  Status page  ${address}/`)
  say(`  Metrics      ${address}/metrics`)
  say('  Stop         Ctrl-C')
}

/** Resolves at the first signal to stop. The second ends the process at once. */
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
 * Counts what was read and ends, within so many milliseconds. On SIGTERM Prometheus is given the time to fetch it; who
 * presses Ctrl-C does not want to wait for that.
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
  // Whatever hangs, it is gone soon after.
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
