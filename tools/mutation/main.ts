import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HERE = 'tools/mutation'
const STRYKER = `${HERE}/node_modules/@stryker-mutator/core/bin/stryker.js`

const HELP = `Changes the code in small ways and runs the unit tests on each change: a change that no test notices survives.

Usage: npm run mutation -- [FILE or FOLDER ...]

  npm run mutation                                all of src/state, src/pipeline and src/runtime: several hours
  npm run mutation -- src/state                   a folder
  npm run mutation -- src/state/event-window.ts   a file

The exit code is 1 when fewer than 85 % of the mutants are killed. The report is ${HERE}/report.json.`

/** Stryker's patterns for the paths of a command line: files unchanged, folders with all code in them. */
const patternsOf = (paths: readonly string[]) =>
  paths.flatMap(path =>
    path.endsWith('.ts') ? [path] : [`${path}/**/*.ts`, `!${path}/**/*.test.ts`, `!${path}/**/*-testing.ts`],
  )

function run(command: string, args: readonly string[]): number {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' })
  if (error) throw error
  return status ?? 1
}

function main(args: readonly string[]): number {
  if (args.some(arg => arg.startsWith('-'))) {
    console.log(HELP)
    return args.includes('--help') || args.includes('-h') ? 0 : 2
  }
  const missing = args.find(path => !existsSync(`${ROOT}/${path}`))
  if (missing !== undefined) {
    console.error(`No such file or folder: ${missing}`)
    return 2
  }
  if (!existsSync(`${ROOT}/${STRYKER}`)) {
    const code = run('npm', [
      'ci',
      '--prefix',
      HERE,
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
    ])
    if (code !== 0) return code
  }
  const mutate = args.length > 0 ? ['--mutate', patternsOf(args).join(',')] : []
  return run(process.execPath, [STRYKER, 'run', `${HERE}/stryker.config.json`, ...mutate])
}

process.exitCode = main(process.argv.slice(2))
