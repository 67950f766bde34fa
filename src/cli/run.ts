import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { findConfig } from './find-config.ts'
import { serve } from './serve.ts'
import { namedConfig, type ServeOptions, withServeOptions } from './serve-options.ts'

const EXAMPLES = `
Without --config it runs ./mood.yml or, if that does not exist, the built-in demo.

Examples:
  $ mood-exporter run                                      ./mood.yml, or the demo
  $ mood-exporter run --config mood.yml
  $ mood-exporter run --config mood.yml --web.config.file web.yml   with TLS and passwords
  $ kill -HUP PID                                          reloads the configuration

SIGTERM and Ctrl-C stop it cleanly: sources stop, and everything they have read is counted. On SIGTERM it also waits
for the next scrape, if Prometheus has been scraping it. This takes at most server.shutdown_timeout. A second signal
ends it immediately.`

const DEMO = fileURLToPath(new URL('../../plugins/sources/demo/example.yml', import.meta.url))

const DEMO_HINT = 'mood-exporter runs on invented posts; give --config FILE to read real ones.'

/** `mood-exporter run`: runs the exporter. */
export function runCommand(): Command {
  return withServeOptions(new Command('run'))
    .description('Read posts and serve their metrics.')
    .addHelpText('after', EXAMPLES)
    .action((_: unknown, command: Command) => {
      const options: ServeOptions = command.optsWithGlobals()
      const file = findConfig(namedConfig(options)) ?? DEMO
      return serve(options, { file, hint: file === DEMO ? DEMO_HINT : undefined })
    })
}
