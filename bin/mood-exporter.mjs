#!/usr/bin/env node
// In a checkout, runs the sources under the Node.js that package-lock.json pins, whatever `node` comes first on the
// PATH; in the package, runs the built JavaScript under the one it was started with.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Set for the process that was started under the pinned Node.js, which must never start another. */
const RELAYED = 'MOOD_EXPORTER_RELAYED'

// A signal to reload that comes before the program listens for it has nothing to reload: it must not end it.
if (process.argv[2] === 'run') process.on('SIGHUP', () => {})

// Without the process that started it, it would keep its port, and no one would stop it.
if (process.env[RELAYED] && process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

const path = relative => fileURLToPath(new URL(relative, import.meta.url))
const sources = path('../src/cli/main.ts')
const [major, minor] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 22)

if (!existsSync(sources)) {
  if (runsTypeScript) await import('../dist/src/cli/main.js')
  else fail(`needs Node.js 22.22 or later, and this is ${process.versions.node}`)
} else {
  const pinned = path('../node_modules/node/bin/node')
  if (!existsSync(path('../node_modules/commander')))
    fail('is not installed: run `npm ci` first, or `npm start`')
  else if (process.env[RELAYED] || isRunning(pinned) || (!existsSync(pinned) && runsTypeScript))
    await runSources()
  else if (existsSync(pinned)) relay(pinned)
  else
    fail(
      `needs Node.js 22.22 or later, and this is ${process.versions.node}: run \`npm ci\`, which brings one`,
    )
}

async function runSources() {
  const { readStripped } = await import('./types.mjs')
  readStripped()
  await import(sources)
}

/** Whether this is that Node.js. Links are followed, as Node.js itself does: `node_modules` may be one. */
function isRunning(node) {
  return existsSync(node) && realpathSync(node) === realpathSync(process.execPath)
}

/** Runs the program under another Node.js, and passes on signals and the exit code. */
function relay(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel tells it when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // By default glibc's malloc has up to 8 arenas per processor, each of which keeps memory that threads free.
    env: { MALLOC_ARENA_MAX: '2', ...process.env, [RELAYED]: '1' },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

function fail(why) {
  process.stderr.write(`mood-exporter: ${why}\n`)
  process.exitCode = 1
}
