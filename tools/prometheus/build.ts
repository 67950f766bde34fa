/**
 * `npm run tools`: builds the Prometheus and the Alertmanager of `go.mod`, with their tools, unless they are built
 * already. It takes some minutes once. Without their web interfaces, which their Go modules do not hold: tests and
 * previews use their APIs only.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { env, exit } from 'node:process'
import { builtFolder, builtProgram, PROGRAMS } from './folder.ts'
import { pins } from './pins.ts'

const SOURCE = import.meta.dirname
const ALERTMANAGER = 'github.com/prometheus/alertmanager'

/** Commands of each module. */
const COMMANDS = { prometheus: ['prometheus', 'promtool'], alertmanager: ['alertmanager', 'amtool'] } as const

/** Where Go is: on the PATH, or where its own installation guide puts it. */
const GO = ['go', '/usr/local/go/bin/go'].find(go => spawnSync(go, ['version']).status === 0)

function main(): void {
  const { prometheus, alertmanager } = pins()
  const title = `Prometheus ${prometheus} and Alertmanager ${alertmanager}`
  const folder = builtFolder()
  if (PROGRAMS.every(builtProgram)) {
    console.log(`${title} are built: ${folder}`)
    return
  }
  if (!GO) {
    console.error(
      `${title} cannot be built: there is no Go on the PATH or in /usr/local/go. Install the version that ` +
        'tools/prometheus/go.mod names, or a later one (https://go.dev/doc/install). Until then tests use the ' +
        '`prometheus` and `alertmanager` of the PATH, such as those of Debian, where there are any.',
    )
    exit(1)
  }
  console.log(`Building ${title}, once; this takes some minutes …`)
  mkdirSync(dirname(folder), { recursive: true })
  const work = mkdtempSync(`${folder}-`)
  try {
    build(work, { prometheus, alertmanager })
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(work, 'bin'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  console.log(`Built: ${folder}`)
}

function build(work: string, versions: ReturnType<typeof pins>): void {
  for (const file of ['go.mod', 'go.sum']) cpSync(join(SOURCE, file), join(work, file))
  // Alertmanager embeds a folder that its release makes of its web interface. Without it nothing compiles.
  const module = JSON.parse(go(work, ['mod', 'download', '-json', ALERTMANAGER]))
  const copy = join(work, 'alertmanager')
  cpSync(module.Dir, copy, { recursive: true })
  makeWritable(copy)
  const assets = join(copy, 'ui/app/dist')
  mkdirSync(assets)
  writeFileSync(
    join(assets, 'index.html'),
    '<!doctype html><title>Alertmanager</title>No web interface in this build.\n',
  )
  go(work, ['mod', 'edit', `-replace=${ALERTMANAGER}=./alertmanager`])
  for (const name of ['prometheus', 'alertmanager'] as const) {
    const flags = `-s -w -X github.com/prometheus/common/version.Version=${versions[name]}`
    // Of the ways to find targets only those that need no client of a cloud, which are half of what there is to compile.
    const args = ['build', '-mod=mod', '-tags=remove_all_sd', '-trimpath', `-ldflags=${flags}`, '-o', 'bin/']
    go(work, [...args, ...COMMANDS[name].map(command => `github.com/prometheus/${name}/cmd/${command}`)])
  }
}

/** Runs Go, and returns what it writes to its standard output. What it says of its work goes to the terminal. */
function go(cwd: string, args: string[]): string {
  const { status, stdout, error } = spawnSync(GO as string, args, {
    cwd,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) {
    console.error(`\`go ${args.join(' ')}\` failed${error ? `: ${error.message}` : ''}; see above`)
    // Left to `finally` of the caller.
    throw new Error('Prometheus and Alertmanager were not built')
  }
  return stdout
}

/** What lies in Go's module cache may not be written to, nor may copies of it. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) makeWritable(path)
    else chmodSync(path, 0o644)
  }
}

main()
