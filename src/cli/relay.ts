import { Command } from 'commander'
import { DEFAULT_CONFIG } from '../config/default-file.ts'
import { serve } from './serve.ts'
import { namedConfig, type ServeOptions, withServeOptions } from './serve-options.ts'

const EXAMPLES = `
Reads the \`sources\`, and writes each post to the only entry of \`outputs\`, which must be able to relay posts, such as
\`kafka\`. Nothing is scored: \`scorers\`, \`extractors\` and \`windows\` are ignored. With \`topics\`, only posts that match one
are relayed. A read is committed after the receiver has the post, so each post is delivered at least once.

Examples:
  $ mood-exporter relay                     ./mood.yml
  $ mood-exporter relay --config relay.yml
  $ curl localhost:19747/-/healthy          also /metrics, /-/ready and the status page`

/** `mood-exporter relay`: sends posts from sources to Kafka, for many exporters to read. */
export function relayCommand(): Command {
  return withServeOptions(new Command('relay'))
    .description('Read posts and write them to Kafka, without scoring them.')
    .addHelpText('after', EXAMPLES)
    .action((_: unknown, command: Command) => {
      const options: ServeOptions = command.optsWithGlobals()
      return serve(options, {
        file: namedConfig(options) ?? DEFAULT_CONFIG,
        relays: true,
      })
    })
}
