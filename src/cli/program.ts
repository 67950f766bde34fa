import { Command, Option } from 'commander'
import { rejectExcess } from './arguments.ts'
import { backfillCommand } from './backfill.ts'
import { checkCommand } from './check.ts'
import { evalCommand } from './eval.ts'
import { exportCommand } from './export.ts'
import { addHelp } from './help.ts'
import { kafkaCommand } from './kafka.ts'
import { kakaoCommand } from './kakao.ts'
import { LOG_LEVELS } from './log-levels.ts'
import { metricsCommand } from './metrics.ts'
import { pluginsCommand } from './plugins.ts'
import { relayCommand } from './relay.ts'
import { reportCommand } from './report.ts'
import { runCommand } from './run.ts'
import { schemaCommand } from './schema.ts'
import { scoreCommand } from './score.ts'
import { stateCommand } from './state.ts'
import { twitterCommand } from './twitter.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter run --config mood.yml    serve metrics
  $ mood-exporter check                    find every problem of ./mood.yml
  $ mood-exporter score "I love this! 🎉"   try the scorers
  $ mood-exporter plugins                  see what is built in

Exit codes: 0 success, 1 failure, 2 invalid command line.`

/** The command line. Each command is a file, and loads its dependencies only when it runs. */
export function createProgram(): Command {
  const program = new Command('mood-exporter')
    .description('A Prometheus exporter for the sentiment, topics and top terms of short posts.')
    .version(VERSION, '-V, --version')
    .addOption(
      new Option('--log-level <level>', 'the minimum level to log; overrides log.level').choices(LOG_LEVELS),
    )
    .showSuggestionAfterError()
    .exitOverride()
    // `rejectExcess` says what to write instead.
    .allowExcessArguments()
    .hook('preAction', (_, command) => rejectExcess(command))
    // Errors of the command line are reported like all other errors.
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', EXAMPLES)
  const commands = [
    runCommand(),
    relayCommand(),
    checkCommand(),
    scoreCommand(),
    evalCommand(),
    backfillCommand(),
    pluginsCommand(),
    metricsCommand(),
    schemaCommand(),
    exportCommand(),
    stateCommand(),
    twitterCommand(),
    kafkaCommand(),
    reportCommand(),
    kakaoCommand(),
  ]
  for (const command of commands) program.addCommand(command)
  addHelp(program)
  passSettings(program)
  return program
}

/** Gives a command's settings to the commands within it, which were made without it, at every depth. */
function passSettings(parent: Command): void {
  for (const command of parent.commands) passSettings(command.copyInheritedSettings(parent))
}
