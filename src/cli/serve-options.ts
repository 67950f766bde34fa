import { type Command, Option } from 'commander'
import type { Config } from '../config/schema.ts'
import { usageError } from './errors.ts'
import { LOG_FORMATS, LOG_LEVELS, type LogLevel } from './log-levels.ts'

/** The options of the command line, including the global ones. */
export interface ServeOptions {
  config?: string
  'config.file'?: string
  'web.listenAddress'?: string
  'web.config.file'?: string
  'web.enableLifecycle'?: boolean
  'log.level'?: LogLevel
  'log.format'?: Config['log']['format']
  logLevel?: LogLevel
}

/** Adds the options of commands that serve metrics, with the names that other exporters use. */
export function withServeOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration')
    .option('--config.file <file>', 'the same as --config')
    .option('--web.listen-address <address>', 'the address to serve metrics on; overrides server.listen')
    .option('--web.config.file <file>', 'TLS and passwords, in the format that Prometheus exporters share')
    .option('--web.enable-lifecycle', 'allow POST /-/reload to reload the configuration')
    .addOption(new Option('--log.level <level>', 'the same as --log-level').choices(LOG_LEVELS))
    .addOption(
      new Option('--log.format <format>', 'the format of the log; overrides log.format').choices(LOG_FORMATS),
    )
}

/** The named configuration file, under either name. @throws MoodError ERR_USAGE if both are given and differ */
export function namedConfig({ config, 'config.file': file }: ServeOptions): string | undefined {
  if (config !== undefined && file !== undefined && config !== file)
    throw usageError('expected --config or --config.file, got both')
  return config ?? file
}
