/**
 * A small exporter that keeps the promises under test and shares almost no code with the real one. The harness must
 * pass it, and must detect each promise that it breaks (see promise.ts). `node exporter.ts run --config mood.yml`.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { RELOAD_WORKED, RELOADED_AT, RESTORED } from '../contract.ts'
import { count } from './count.ts'
import { isBroken } from './promise.ts'
import { Reader, type SourceConfig } from './reader.ts'
import { type Positions, type State, Store } from './store.ts'

/** How often it reads, in milliseconds. */
const READ_MS = 50

interface Config {
  sources: SourceConfig[]
  topics: Record<string, string[]>
  state: { dir: string; interval: string }
  limits: { record_bytes: string }
}

const { values } = parseArgs({
  allowPositionals: true,
  options: { config: { type: 'string', default: 'mood.yml' } },
})
const load = (): Config => parse(readFileSync(values.config, 'utf8'))
const baseDir = dirname(resolve(values.config))
let config = load()

let opened: { store: Store; state: State }
try {
  opened = Store.open(resolve(baseDir, config.state.dir))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
const { store, state } = opened
for (const { name } of config.sources) state.positions[name] ??= {}
const readers = config.sources.map(
  source => [source, new Reader(source, baseDir, state.positions[source.name] ?? {})] as const,
)
// Counts of a topic that is no longer configured are removed, also if it was configured in an earlier run.
const countedTopics = new Set(
  [...state.counts.keys()].flatMap(series => /topic="(\w+)"/.exec(series)?.[1] ?? []),
)
for (const topic of countedTopics) if (!(topic in config.topics)) forget(topic)

let committed = ''
let reloadedAt = Date.now() / 1000
let readAt = performance.now()
let oldPositions: Positions = structuredClone(state.positions)

function forget(topic: string): void {
  if (!isBroken('forgets-topics')) state.forgetTopic(topic)
}

function publish(): void {
  committed = [...state.counts].map(([series, n]) => `${series} ${n}\n`).join('')
}

function read(): void {
  const now = performance.now()
  const recordBytes = Number.parseInt(config.limits.record_bytes, 10)
  for (const [source, reader] of readers)
    reader.turn(now - readAt, line => count(state, source, line, config.topics, recordBytes))
  readAt = now
  if (isBroken('shows-committed')) publish()
}

function commit(): void {
  try {
    if (isBroken('position-waits')) {
      const counted = new Map(state.counts)
      read()
      const counts = new Map(state.counts)
      state.counts.clear()
      for (const [series, n] of counted) state.counts.set(series, n)
      store.commit(state)
      for (const [series, n] of counts) state.counts.set(series, n)
    } else store.commit(state, isBroken('commits-position') ? oldPositions : state.positions)
  } catch (error) {
    process.stderr.write(
      `${JSON.stringify({ level: 'warn', msg: `a commit failed: ${(error as Error).message}` })}\n`,
    )
    if (isBroken('survives-full-disk')) process.exit(1)
    return
  }
  oldPositions = structuredClone(state.positions)
  publish()
}

process.on('SIGHUP', () => {
  const before = config
  config = load()
  for (const topic of Object.keys(before.topics)) if (!(topic in config.topics)) forget(topic)
  reloadedAt = Date.now() / 1000
})
process.on('SIGTERM', () => {
  commit()
  store.close()
  process.exit(0)
})

publish()

const server = createServer((request, response) => {
  if (request.url !== '/metrics') return void response.end('ready\n')
  const gauges = [`${RELOADED_AT} ${reloadedAt}`, `${RELOAD_WORKED} 1`, `${RESTORED} 1`]
  response.end(`${gauges.join('\n')}\n${committed}`)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`  Metrics      http://127.0.0.1:${port}/metrics\n`)
  readAt = performance.now()
  setInterval(read, READ_MS)
  setInterval(commit, Number.parseInt(config.state.interval, 10))
})
