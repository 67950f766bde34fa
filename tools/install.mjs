// Installs what package-lock.json names, unless that very lockfile is installed already. Runs under any Node.js from 20
// on: it comes before everything else in `npm start` and `npm test`.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.mood-exporter-installed`
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('mood-exporter: installing dependencies (once, and again when package-lock.json changes) …')
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(`mood-exporter: \`npm ci\` failed${error ? `: ${error.message}` : ''}; see above`)
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

// Without install scripts the package `node` brings no Node.js, and what runs then is whatever comes first on the PATH.
if (!existsSync(`${root}node_modules/node/bin/node`)) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const suffices = major > 22 || (major === 22 && minor >= 22)
  const rest = suffices
    ? `it runs on Node.js ${process.versions.node} instead`
    : `and Node.js ${process.versions.node} is too old: 22.22 or later is needed`
  console.error(
    `mood-exporter: the pinned Node.js is not installed, as install scripts were switched off; ${rest}. ` +
      'To install it: npm rebuild node --ignore-scripts=false',
  )
  if (!suffices) process.exit(1)
}
