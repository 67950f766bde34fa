import { Command } from 'commander'
import { usageError } from './errors.ts'
import { print } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter kakao login --config mood.yml

Run it on the machine with your browser. The address of --port, http://127.0.0.1:19748/callback, must be registered as a
redirect URI of the app. The token is written to the file that refresh_token_file names.`

interface Options {
  config: string
  output?: string
  port: string
}

/** `mood-exporter kakao`: interactive setup of the output `kakaotalk`. */
export function kakaoCommand(): Command {
  const command = new Command('kakao').description('Log in to KakaoTalk, for the output `kakaotalk`.')
  command
    .command('login')
    .description('Log in once with a browser, and write the token to the file that the configuration names.')
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('-o, --output <name>', 'the output, if there are several')
    .option('--port <port>', 'the local port to which Kakao redirects the browser', '19748')
    .addHelpText('after', EXAMPLES)
    .action(login)
  return command
}

async function login({ config: file, output, port }: Options): Promise<void> {
  const [{ loadConfig }, { ConfigError }, { authorise }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/problem.ts'),
    import('./authorise.ts'),
  ])
  const number = Number(port)
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw usageError(`expected a port, got "${port}"`)
  const result = await loadConfig(file)
  if (!result.ok) throw new ConfigError(result.problems)
  const { config, baseDir } = result.loaded
  const entries = config.outputs.filter(
    ({ use, name }) => use === 'kakaotalk' && (output === undefined || (name ?? use) === output),
  )
  const [entry] = entries
  if (!entry)
    throw usageError(
      `${file} has no output \`kakaotalk\`${output === undefined ? '' : ` called "${output}"`}`,
    )
  if (entries.length > 1) throw usageError(`${file} has several outputs \`kakaotalk\`: say which by --output`)
  const path = await authorise(entry, baseDir, number, url => {
    print('Open this address in a browser and agree:\n')
    // Unmasked: `print` would mask the key of the app, which is part of the address.
    process.stdout.write(`  ${url}\n\n`)
  })
  print(`The token is in ${path}. Start the exporter, or reload it.`)
}
