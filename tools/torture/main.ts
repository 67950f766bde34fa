/** `npm run torture`: kills, stops, starves and damages a running exporter, and counts along. See docs/reliability.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { missing, program as programOf } from '../../test/support/tools.ts'
import { unmountAll, whyNoMount } from './disk.ts'
import { FAULTS, type FaultKind } from './faults/index.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { Observer } from './prometheus.ts'
import { report } from './report.ts'
import { Rig } from './rig.ts'
import { killAll } from './runner.ts'
import { torture } from './torture.ts'

/** How long past its time a run may take, in milliseconds, before it is ended as a failure. */
const GRACE_MS = 5 * 60_000

/** How long a Prometheus may take to end, in milliseconds. */
const STOP_MS = 5000

const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(options: Options): Promise<number> {
  const { minutes, seed, rate, state, exporter: program } = options
  const startedAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'mood-torture-'))
  say(`Torture for ${minutes} min with the seed ${seed}, in ${folder}`)
  const { faults, skipped } = possible(options)
  for (const line of skipped) say(`Skipped: ${line}`)

  let observer: Observer | undefined
  const giveUp = async (why: string, code: number) => {
    killAll()
    unmountAll(true)
    await Promise.race([observer?.stop(), sleep(STOP_MS)])
    say(`${why}; the working directory is ${folder}`)
    process.exit(code)
  }
  setTimeout(() => void giveUp('FAILED: it did not end in time', 1), minutes * 60_000 + GRACE_MS).unref()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void giveUp(`ended by ${signal}`, 130))

  const progress = (line: string) => {
    const seconds = Math.floor((performance.now() - startedAt) / 1000)
    say(`${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}  ${line}`)
  }
  const restarts = faults.some(kind => FAULTS[kind].restarts)
  // What is damaged must be no older than the last clean stop: see Producer.checked.
  const cleanStops = faults.includes('restart') || faults.includes('damage')
  const rig = new Rig({ folder, seed, rate, program, state, restarts, cleanStops, progress })
  const prometheus = programOf('prometheus')
  if (prometheus) observer = await Observer.start(prometheus, [() => rig.current])
  if (!observer) say(`Skipped: a real Prometheus: ${missing('prometheus')}`)
  const result = await torture(rig, { minutes, seed, faults, observer, progress })
  await observer?.stop()
  killAll()
  unmountAll(true)
  say(report(result))
  const hasPassed = result.problems.count === 0
  if (hasPassed && !options.keep) rmSync(folder, { recursive: true })
  else say(`The working directory is kept: ${folder}`)
  return hasPassed ? 0 : 1
}

/** The faults that can be done here, and why the others cannot. */
function possible({ faults, state }: Options): { faults: FaultKind[]; skipped: string[] } {
  const skipped: string[] = []
  const kept = faults.filter(kind => {
    const { title, needsState } = FAULTS[kind]
    let why: string | undefined
    if (needsState && !state) why = 'there is no state directory'
    else if (kind === 'disk') why = whyNoMount()
    if (why !== undefined) skipped.push(`${title}: ${why}`)
    return why === undefined
  })
  if (kept.length === 0) throw new Error('--faults: none of these can be done here')
  return { faults: kept, skipped }
}

async function start(): Promise<number> {
  let options: Options
  try {
    options = parseOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 2
  }
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  return main(options)
}

// Whatever is still open, such as a scrape that was not answered, is not waited for.
process.exit(await start())
