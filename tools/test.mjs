// `npm test`: everything that must hold before a change is taken, in the order of how soon it can fail. Arguments go to
// vitest alone, and skip the rest: `npm test -- test/prometheus`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-report-'))
const report = join(folder, 'vitest.json')

const checks = [
  ['Types', 'tsc', '--noEmit'],
  ['Lint', 'biome', 'check'],
  ['Docs', 'node', 'tools/docs/main.ts', '--check'],
  ['Dashboards', 'node', 'tools/dashboards.ts', '--check'],
  ['Licences', 'node', 'tools/licenses.ts'],
]
const reporters = ['./tools/notes.ts', 'default', 'json'].map(name => `--reporter=${name}`)
const tests = ['Tests', 'vitest', 'run', ...reporters, `--outputFile.json=${report}`, ...args]

try {
  process.exitCode = [...(args.length > 0 ? [] : checks), tests].every(passes) ? 0 : 1
  const counted = counts()
  if (counted) console.log(counted)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Runs one step with those of this checkout first on the PATH, and says how it went. */
function passes([title, command, ...args]) {
  console.log(`\n== ${title}: ${[command, ...args].join(' ')}`)
  const startedAt = performance.now()
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
    shell: process.platform === 'win32',
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const failure = error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`)
  if (status !== 0) console.error(`== ${title} failed after ${seconds} s (${failure}); see above.`)
  else console.log(`== ${title} passed in ${seconds} s.`)
  return status === 0
}

/** How many tests there were, as the last line says it; undefined where it did not come to them. */
function counts() {
  let result
  try {
    result = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return undefined
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = result
  // A file that cannot be loaded has no tests to count, and failed all the same.
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failed = numFailedTests + unloaded.length
  return `\n${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`
}
