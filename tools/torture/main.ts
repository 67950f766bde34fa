/** `npm run torture`: kills, stops and damages a running exporter, and checks its counts. See docs/reliability.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findKafkaLibraries } from '../stack/kafka-libraries.ts'
import { recordMeasurement } from '../stack/measurements.ts'
import { missing, program as programOf } from '../stack/tools.ts'
import { unmountAll, whyNoMount } from './disk.ts'
import { FAULTS } from './faults/index.ts'
import { KAFKA_FAULTS } from './kafka/faults.ts'
import { type KafkaTortureOptions, tortureKafka } from './kafka/torture.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import type { Problems } from './problems.ts'
import { Observer } from './prometheus.ts'
import { type Row, report, table } from './report.ts'
import { Rig } from './rig.ts'
import { type ExporterProcess, killAll } from './runner.ts'
import { torture } from './torture.ts'

/** How long a run may exceed its time before it is ended as a failure, in milliseconds. */
const GRACE_MS = 5 * 60_000

/** How long a Prometheus may take to end, in milliseconds. */
const STOP_MS = 5000

const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(options: Options): Promise<number> {
  const { minutes, seed } = options
  const startedAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'mood-torture-'))
  say(`Torture for ${minutes} min with the seed ${seed}, in ${folder}`)

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
  const observe = async (exporters: readonly (() => ExporterProcess | undefined)[]) => {
    const prometheus = programOf('prometheus')
    if (prometheus) observer = await Observer.start(prometheus, exporters)
    else say(`Skipped: a real Prometheus: ${missing('prometheus')}`)
    return observer
  }
  const { rows, problems } = options.kafka
    ? await ofKafka(options, options.kafka, { folder, progress, observe })
    : await ofFiles(options, { folder, progress, observe })
  await observer?.stop()
  killAll()
  unmountAll(true)
  say(table(seed, rows, problems))
  const hasPassed = problems.count === 0
  if (options.record !== undefined && hasPassed) {
    const args = process.argv.slice(2).join(' ').replace(` --record ${options.record}`, '')
    const columns = ['', `\`${args}\``]
    const how = `npm run torture -- ${args}`
    recordMeasurement(options.record, {
      how,
      tables: { results: { columns, rows: rows.filter(([what]) => !what.startsWith(' ')) } },
    })
  }
  if (hasPassed && !options.keep) rmSync(folder, { recursive: true })
  else say(`The working directory is kept: ${folder}`)
  return hasPassed ? 0 : 1
}

interface Surroundings {
  folder: string
  progress: (line: string) => void
  observe: KafkaTortureOptions['observe']
}

interface Outcome {
  rows: Row[]
  problems: Problems
}

async function ofFiles(options: Options, { folder, progress, observe }: Surroundings): Promise<Outcome> {
  const { minutes, seed, rate, state, exporter: program } = options
  const faults = possible(options.faults, state, FAULTS)
  const restarts = faults.some(kind => FAULTS[kind].restarts)
  // Damaged copies must be no older than the last clean stop: see Producer.checked.
  const cleanStops = faults.includes('restart') || faults.includes('damage')
  const rig = new Rig({ folder, seed, rate, program, state, restarts, cleanStops, progress })
  const observer = await observe([() => rig.current])
  const result = await torture(rig, { minutes, seed, faults, observer, progress })
  return { rows: report(result), problems: result.problems }
}

async function ofKafka(
  options: Options,
  { exporters, group, faults }: NonNullable<Options['kafka']>,
  surroundings: Surroundings,
): Promise<Outcome> {
  const { minutes, seed, rate, state, exporter: program } = options
  const libraries = await findKafkaLibraries()
  if (typeof libraries === 'string') throw new Error(libraries)
  const isAlone = exporters === 1 && !group
  if (isAlone && faults.includes('members'))
    say(`Skipped: ${KAFKA_FAULTS.members.title}: there is one exporter, and no group`)
  const kinds = possible(
    faults.filter(kind => kind !== 'members' || !isAlone),
    state,
    KAFKA_FAULTS,
  )
  const what = { minutes, seed, rate, state, program, exporters, group, faults: kinds, libraries }
  return tortureKafka({ ...what, ...surroundings })
}

/** The faults that are possible here; prints why the others are not. */
function possible<Kind extends string>(
  kinds: readonly Kind[],
  state: boolean,
  faults: Readonly<Record<Kind, { title: string; needsState: boolean }>>,
): Kind[] {
  const kept = kinds.filter(kind => {
    const { title, needsState } = faults[kind]
    let why: string | undefined
    if (needsState && !state) why = 'there is no state directory'
    else if (kind === 'disk') why = whyNoMount()
    if (why !== undefined) say(`Skipped: ${title}: ${why}`)
    return why === undefined
  })
  if (kept.length === 0) throw new Error('--faults: none of these can be done here')
  return kept
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

// Do not wait for open connections, such as an unanswered scrape.
process.exit(await start())
