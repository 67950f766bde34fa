import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addKilled, isAlive, isUncovered, type Report, rangesOf, scoreOf, survivors } from './report.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HERE = 'tools/mutation'
const STRYKER = `${HERE}/node_modules/@stryker-mutator/core/bin/stryker.js`
const REPORT = `${HERE}/report.json`

/** The folders of the code: each has its unit tests in it. */
const FOLDERS = [
  'src/state',
  'src/pipeline',
  ...[
    'alerts',
    'backfill',
    'checkpoints',
    'outputs',
    'rankings',
    'reload',
    'reports',
    'sources',
    'threads',
    'workers',
  ].map(folder => `src/runtime/${folder}`),
  'src/runtime',
]

/** The least share of mutants that the tests have to notice. */
const WANTED = 0.85

const HELP = `Changes the code in small ways and runs the unit tests on each change: a change that no test notices survives.

Usage: npm run mutation -- [--quick] [FILE or FOLDER ...]

  npm run mutation                                all of src/state, src/pipeline and src/runtime: several hours
  npm run mutation -- src/state                   a folder
  npm run mutation -- src/state/event-window.ts   a file

  --quick   only the tests of the folder that a change is in

A change that no test of its folder runs is tried with all of them, as the code may run in other threads. What is not
noticed then is tried with all unit tests. The exit code is 1 when fewer than ${WANTED * 100} % of the changes are
noticed. The report is ${REPORT}.`

/** Stryker's patterns for a path: a file unchanged; of a folder all code in it, or for src/runtime that outside its folders. */
const patternsOf = (path: string) =>
  path.endsWith('.ts')
    ? [path]
    : [
        `${path}/${path === 'src/runtime' ? '' : '**/'}*.ts`,
        `!${path}/**/*.test.ts`,
        `!${path}/**/*-testing.ts`,
      ]

/** The tests beside the code of a path. */
const testsOf = (path: string) =>
  `${path.endsWith('.ts') ? dirname(path) : path}/${path === 'src/runtime' ? '' : '**/'}*.test.ts`

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (error) throw error
  return status ?? 1
}

interface Round {
  /** Patterns of test files; all unit tests if absent. */
  tests?: string
  /** Whether every test is run for a mutant, as the code may run in other threads, where no coverage is seen. */
  isBlind?: boolean
}

function runStryker(mutants: readonly string[], { tests, isBlind = false }: Round = {}): Report {
  const args = [STRYKER, 'run', `${HERE}/stryker.config.mjs`, '--mutate', mutants.join(',')]
  const code = run(process.execPath, args, {
    ...(tests === undefined ? {} : { MUTATION_TESTS: tests }),
    ...(isBlind ? { MUTATION_COVERAGE: 'off' } : {}),
  })
  if (code !== 0) throw new Error(`Stryker ended with exit code ${code}`)
  return JSON.parse(readFileSync(`${ROOT}/${REPORT}`, 'utf8')) as Report
}

function tryFolder(path: string, quick: boolean): Report {
  const tests = testsOf(path)
  const report = runStryker(patternsOf(path), { tests })
  if (quick) return report
  const again = (mutants: readonly string[], round?: Round) => {
    if (mutants.length > 0) addKilled(report, runStryker(mutants, round))
  }
  again(rangesOf(report, isUncovered), { tests, isBlind: true })
  again(rangesOf(report, isAlive))
  return report
}

/** Prints the survivors and the score of each file. Returns the score of all. */
function printResult(report: Report): number {
  for (const line of survivors(report)) console.log(line)
  const all = { killed: 0, tried: 0 }
  for (const [file, { mutants }] of Object.entries(report.files)) {
    const { killed, tried } = scoreOf(mutants)
    if (tried > 0) console.log(`${file}: ${killed} of ${tried}, ${((100 * killed) / tried).toFixed(1)} %`)
    all.killed += killed
    all.tried += tried
  }
  const score = all.tried === 0 ? 1 : all.killed / all.tried
  console.log(`All: ${all.killed} of ${all.tried} noticed, ${(100 * score).toFixed(1)} %`)
  return score
}

function install(): number {
  const options = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund']
  return existsSync(`${ROOT}/${STRYKER}`) ? 0 : run('npm', ['ci', '--prefix', HERE, ...options])
}

function main(args: readonly string[]): number {
  const quick = args.includes('--quick')
  const paths = args.filter(arg => arg !== '--quick')
  if (paths.some(path => path.startsWith('-'))) {
    console.log(HELP)
    return paths.includes('--help') || paths.includes('-h') ? 0 : 2
  }
  const missing = paths.find(path => !existsSync(`${ROOT}/${path}`))
  if (missing !== undefined) {
    console.error(`No such file or folder: ${missing}`)
    return 2
  }
  const code = install()
  if (code !== 0) return code
  const folders =
    paths.length === 0
      ? FOLDERS
      : paths.flatMap(path =>
          path === 'src/runtime' ? FOLDERS.filter(folder => folder.startsWith(path)) : [path],
        )
  const report: Report = { files: {} }
  for (const folder of folders) Object.assign(report.files, tryFolder(folder.replace(/\/$/, ''), quick).files)
  writeFileSync(`${ROOT}/${REPORT}`, JSON.stringify(report))
  return printResult(report) < WANTED ? 1 : 0
}

process.exitCode = main(process.argv.slice(2))
